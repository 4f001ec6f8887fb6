import type { IncomingMessage, ServerResponse } from 'node:http';
import { API_ERRORS, apiError } from '../graphql/api-errors.ts';
import { bearerOf } from '../graphql/api.ts';
import type { RequestBudget } from '../graphql/request-budget.ts';
import type { Service } from '../kernel/service.ts';
import type { AcceptSignal } from '../signals/accept-signal.ts';
import { Authenticator, isSender } from '../signals/authenticator.ts';
import { BotsStore } from '../signals/bots.store.ts';
import type { ChangeSignal } from '../signals/change-signal.ts';
import { createHooks, HOOKS_PATH } from '../signals/hooks.feed.ts';
import type { Sender } from '../signals/scopes.ts';
import type { SignalStatus } from '../signals/signal.ts';
import type { SignalsStore } from '../signals/signals.store.ts';
import { HeldSockets, heldStream } from '../subscribers/held-sockets.ts';
import { TOO_MUCH } from '../subscribers/subscriber-socket.feed.ts';
import type { Admit } from '../subscribers/subscriber-socket.feed.ts';
import type { Foundation } from './composition.ts';
import type { Endpoint } from './http.ts';

export interface Intake {
  readonly signals: SignalsStore;
  readonly acceptSignal: AcceptSignal;
  readonly changeSignal: ChangeSignal;
}

export interface Senders {
  /** The bot behind a request's token; null without one or with a wrong one. @throws TOO_MANY_WRONG_TOKENS, RATE_LIMITED */
  readonly authenticate: (bearer: string | null, request: IncomingMessage | undefined) => Promise<Sender | null>;
  /** Reading needs no token; a socket that names one ends with it. */
  readonly admit: Admit;
  /** An event stream that was asked for with a token ends with it, too; with a wrong one it is anybody's. */
  readonly holdStream: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly hooks: Endpoint;
  readonly services: readonly Service[];
}

/** Who may write: tokens over GraphQL, in sockets and in the addresses of webhooks. */
export function composeSenders({ config, log, clock, database, visitors }: Foundation, intake: Intake, budget: RequestBudget): Senders {
  const { limits } = config;
  const { signals, acceptSignal, changeSignal } = intake;
  const bots = new BotsStore(database.prisma);
  const authenticator = new Authenticator(bots, budget, limits.tokens, clock, log);
  const heldSockets = new HeldSockets((tokenIds) => bots.revokedAmong(tokenIds), clock, log, limits.tokens.revocationPollMs);
  // A request whose connection is gone already has no address.
  const addressOf = (request: IncomingMessage | undefined): string => (request ? visitors.addressOf(request) : '');

  const hooks = createHooks(
    {
      knock: (request) => {
        const refused = budget.knock(addressOf(request));
        return refused && { code: 'RATE_LIMITED', retryAfterSeconds: Number(refused.extensions['retryAfterSeconds']) };
      },
      authenticate: async (token, request) => {
        const sender = await authenticator.authenticate(token, addressOf(request));
        if (isSender(sender)) budget.charge(addressOf(request), limits.hooks.cost);
        return sender;
      },
      acceptSignal,
      changeSignal,
      findByExternalId: (botId, externalId) => signals.findByExternalId(botId, externalId),
      load: async (signalId) => {
        const row = await signals.load(signalId);
        if (!row) throw new Error('a signal that was just there is gone');
        return { status: row.status as SignalStatus, tradeId: row.trade?.id ?? null };
      },
    },
    limits.hooks,
  );

  return {
    authenticate: async (bearer, request) => {
      const sender = bearer === null ? null : await authenticator.authenticate(bearer, addressOf(request));
      if (sender === null || isSender(sender)) return sender;
      throw apiError(sender.code, API_ERRORS[sender.code].about, sender.retryAfterSeconds);
    },
    admit: async (request, parameters, socket) => {
      const authorization = authorizationAmong(parameters);
      const bearer = bearerOf(typeof authorization === 'string' ? authorization : (request.headers.authorization ?? null));
      if (bearer === null) return authorization === undefined;
      const sender = await authenticator.authenticate(bearer, addressOf(request));
      if (!isSender(sender)) {
        if (sender?.code === 'RATE_LIMITED') socket.close(TOO_MUCH, 'too many requests'); // 4403 would say that the token is wrong
        return false;
      }
      heldSockets.hold(sender.tokenId, socket);
      return true;
    },
    holdStream: async (request, response) => {
      const bearer = bearerOf(request.headers.authorization ?? null);
      const sender = bearer === null ? null : await authenticator.authenticate(bearer, addressOf(request));
      if (isSender(sender)) heldSockets.hold(sender.tokenId, heldStream(response));
    },
    hooks: { path: HOOKS_PATH, handle: hooks },
    services: [heldSockets],
  };
}

/** The header that a socket names when it introduces itself: names of headers have no case. */
function authorizationAmong(parameters: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(parameters).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}
