import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Collector } from '../../testkit/collector.ts';
import { ON_EVENTS } from '../../testkit/documents.ts';
import type { RecordEvent } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { TRANSPORTS } from '../../testkit/subscriptions.ts';
import { until } from '../../testkit/waiting.ts';
import { seededRandom } from '../performance/seeded-random.ts';

/** A long note, many times over: an event of about 300 kB, so that the kernel's buffers are full after a few. */
const NOTE = '✓'.repeat(500);
const NOTES = Array.from({ length: 200 }, (_, index) => `n${index}: note`).join(' ');
const ON_LARGE_EVENTS = `subscription ($after: String) { events(after: $after) { sequence ... on SignalReceived { signal { ${NOTES} } } } }`;

const MAILBOX_CAPACITY = 20;
const env = { EVENTS_MAILBOX_CAPACITY: String(MAILBOX_CAPACITY), API_MAX_ALIASES: '1000' };

let product: Product;
let token: string;
beforeAll(async () => {
  product = await startProduct({ env });
  token = await product.bot('Talkative');
  await product.symbolsKnown(token);
});

/** `count` signals, `atOnce` at a time; each is one event, as none of them is traded yet. */
async function send(count: number, atOnce = 4): Promise<void> {
  for (let sent = 0; sent < count; sent += atOnce) {
    const signal = {
      symbol: 'BTCUSDT',
      direction: 'LONG',
      entryPrice: '2',
      takeProfit: '3',
      stopLoss: '1',
      status: 'PENDING',
      note: NOTE,
    } as const;
    const answers = await Promise.all(Array.from({ length: Math.min(atOnce, count - sent) }, () => product.createSignal(token, signal)));
    for (const { signal: accepted } of answers) expect(accepted).not.toBeNull();
  }
}

const sequences = (items: readonly { sequence: string }[]): number[] => items.map(({ sequence }) => Number(sequence));
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** A WebSocket that subscribes and then reads nothing until `resume`. */
async function stalledWebSocket(
  after: string,
): Promise<{ socket: WebSocket; messages: { type: string; payload?: unknown }[]; closed(): boolean }> {
  const socket = new WebSocket(product.graphqlUrl.replace('http', 'ws'), 'graphql-transport-ws');
  const messages: { type: string; payload?: unknown }[] = [];
  let isClosed = false;
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as { type: string }));
  socket.on('close', () => (isClosed = true));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await until(() => messages.find(({ type }) => type === 'connection_ack'), 'the ack');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: ON_LARGE_EVENTS, variables: { after } } }));
  socket.pause();
  return { socket, messages, closed: () => isClosed };
}

