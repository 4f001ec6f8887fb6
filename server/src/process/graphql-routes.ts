import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { API_ERRORS, apiError } from '../graphql/api-errors.ts';
import { answerRefused, isEventStream, readBody, refusalAtTheDoor, saidLength } from '../graphql/front-door.ts';
import type { RequestBudget } from '../graphql/request-budget.ts';
import type { Visitors } from '../graphql/visitors.ts';
import type { Clock } from '../kernel/clock.ts';
import { Admission } from '../subscribers/admission.ts';
import { eventStreamOutlet } from '../subscribers/event-stream-outlet.ts';
import type { SocketWriters } from '../subscribers/socket-writers.ts';
import { cutWhenStalled } from '../subscribers/stalled-response.ts';
import type { Outlet } from '../subscribers/viewer.ts';
import type { Composition } from './composition.ts';
import { refuseUpgrade } from './faults.ts';
import type { UpgradeHandler } from './http.ts';
import type { Limits } from './limits.ts';

/** Seconds after which a place may have become free. */
const COME_AGAIN_SECONDS = 5;

export interface GraphqlParts {
  readonly api: (request: IncomingMessage, response: ServerResponse, context: { readonly outlet?: Outlet | undefined }) => unknown;
  readonly writers: SocketWriters;
  readonly sockets: { readonly upgrade: UpgradeHandler };
  /** Has an event stream end with the token it was asked for with. */
  readonly holdStream: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly budget: RequestBudget;
  readonly visitors: Visitors;
  readonly clock: Clock;
  readonly limits: Pick<Limits, 'api' | 'sockets'>;
}

/** The ways to the API, with what is checked before anything of a request is read: what it may cost, what it says it is, and room for it. */
export function graphqlRoutes(parts: GraphqlParts): Pick<Composition, 'graphql' | 'graphqlUpgrade'> {
  const { api, sockets, holdStream, writers, budget, visitors, clock, limits } = parts;
  const admission = new Admission(limits.sockets);
  const atTheDoor = (request: IncomingMessage): GraphQLError | undefined =>
    budget.knock(visitors.of(request)) ?? refusalAtTheDoor(request, limits.api.maxRequestBodyBytes);
  /** Room for a connection that stays, given back when it closes. */
  const enter = (request: IncomingMessage, connection: { once(event: 'close', leave: () => void): unknown }): GraphQLError | undefined => {
    const admitted = admission.enter(visitors.addressOf(request));
    if ('refused' in admitted) return apiError(admitted.refused, API_ERRORS[admitted.refused].about, COME_AGAIN_SECONDS);
    connection.once('close', admitted.leave);
    return undefined;
  };

  return {
    graphql: async (request, response) => {
      if (request.method === 'OPTIONS') return api(request, response, {});
      const isStream = isEventStream(request);
      const refused =
        atTheDoor(request) ??
        (isStream ? enter(request, response) : undefined) ??
        (await readBody(request, limits.api.maxRequestBodyBytes));
      if (request.destroyed && !request.complete) return undefined; // gone, and nobody to answer
      // A body that is too long, or does not say how long it is, is not read to its end.
      const length = saidLength(request);
      if (refused && !request.complete && (length === 0 || length > limits.api.maxRequestBodyBytes))
        response.setHeader('connection', 'close');
      if (refused) return answerRefused(response, refused, budget.headers(visitors.of(request)));
      if (!isStream) return api(request, response, {});
      await holdStream(request, response);
      cutWhenStalled(response, clock, limits.sockets.stalledStreamMs);
      return api(request, response, { outlet: eventStreamOutlet(request.headers.accept, response, writers) });
    },
    graphqlUpgrade: (request, socket, head) => {
      const refused = atTheDoor(request) ?? enter(request, socket);
      if (refused) refuseUpgrade(socket, refused);
      else sockets.upgrade(request, socket, head);
    },
  };
}
