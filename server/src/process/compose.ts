import { composeApi } from './compose-api.ts';
import { composeShared } from './compose-shared.ts';
import { composeWorker } from './compose-worker.ts';
import type { Composition, Foundation } from './composition.ts';

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
    graphql: api?.graphql ?? ((_, response) => response.writeHead(404).end('this process is a worker; ask one whose ROLE is api\n')),
    graphqlUpgrade:
      api?.graphqlUpgrade ?? ((_, socket) => socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')),
    endpoints: api?.endpoints ?? [],
    notReady: () => undefined,
  };
}