/** A reader of server-sent events that takes the head of the answer and nothing more until `resume`. */
function stalledEventStream(after: string): Promise<{ response: IncomingMessage; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ query: ON_LARGE_EVENTS, variables: { after } });
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream', 'content-length': Buffer.byteLength(body) };
    const asked = request(product.graphqlUrl, { method: 'POST', headers }, (response) => {
      response.on('error', () => {});
      response.socket.pause();
      resolve({ response, socket: response.socket });
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

/** Whether the server still holds its end of a client's connection, as the kernel sees it. */
async function isHeld(clientPort: number | undefined): Promise<boolean> {
  const hex = (port: number | undefined): string => `:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`;
  const [server, client] = [hex(Number(new URL(product.url).port)), hex(clientPort)];
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8')));
  return tables.some((table) =>
    table.split('\n').some((line) => {
      const [, local, remote, state] = line.trim().split(/\s+/);
      return local?.endsWith(server) === true && remote?.endsWith(client) === true && state === '01'; // established
    }),
  );
}

/** The connection below a WebSocket. */
function tcpOf(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}

test.each(TRANSPORTS)(
  'who reads again before being cut is told of having been too slow, and resumes where it was (%s)',
  async (transport) => {
    const first = (await product.head()) + 1;
    const after = String(first - 1);
    const slow = transport === 'WS' ? await slowWebSocket(after) : await slowEventStream(after);
    await send(MAILBOX_CAPACITY * 4, 8);
    slow.resume();
    await until(() => slow.text().match(/SUBSCRIBER_TOO_SLOW/) ?? undefined, 'SUBSCRIBER_TOO_SLOW');
    const told = [...slow.text().matchAll(/"sequence":"(\d+)"/g)].map(([, sequence]) => Number(sequence));
    expect(told).toEqual(range(first, first + told.length - 1));
    expect(told.length).toBeLessThan(MAILBOX_CAPACITY * 4);
    await until(() => (/complete/.test(slow.text().slice(-200)) ? true : undefined), 'the end of the subscription');
    slow.end();

    const rest = product.subscribe<RecordEvent>(ON_EVENTS, { after: String(told.at(-1) ?? after) }, transport);
    await rest.next(({ sequence }) => Number(sequence) === first + MAILBOX_CAPACITY * 4 - 1);
    expect([...told, ...sequences(rest.items)]).toEqual(range(first, first + MAILBOX_CAPACITY * 4 - 1));
    rest.stop();
  },
);

interface SlowReader {
  text(): string;
  resume(): void;
  end(): void;
}

async function slowWebSocket(after: string): Promise<SlowReader> {
  const { socket, messages } = await stalledWebSocket(after);
  return {
    text: () => messages.map((message) => JSON.stringify(message)).join('\n'),
    resume: () => socket.resume(),
    end: () => socket.terminate(),
  };
}

async function slowEventStream(after: string): Promise<SlowReader> {
  const { response, socket } = await stalledEventStream(after);
  let text = '';
  return {
    text: () => text,
    resume() {
      socket.resume();
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    },
    end: () => response.destroy(),
  };
}

test.each(TRANSPORTS)(
  'a client dropped at random resumes by sequence: nothing missing, nothing twice, in order (%s)',
  async (transport) => {
    const next = seededRandom(7);
    const first = (await product.head()) + 1;
    const count = 400;
    const log: number[] = [];
    let drops = 0;
    let subscription: Collector<RecordEvent> | undefined;
    const sending = send(count, 8);
    while (log.length < count) {
      subscription = product.subscribe<RecordEvent>(ON_EVENTS, { after: String(log.at(-1) ?? first - 1) }, transport);
      const wanted = Math.min(count - log.length, 1 + (next() % 25));
      await subscription.when(() => (subscription?.items.length ?? 0) >= wanted, `${wanted} events`);
      subscription.stop(); // whatever came in the meantime counts too
      log.push(...sequences(subscription.items));
      drops += 1;
    }
    await sending;
    expect(drops).toBeGreaterThan(15);
    expect(log).toEqual(range(first, first + count - 1));
  },
);

test('a client that was away while the server was restarted has the same log as the server', async () => {
  const after = String(await product.head());
  const one = product.subscribe<RecordEvent>(ON_EVENTS, { after }, 'WS');
  await send(10);
  await one.when(() => one.items.length >= 10, '10 events');
  await product.stop();
  await until(() => one.ended, 'the end of the connection');
  expect(one.ended).toBe('closed 1012 the server restarts');
  await product.start();
  await send(10);
  const two = product.subscribe<RecordEvent>(ON_EVENTS, { after: one.items.at(-1)?.sequence }, 'SSE');
  await two.when(() => two.items.length >= 10, '10 more');
  const { events } = await product.query<{ events: RecordEvent[] }>('query ($after: String) { events(after: $after) { sequence } }', {
    after,
  });
  expect(sequences([...one.items, ...two.items])).toEqual(sequences(events));
  two.stop();
});

test('a sequence from the future belongs to another record and is refused, on both transports', async () => {
  const after = String((await product.head()) + 1);
  for (const transport of TRANSPORTS) {
    const subscription = product.subscribe(ON_EVENTS, { after }, transport);
    await subscription.when(() => subscription.errors.length > 0, 'the refusal').catch(() => {});
    expect(subscription.errors).toMatchObject([{ extensions: { code: 'SEQUENCE_NOT_REACHED' } }]);
    subscription.stop();
  }
});

test('who reads nothing, over WebSocket or server-sent events, does not disturb the others: they hear every event in order, and the stalled ones are let go of', async () => {
  await product.end();
  product = await startProduct({ env: { ...env, SOCKETS_PING_INTERVAL_MS: '1000', SOCKETS_STALLED_STREAM_MS: '1000' } });
  token = await product.bot('Talkative');
  const first = (await product.head()) + 1;
  const after = String(first - 1);
  const good = TRANSPORTS.map((transport) => product.subscribe<RecordEvent>(ON_EVENTS, { after }, transport));
  const sockets = await Promise.all([stalledWebSocket(after), stalledWebSocket(after)]);
  const streams = await Promise.all([stalledEventStream(after), stalledEventStream(after)]);
  const rssBefore = process.memoryUsage().rss;

  for (let sent = 0; sent < 300; sent += 20) {
    await send(20);
    const last = String(first + sent + 19);
    for (const subscriber of good) await subscriber.next(({ sequence }) => sequence === last, `event ${last}`, 5_000);
  }
  for (const subscriber of good) {
    expect(sequences(subscriber.items)).toEqual(range(first, first + 299));
    expect(subscriber.errors).toEqual([]);
  }
  // 300 events of 300 kB for four who read none of them would be 360 MB.
  const grownMb = (process.memoryUsage().rss - rssBefore) / 2 ** 20;
  expect(grownMb).toBeLessThan(200);

  // They have been cut in the meantime: nothing of theirs stays behind.
  const stalled = [...sockets.map(({ socket }) => tcpOf(socket)), ...streams.map(({ socket }) => socket)];
  for (const { localPort } of stalled)
    await until(async () => ((await isHeld(localPort)) ? undefined : true), 'a stalled connection to be cut');
  for (const subscriber of good) subscriber.stop();
  for (const socket of stalled) socket.destroy();
}, 90_000);
