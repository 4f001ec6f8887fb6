import type { IncomingMessage, ServerResponse } from 'node:http';
import { FAULT_HELP, runFaultLines } from './control-faults.ts';
import type { Exchange } from './exchange.ts';
import { parseTickLines } from './tick-lines.ts';

/** The most that one POST may hold. */
export const MAX_BODY_BYTES = 1_048_576;

const HELP = `A stand-in for Binance, driven from outside.

POST /control/ticks   one JSON object per line, each a trade:
  {"marketType":"SPOT","symbol":"BTCUSDT","price":"42500.5","quantity":"0.25","time":"2026-01-31T12:00:00.000Z"}
  marketType  SPOT or FUTURES
  price       plain decimal above zero
  quantity    the same; may be left out
  time        milliseconds since 1970 or an ISO time with its zone; now when left out
  An unknown symbol is listed. Answers {"accepted":n,"ids":[...]} with the aggregate trade ids, or 400 {"error":"line 3: ..."},
  and then no line counts. At most ${MAX_BODY_BYTES} bytes.

POST /control/faults  one JSON object per line, each a verb with its market:
  {"verb":"drop","marketType":"SPOT","code":1008}
${FAULT_HELP}
  Answers {"results":[...]}, or 400 {"error":"line 2: ..."}; lines before that one have been done.

GET /control          this text
`;

/** Answers what lies under /control; gives false for every other request. */
export function answerControl(exchange: Exchange, request: IncomingMessage, response: ServerResponse): boolean {
  const path = (request.url ?? '').split('?')[0];
  if (path === '/control') {
    if (request.method === 'GET') answer(response, 200, HELP);
    else answer(response, 405, { error: 'only GET' }, { allow: 'GET' });
    return true;
  }
  if (path === '/control/ticks' || path === '/control/faults') {
    const take = path === '/control/ticks' ? takeTicks : takeFaults;
    if (request.method === 'POST') readBody(request, response, (text) => take(exchange, text, response));
    else answer(response, 405, { error: 'only POST' }, { allow: 'POST' });
    return true;
  }
  if (path?.startsWith('/control/')) {
    answer(response, 404, { error: 'no such path; GET /control for help' });
    return true;
  }
  return false;
}

function readBody(request: IncomingMessage, response: ServerResponse, take: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (!response.headersSent) answer(response, 413, { error: `more than ${MAX_BODY_BYTES} bytes` }, { connection: 'close' });
  });
  request.on('end', () => {
    if (!response.headersSent) take(Buffer.concat(chunks).toString('utf8'));
  });
}

function takeTicks(exchange: Exchange, text: string, response: ServerResponse): void {
  const parsed = parseTickLines(text);
  if ('error' in parsed) return answer(response, 400, parsed);
  const ids = parsed.ticks.map(({ timeMs, ...tick }) => {
    if (!exchange.isListed(tick.marketType, tick.symbol)) exchange.listSymbolFor(tick.marketType, tick.symbol, tick.price);
    return exchange.tick({ ...tick, ...(timeMs === undefined ? {} : { timeMs }) }).id;
  });
  answer(response, 200, { accepted: ids.length, ids });
}

function takeFaults(exchange: Exchange, text: string, response: ServerResponse): void {
  const done = runFaultLines(exchange, text);
  answer(response, 'error' in done ? 400 : 200, done);
}

function answer(response: ServerResponse, status: number, body: string | object, headers: Record<string, string> = {}): void {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8', ...headers });
  response.end(isText ? body : `${JSON.stringify(body)}\n`);
}
