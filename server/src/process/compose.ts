import { apiError } from '../graphql/api-errors.ts';
import { composeApi } from './compose-api.ts';
import { composeShared } from './compose-shared.ts';
import { composeWorker } from './compose-worker.ts';
import type { Composition, Foundation } from './composition.ts';
import { answerFault, IS_A_WORKER, refuseUpgrade } from './faults.ts';

/**
 * The way of a signal, from top to bottom: accepted and recorded (API), followed by the record's tail (both roles), watched and closed
 * (the leading worker), told to subscribers (API).
 */
export async function compose(foundation: Foundation): Promise<Composition> {
  const { role } = foundation.config;
  const shared = await composeShared(foundation);
  const { bus, tail } = shared;
  const api = role === 'worker' ? undefined : composeApi(foundation, shared);
  const worker = role === 'api' ? [] : [composeWorker(foundation, shared, (own) => api?.markets.follow(own) ?? (() => {}))];
  return {
    services: [bus, tail, ...worker, ...(api?.services ?? [])],
    graphql: api?.graphql ?? ((request, response) => answerFault(request, response, apiError('NOT_FOUND', IS_A_WORKER))),
    graphqlUpgrade: api?.graphqlUpgrade ?? ((_, socket) => refuseUpgrade(socket, apiError('NOT_FOUND', IS_A_WORKER))),
    endpoints: api?.endpoints ?? [],
    notReady: () => undefined,
  };
}
