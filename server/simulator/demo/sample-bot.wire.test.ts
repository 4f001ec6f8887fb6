import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../../src/kernel/clock.ts';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { until } from '../../testkit/waiting.ts';
import { seededRandom } from '../price-model.ts';
import { ApiClient } from './api-client.ts';
import { DEMO_BOTS, PLACES } from './cast.ts';
import { nextIdea } from './live-signal.ts';
import type { Sequel, SignalMessage } from './live-signal.ts';
import { SAMPLE_BOT_LIMITS, SampleBot } from './sample-bot.ts';

const REQUEST_TIMEOUT_MS = 10_000;

interface Call {
  readonly kind: 'COUNT' | 'CREATE' | 'CHANGE';
  readonly input: SignalMessage | undefined;
  /** Of a pending signal, and what becomes of it. */
  readonly change: string | undefined;
  readonly authorization: string | undefined;
}
type Answer = (response: ServerResponse, call: Call) => void;

const json =
  (body: object, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const open = (count: number) => json({ data: { openPositions: { count } } });
const accepted = json({ data: { createSignal: { signal: { id: 'an id' }, duplicate: false, userErrors: [] } } });
const refused = json({
  data: { createSignal: { signal: null, duplicate: false, userErrors: [{ code: 'STOP_LOSS_ALREADY_REACHED', message: '' }] } },
});
const changed = json({ data: { changed: { userErrors: [] } } });
const cut: Answer = (response) => response.destroy();

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const bot = DEMO_BOTS[0]!;

/** A seed with which the bot's first signal has this sequel. */
function seedFor(sequel: Sequel): number {
  for (let seed = 1; ; seed++) if (nextIdea(bot, seededRandom(seed)).sequel === sequel) return seed;
}

/** A bot in front of an endpoint that answers calls to create by a script, with a clock that runs from one pause to the next. */
async function botAgainst(script: Answer[], { counts = [], first = 'NONE' }: { counts?: number[]; first?: Sequel } = {}) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    void read(request).then((call) => {
      calls.push(call);
      if (call.kind === 'COUNT') open(counts.shift() ?? 0)(response, call);
      else if (call.kind === 'CREATE') (script.shift() ?? accepted)(response, call);
      else changed(response, call);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => new Promise((done) => (server.close(done), server.closeAllConnections())));

  const manual = new ManualClock();
  const pauses: number[] = [];
  const clock: Clock = {
    now: () => manual.now(),
    monotonicMs: () => manual.monotonicMs(),
    every: (intervalMs, run) => manual.every(intervalMs, run),
    after: (delayMs, run) => {
      if (delayMs !== REQUEST_TIMEOUT_MS) pauses.push(delayMs);
      return manual.after(delayMs, run);
    },
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const sampleBot = new SampleBot({
    bot,
    api: new ApiClient({ url, token: 'a-token', clock, timeoutMs: REQUEST_TIMEOUT_MS }),
    priceOf: (marketType, symbol) =>
      Promise.resolve(PLACES.find((place) => place.marketType === marketType && place.symbol === symbol)!.homePrice),
    clock,
    random: seededRandom(seedFor(first)),
    log: silentLog,
    limits: SAMPLE_BOT_LIMITS,
  });
  ends.push(() => sampleBot.stop());
  sampleBot.start();
  return {
    calls,
    creates: () => calls.flatMap(({ input }) => (input ? [input] : [])),
    /** Waits for its n-th pause, of which it gives the length, and ends it. */
    async pause(number: number): Promise<number> {
      const delayMs = await until(() => pauses[number - 1], `pause ${number}`);
      manual.advance(delayMs);
      return delayMs;
    },
    stop: () => sampleBot.stop(),
  };
}

async function read(request: IncomingMessage): Promise<Call> {
  const body = JSON.parse(Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()) as {
    query: string;
    variables: { input?: SignalMessage; id?: string };
  };
  const kind = body.query.includes('createSignal') ? 'CREATE' : body.query.includes('openPositions') ? 'COUNT' : 'CHANGE';
  const change = kind === 'CHANGE' ? `${/activate|cancel/.exec(body.query)?.[0]} ${body.variables.id}` : undefined;
  return { kind, change, input: body.variables.input, authorization: request.headers.authorization };
}

test('it sends its signals with its token, briskly while few trades are open', async () => {
  const { calls, creates, pause } = await botAgainst([], { counts: [0, 7] });
  const [brisk, calm] = [await pause(1), await pause(2)];
  expect(calls.slice(0, 2).map(({ kind }) => kind)).toEqual(['COUNT', 'CREATE']);
  expect(calls[1]!.authorization).toBe('Bearer a-token');
  expect(creates()[0]).toMatchObject({ status: 'ACTIVE', sentAt: '2026-01-01T00:00:00.000Z' });
  expect(brisk).toBeLessThanOrEqual(SAMPLE_BOT_LIMITS.briskPauseMs[1]);
  expect(calm).toBeGreaterThanOrEqual(SAMPLE_BOT_LIMITS.pauseMs[0]);
});

test('it opens nothing more while enough trades are open', async () => {
  const { creates, pause } = await botAgainst([], { counts: [SAMPLE_BOT_LIMITS.maxOpen, SAMPLE_BOT_LIMITS.maxOpen + 5] });
  await pause(1);
  await pause(2);
  expect(creates()).toEqual([]);
  await pause(3);
  expect(creates().length).toBeGreaterThan(0);
});

test('what is not answered is sent again under the same key, after longer and longer waits; then it goes on', async () => {
  const { creates, pause } = await botAgainst([cut, json({}, 503), cut]);
  const waits = [await pause(1), await pause(2), await pause(3)];
  waits.forEach((waitMs, failures) => {
    expect(waitMs).toBeGreaterThanOrEqual(0.75 * SAMPLE_BOT_LIMITS.retryMinMs * 2 ** failures);
    expect(waitMs).toBeLessThanOrEqual(1.25 * SAMPLE_BOT_LIMITS.retryMinMs * 2 ** failures);
  });
  await pause(4);
  await until(() => creates()[4], 'the next signal');
  const [first, ...rest] = creates();
  expect(rest.slice(0, 3)).toEqual([first, first, first]);
  expect(rest[3]!.externalId).not.toBe(first!.externalId);
});

test('a refusal ends nothing, and an error in the answer is not asked for again', async () => {
  const { creates, pause } = await botAgainst([refused, json({ errors: [{ message: 'no' }] })]);
  for (let number = 1; number <= 3; number++) await pause(number);
  const keys = creates().map(({ externalId }) => externalId);
  expect(keys.length).toBeGreaterThanOrEqual(3);
  expect(new Set(keys).size).toBe(keys.length);
});

test('now and then it sends a signal twice, or decides on a pending one some seconds later', async () => {
  const twice = await botAgainst([], { first: 'SEND_AGAIN' });
  await twice.pause(1);
  expect(twice.creates()).toHaveLength(2);
  expect(twice.creates()[1]).toEqual(twice.creates()[0]);
  for (const [first, change] of [
    ['ACTIVATE', 'activate an id'],
    ['CANCEL', 'cancel an id'],
  ] as const) {
    const pending = await botAgainst([], { first });
    expect(await pending.pause(1)).toBeGreaterThanOrEqual(2_000);
    const told = await until(() => pending.calls.find(({ kind }) => kind === 'CHANGE'), 'its decision');
    expect(pending.creates()[0]!.status).toBe('PENDING');
    expect(told.change).toBe(change);
  }
});

test('it stops at once, also in the middle of a call', async () => {
  const { stop, calls } = await botAgainst([() => {}]);
  await until(() => calls.find(({ kind }) => kind === 'CREATE'), 'a call that gets no answer');
  await stop();
});
