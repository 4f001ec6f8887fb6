import type { IncomingMessage } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { GraphQLError } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { NewId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import type { Outlet } from '../subscribers/viewer.ts';
import type { Context } from './builder.ts';
import { endsOfStreams } from './ends-of-streams.plugin.ts';
import { exactNumbers } from './exact-numbers.plugin.ts';
import { schema } from './schema.ts';
import { sharedStreams } from './shared-streams.plugin.ts';
import { SharedStreams } from './shared-streams.ts';
import type { SharedStreamsLimits } from './shared-streams.ts';

export interface ApiLimits extends SharedStreamsLimits {
  readonly maxRequestBodyBytes: number;
}

/** What each request gets: everything that is shared, and what depends on the token that came with it. */
export type ContextOf = (bearer: string | null) => Context;

const PLAYGROUND_QUERY = `# The public record. Press the button, or Ctrl-Enter.
query Overview {
  performance {
    totalPnl
    unrealizedPnl
    winRate { value reason }
    closedTrades
    openPositions
  }
}

subscription Closures {
  tradeClosed {
    sequence
    trade { symbol direction status exitPrice realizedPnl }
  }
}
`;

/** The API over HTTP: queries and mutations by POST, subscriptions as server-sent events, and a playground for browsers. */
export function createApi(contextOf: ContextOf, limits: ApiLimits, newId: NewId, log: Log) {
  const maskError = (error: unknown): Error => mask(error, newId, log);
  return createYoga<{ readonly outlet?: Outlet | undefined }>({
    schema,
    plugins: [exactNumbers(), endsOfStreams(), sharedStreams(new SharedStreams(() => contextOf(null), maskError, limits))],
    context: ({ request }) => contextOf(bearerOf(request?.headers.get('authorization') ?? null)),
    batching: false,
    landingPage: false,
    maxRequestBodySize: limits.maxRequestBodyBytes,
    cors: { origin: '*', credentials: false },
    graphiql: { title: 'Bot Performance API', defaultQuery: PLAYGROUND_QUERY, subscriptionsProtocol: 'WS' },
    renderGraphiQL,
    maskedErrors: { maskError },
    logging: false,
  });
}

/** What a caller may see of an error: a GraphQLError that was meant for them as it is, anything else as an id that is in the log. */
function mask(error: unknown, newId: NewId, log: Log): Error {
  if (isMeantForCallers(error)) return error;
  const errorId = newId();
  log.error({ err: error instanceof GraphQLError ? error.originalError : error, errorId }, 'a request failed');
  return new GraphQLError(`Something went wrong on the server. The operator finds it in the log as ${errorId}.`, {
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    ...(error instanceof GraphQLError && { path: error.path, nodes: error.nodes }),
  });
}

/** The executor wraps what a resolver throws, even a GraphQLError; what lies at the bottom decides. */
function isMeantForCallers(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && (error.originalError == null || isMeantForCallers(error.originalError));
}

function bearerOf(authorization: string | null): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

export function isEventStream(request: IncomingMessage): boolean {
  return request.headers.accept?.includes('text/event-stream') ?? false;
}
