import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { RestFault, RestQueue } from './rest-queue.feed.ts';
import type { Urgency } from './rest-queue.feed.ts';

const LIMITS = {
  weightShare: 0.5,
  backgroundWeightShare: 0.2,
  restConcurrency: 2,
  restQueue: 5,
  restTimeoutMs: 10_000,
  restAnswerBytes: 1_000,
  restPauseMs: 60_000,
};
const DEADLINE = { timeout: 10_000, interval: 2 };

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A queue of 10 weight a minute before a server that answers as `answer` says. */
async function openQueue(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url!);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const clock = new ManualClock();
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queue = new RestQueue({ baseUrl, weightPerMinute: 20, limits: LIMITS, clock, log: silentLog });
  const get = (path: string, weight = 1, urgency: Urgency = 'hole', signal = new AbortController().signal) =>
    queue.get({ path, weight, urgency, signal, isWeightTold: !path.startsWith('/prices') });
  const arrived = (count: number) => vi.waitFor(() => expect(paths).toHaveLength(count), DEADLINE);
  return { clock, get, paths, arrived };
}

const fine = (_request: IncomingMessage, response: ServerResponse) => void response.end('{"fine":true}');
const faultOf = async (promise: Promise<unknown>) => {
  const fault: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(fault).toBeInstanceOf(RestFault);
  return fault as RestFault;
};

test('half the weight of a minute is spent, the rest waits for the next', async () => {
  const { clock, get, paths, arrived } = await openQueue(fine);
  await Promise.all([get('/1', 4), get('/2', 4)]);
  const third = get('/3', 4);
  clock.advance(59_999);
  expect(paths).toEqual(['/1', '/2']);
  clock.advance(1);
  expect(await third).toEqual({ fine: true });
  await arrived(3);
});

test('what others spend on the same address counts, but for answers whose count is not accurate', async () => {
  const { clock, get, paths, arrived } = await openQueue((_request, response) =>
    response.writeHead(200, { 'x-mbx-used-weight-1m': '9' }).end('{"fine":true}'),
  );
  await get('/prices', 1);
  await get('/prices', 1);
  await get('/1', 1);
  const next = get('/2', 2);
  clock.advance(59_999);
  expect(paths).toEqual(['/prices', '/prices', '/1']);
  clock.advance(1);
  await next;
  await arrived(4);
});

test('the more urgent goes first, but none is overtaken for ever', async () => {
  const { clock, get, paths } = await openQueue(fine);
  await get('/first', 10);
  const check = get('/check', 10, 'check');
  const proof = get('/proof', 10, 'proof');
  const hole = get('/hole', 10, 'hole');
  for (let minute = 0; minute < 3; minute += 1) {
    clock.advance(60_000);
    await vi.waitFor(() => expect(paths).toHaveLength(minute + 2), DEADLINE);
    await [hole, proof, check][minute];
  }
  expect(paths).toEqual(['/first', '/hole', '/proof', '/check']);

  const old = get('/old-check', 10, 'check');
  clock.advance(59_000);
  const second = get('/check-2', 1, 'check');
  const late = get('/late-hole', 10, 'hole');
  clock.advance(1_000);
  await late;
  clock.advance(60_000);
  await Promise.all([old, vi.waitFor(() => expect(paths.at(-1)).toBe('/old-check'), DEADLINE)]);
  clock.advance(60_000);
  await second;
});

test('what is asked in the background goes only when nothing else waits, and has a share of its own', async () => {
  const { clock, get, paths, arrived } = await openQueue(fine);
  await get('/first', 10);
  const background = get('/background', 2, 'background');
  clock.advance(59_000);
  const check = get('/check', 10, 'check');
  clock.advance(1_000);
  await check;
  expect(paths).toEqual(['/first', '/check']);
  clock.advance(60_000);
  await background;

  // Two more would fit into its 4, a third not; a hole that opens while it waits does not wait with it.
  await get('/background-2', 2, 'background');
  const third = get('/background-3', 2, 'background');
  await get('/hole', 2);
  clock.advance(59_999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(paths.slice(2)).toEqual(['/background', '/background-2', '/hole']);
  clock.advance(1);
  await third;
  await arrived(6);
});

test.each([429, 418, 403, 451])('after %i nothing leaves until the pause is over', async (status) => {
  let isBanned = true;
  const { clock, get, paths, arrived } = await openQueue((request, response) => {
    if (isBanned)
      response.writeHead(status, status === 429 || status === 418 ? { 'retry-after': '90' } : {}).end('{"code":-1003,"msg":"too many"}');
    else fine(request, response);
  });
  expect(await faultOf(get('/1'))).toMatchObject({ kind: 'STATUS', status, code: -1003 });
  isBanned = false;
  const waiting = get('/2');
  clock.advance((status === 429 || status === 418 ? 90_000 : 60_000) - 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(paths).toEqual(['/1']);
  clock.advance(1);
  await waiting;
  await arrived(2);
});

test('an answer that does not come is given up', async () => {
  const { clock, get, arrived } = await openQueue(() => {});
  const fault = faultOf(get('/slow'));
  await arrived(1);
  clock.advance(10_000);
  expect(await fault).toMatchObject({ kind: 'TIMEOUT' });
});

test.each([
  ['not JSON', 'MALFORMED', (_: IncomingMessage, response: ServerResponse) => void response.end('<html>')],
  ['too long', 'MALFORMED', (_: IncomingMessage, response: ServerResponse) => void response.end(`"${'x'.repeat(1_001)}"`)],
  ['cut off', 'NETWORK', (request: IncomingMessage) => void request.socket.destroy()],
  ['a redirect', 'NETWORK', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(302, { location: '/' }).end()],
  ['a server error', 'STATUS', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(503).end()],
])('an answer that is %s is a %s fault', async (_name, kind, answer) => {
  const { get } = await openQueue(answer);
  expect(await faultOf(get('/'))).toMatchObject({ kind });
});

test('a request taken back does not leave, one too many is refused', async () => {
  const { clock, get, paths } = await openQueue(fine);
  await get('/1', 10);
  const taken = new AbortController();
  const takenBack = get('/2', 10, 'hole', taken.signal).catch((reason: unknown) => reason);
  taken.abort(new Error('not wanted any more'));
  expect(await takenBack).toMatchObject({ message: 'not wanted any more' });
  const waiting = [3, 4, 5, 6, 7].map((number) => get(`/${number}`, 1));
  expect(await faultOf(get('/8'))).toMatchObject({ kind: 'QUEUE_FULL' });
  clock.advance(60_000);
  await Promise.all(waiting);
  expect(paths.toSorted()).toEqual(['/1', '/3', '/4', '/5', '/6', '/7']);
});
