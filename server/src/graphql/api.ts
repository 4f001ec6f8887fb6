import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { DocumentNode } from 'graphql';
import type { Clock } from '../kernel/clock.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import { sqlState } from '../kernel/sql-error.ts';
import { apiError, forCallers, internalError } from './api-errors.ts';
import type { Outlet } from '../subscribers/viewer.ts';
import type { Context } from './builder.ts';
import { endsOfStreams } from './ends-of-streams.plugin.ts';
import { exactNumbers } from './exact-numbers.plugin.ts';
import { requestLimits } from './limits.plugin.ts';
import type { RequestLimits } from './limits.plugin.ts';
import type { RequestBudget } from './request-budget.ts';
import { schema } from './schema.ts';
import { sharedStreams } from './shared-streams.plugin.ts';
import { SharedStreams } from './shared-streams.ts';
import type { SharedStreamsLimits } from './shared-streams.ts';
import type { Visitors } from './visitors.ts';

export interface ApiLimits extends RequestLimits, SharedStreamsLimits {
  readonly maxRequestBodyBytes: number;
  /** Characters of queries that are kept as they were parsed. */
  readonly maxKeptQueryChars: number;
}

export interface ApiParts {
  readonly limits: ApiLimits;
  readonly budget: RequestBudget;
  readonly visitors: Visitors;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
}

/** What each request gets: everything that is shared, and what depends on the token that came with it and on where it came from. */
export type ContextOf = (bearer: string | null, request: IncomingMessage | undefined) => Context;

/** The API over HTTP: queries and mutations by POST, subscriptions as server-sent events. */
export function createApi(contextOf: ContextOf, { limits, budget, visitors, clock, newId, log }: ApiParts) {
  const parsed = new LRUCache<string, DocumentNode>({
    maxSize: limits.maxKeptQueryChars,
    sizeCalculation: (_, query) => query.length + 1,
  });
  const maskError = (error: unknown): Error => mask(error, newId, log);
  const streams = new SharedStreams(() => contextOf(null, undefined), maskError, limits);
  return createYoga<{ readonly req?: IncomingMessage; readonly outlet?: Outlet | undefined }>({
    schema,
    plugins: [exactNumbers(), requestLimits(limits, budget, visitors, clock), endsOfStreams(), sharedStreams(streams)],
    parserAndValidationCache: { documentCache: parsed, errorCache: { get: () => undefined, set: () => undefined } },
    multipart: false,
    context: ({ request, req }) => contextOf(bearerOf(request?.headers.get('authorization') ?? null), req),
    batching: false,
    landingPage: false,
    maxRequestBodySize: limits.maxRequestBodyBytes,
    cors: { origin: '*', credentials: false },
    graphiql: false, // its page would load from other servers; ours is playground-page.ts
    maskedErrors: { maskError },
    logging: false,
  });
}

/** SQLSTATE query_canceled. */
const STATEMENT_TIMEOUT = '57014';

/** What a caller may see of an error: a GraphQLError that was meant for them as it is, anything else as an id that is in the log. */
function mask(error: unknown, newId: NewId, log: Log): Error {
  if (isMeantForCallers(error)) return forCallers(error, schema);
  const cause = error instanceof GraphQLError ? error.originalError : error;
  if (sqlState(cause) === STATEMENT_TIMEOUT) {
    log.warn({ err: cause }, 'a statement took too long');
    return apiError('EXECUTION_TIMEOUT', 'The database took too long: try again, a signal with the same externalId.');
  }
  const errorId = newId();
  log.error({ err: cause, errorId }, 'a request failed');
  return internalError(errorId, error instanceof GraphQLError ? error : undefined);
}

/** The executor wraps what a resolver throws, even a GraphQLError; what lies at the bottom decides. */
function isMeantForCallers(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && (error.originalError == null || isMeantForCallers(error.originalError));
}

export function bearerOf(authorization: string | null): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? null;
}
