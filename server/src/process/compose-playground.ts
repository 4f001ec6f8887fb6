import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { answerRefused, refusalAtTheDoor } from '../graphql/front-door.ts';
import { makePlaygroundPage } from '../graphql/playground-page.ts';
import type { PlaygroundPage } from '../graphql/playground-page.ts';
import type { RequestBudget } from '../graphql/request-budget.ts';
import { cutWhenStalled } from '../subscribers/stalled-response.ts';
import type { Foundation } from './composition.ts';
import type { Handler } from './http.ts';

const BYTES_PER_MEGABYTE = 1_000_000;
/** Of a page that is written at once nobody could say whether its reader takes any of it. */
const SLICE_BYTES = 65_536;

/** What the API's address answers: a browser that opens it gets the playground, everybody else `api`. */
export function composePlayground({ config, clock, visitors }: Foundation, api: Handler, budget: RequestBudget): Handler {
  const { costPerMegabyte, stalledMs } = config.limits.playground;
  let made: Promise<PlaygroundPage> | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { plain, gzipped, etag, headers } = await (made ??= makePlaygroundPage());
    const isKnown = request.headers['if-none-match'] === etag;
    const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding']));
    const body = takesGzip ? gzipped : plain;
    const visitor = visitors.of(request);
    const points = isKnown ? 0 : Math.ceil((body.length / BYTES_PER_MEGABYTE) * costPerMegabyte);
    const refused = budget.knock(visitor, points) ?? refusalAtTheDoor(request, config.limits.api.maxRequestBodyBytes);
    if (refused) return answerRefused(response, refused, budget.headers(visitor));
    const told = { ...headers, ...budget.headers(visitor) };
    if (isKnown) return void response.writeHead(304, told).end();
    cutWhenStalled(response, clock, stalledMs);
    response.writeHead(200, { ...told, 'content-length': body.length, ...(takesGzip && { 'content-encoding': 'gzip' }) });
    Readable.from(slices(body)).pipe(response);
  };
  return (request, response) => (isForPeople(request) ? answer(request, response) : api(request, response));
}

function isForPeople({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept?.includes('text/html') ?? false);
}

function* slices(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += SLICE_BYTES) yield body.subarray(at, at + SLICE_BYTES);
}
