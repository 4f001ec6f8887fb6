import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { API_ERRORS, apiError } from '../graphql/api-errors.ts';
import { answerRefused } from '../graphql/front-door.ts';
import type { RequestBudget } from '../graphql/request-budget.ts';
import { CSV, JSON_DOCUMENT } from '../performance/export-format.ts';
import type { ExportFormat } from '../performance/export-format.ts';
import { Exports } from '../performance/export.feed.ts';
import { ExportStore } from '../performance/export.store.ts';
import { Admission } from '../subscribers/admission.ts';
import { cutWhenStalled } from '../subscribers/stalled-response.ts';
import type { Foundation } from './composition.ts';
import type { Endpoint } from './http.ts';

/**
 * The history as files. They are paid for out of the same bucket as requests to the API, and there is room for a few of one address
 * only, so that who takes them slowly keeps nobody else out.
 */
export function composeDownloads(
  { config, clock, database, visitors }: Foundation,
  head: () => Promise<bigint>,
  budget: RequestBudget,
): Endpoint[] {
  const limits = config.limits.exports;
  const store = new ExportStore(database.prisma);
  const exporting = new Exports({ head, window: (...asked) => store.window(...asked) }, clock, limits);

  const admission = new Admission({ maxSockets: limits.maxConcurrent, maxSocketsPerAddress: limits.maxPerAddress });

  /** Room for a download, given back when it ends. */
  const enter = (request: IncomingMessage, response: ServerResponse): GraphQLError | undefined => {
    const admitted = admission.enter(visitors.addressOf(request));
    if ('leave' in admitted) return void response.once('close', admitted.leave);
    const code = admitted.refused === 'SERVER_FULL' ? 'SERVER_FULL' : 'TOO_MANY_DOWNLOADS';
    return apiError(code, API_ERRORS[code].about, Math.ceil(limits.retryAfterMs / 1_000));
  };
  const answer = (format: ExportFormat) => (request: IncomingMessage, response: ServerResponse) => {
    const visitor = visitors.of(request);
    const refused = budget.knock(visitor, limits.cost) ?? enter(request, response);
    if (refused) return answerRefused(response, refused, budget.headers(visitor));
    cutWhenStalled(response, clock, limits.stalledMs);
    return exporting.answer(format, request, response);
  };
  return [
    { path: '/bot-performance/export.csv', handle: answer(CSV) },
    { path: '/bot-performance/export.json', handle: answer(JSON_DOCUMENT) },
  ];
}
