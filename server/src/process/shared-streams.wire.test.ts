import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ON_EVENTS } from '../../testkit/documents.ts';
import type { RecordEvent } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { TRANSPORTS } from '../../testkit/subscriptions.ts';
import { startExchange } from '../../simulator/exchange.ts';
import type { Exchange } from '../../simulator/exchange.ts';
import { until } from '../../testkit/waiting.ts';

let product: Product;
let token: string;
let exchange: Exchange;
const PRICED = ['BTCUSDT', 'ETHUSDT'].map((symbol) => ({ symbol, marketType: 'SPOT' as const }));
beforeAll(async () => {
  exchange = await startExchange();
  for (const { symbol, marketType } of PRICED) exchange.tick({ marketType, symbol, price: '2' });
  product = await startProduct({ exchange });
  token = await product.bot('Shared');
  await product.symbolsKnown(token);
});

afterAll(() => exchange.stop());

const SIGNAL = { symbol: 'BTCUSDT', direction: 'LONG', entryPrice: '2', takeProfit: '3', stopLoss: '1', status: 'PENDING' } as const;

/** A client that keeps the frames as they came. */
async function rawClient(): Promise<{ socket: WebSocket; frames: string[]; code: Promise<number> }> {
  const socket = new WebSocket(product.graphqlUrl.replace('http', 'ws'), 'graphql-transport-ws');
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data)));
  const code = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await until(() => (frames.length > 0 ? true : undefined), 'the ack');
  return { socket, frames, code };
}

const subscribe = (socket: WebSocket, id: string, query: string, variables: object = {}): void =>
  socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
const told = (frames: readonly string[]): string[] => frames.filter((frame) => frame.includes('"type":"next"'));

test('viewers of the same get the same bytes, on a socket whose id is another the same payload', async () => {
  const clients = await Promise.all([rawClient(), rawClient(), rawClient()]);
  const queries = [
    'subscription { events { sequence time } }',
    'subscription{events{sequence,time}}',
    'subscription { events { sequence time } }',
  ];
  for (const [index, { socket }] of clients.entries()) subscribe(socket, index === 2 ? 'mine' : 'same', queries[index]!);
  const probe = product.subscribe<RecordEvent>('subscription { events { sequence time } }', {}, 'SSE');
  await until(async () => {
    await product.createSignal(token, SIGNAL);
    return clients.every(({ frames }) => told(frames).length > 0) && probe.items.length > 0 ? true : undefined;
  }, 'everyone to hear');
  const last = String(await product.head());
  await probe.next(({ sequence }) => sequence === last);
  for (const { frames } of clients) await until(() => frames.find((frame) => frame.includes(`"${last}"`)), 'the last event');
  const ends = clients.map(({ frames }) => told(frames).at(-1)!);
  expect(ends[0]).toBe(ends[1]);
  expect(ends[2]).toBe(ends[0]!.replace('"same"', '"mine"'));
  expect(JSON.parse(ends[0]!)).toMatchObject({ payload: { data: { events: probe.items.at(-1) } } });
  for (const { socket } of clients) socket.terminate();
  probe.stop();
});

test.each(TRANSPORTS)('who joins late is told the present state at once, though nothing changes (%s)', async (transport) => {
  for (const query of ['subscription { performanceUpdated { totalSignals } }', 'subscription { openPositionsUpdated { count } }']) {
    const first = product.subscribe<object>(query, {}, transport);
    await first.when(() => first.items.length > 0, 'the first value');
    const late = product.subscribe<object>(query, {}, transport);
    await late.when(() => late.items.length > 0, 'the value at once');
    expect(late.items[0]).toEqual(first.items.at(-1));
    first.stop();
    late.stop();
  }
});

test('who joins named prices late is told them all at once', async () => {
  await product.pricesKnown(PRICED);
  const query = 'subscription ($symbols: [SymbolInput!]) { priceTicks(symbols: $symbols) { symbol price } }';
  const first = product.subscribe<object[]>(query, { symbols: PRICED });
  await first.when(() => first.items.length > 0, 'the first list');
  const late = product.subscribe<object[]>(query, { symbols: PRICED });
  await late.when(() => late.items.length > 0, 'the list at once');
  expect(late.items[0]).toEqual(first.items[0]);
  first.stop();
  late.stop();
});

test('who joins the prices of all open positions late is told those that are known, though none of them moves', async () => {
  await product.open(token, { ...SIGNAL, marketType: 'SPOT', status: 'ACTIVE' });
  const query = 'subscription { priceTicks { symbol price } }';
  const first = product.subscribe<object[]>(query);
  await until(() => {
    exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '2.1' });
    return first.items.length > 0 ? true : undefined;
  }, 'a move');
  const late = product.subscribe<object[]>(query);
  await late.when(() => late.items.length > 0, 'the known prices');
  expect(late.items[0]).toMatchObject([{ symbol: 'BTCUSDT', price: '2.1' }]);
  first.stop();
  late.stop();
});

test('another filter or interval is another stream; what one viewer gives wrong refuses that one', async () => {
  token = await product.bot('Another');
  const document = 'subscription ($f: TradeFilter, $after: String) { tradeOpened(filter: $f, after: $after) { sequence } }';
  const mine = product.subscribe<RecordEvent>(document, { f: { bot: ['another'] } });
  const others = product.subscribe<RecordEvent>(document, { f: { bot: ['nobody'] } });
  const wrong = product.subscribe<RecordEvent>(document, { f: { bot: ['another'] }, after: 'x' });
  await wrong.when(() => wrong.errors.length > 0, 'the refusal').catch(() => {});
  expect(wrong.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  await until(async () => {
    await product.createSignal(token, { ...SIGNAL, status: 'ACTIVE' });
    return mine.items.length > 0 ? true : undefined;
  }, 'my trade');
  expect(others.items).toEqual([]);
  for (const subscription of [mine, others]) subscription.stop();
});

test.each(TRANSPORTS)('replays from many places join the same stream, each without a gap or a repeat (%s)', async (transport) => {
  for (let sent = 0; sent < 10; sent += 1) await product.createSignal(token, SIGNAL);
  const head = await product.head();
  const starts = [0, 1, head - 5, head - 1, head];
  const subscriptions = starts.map((after) => product.subscribe<RecordEvent>(ON_EVENTS, { after: String(after) }, transport));
  await Promise.all(Array.from({ length: 20 }, () => product.createSignal(token, SIGNAL)));
  for (const [index, subscription] of subscriptions.entries()) {
    await subscription.next(({ sequence }) => Number(sequence) === head + 20);
    const expected = Array.from({ length: head + 20 - starts[index]! }, (_, each) => String(starts[index]! + each + 1));
    expect(subscription.items.map(({ sequence }) => sequence)).toEqual(expected);
    subscription.stop();
  }
});

test('who reads nothing while much waits is closed with a code after which clients come back', async () => {
  await product.end();
  product = await startProduct({
    exchange,
    env: { API_MAX_ALIASES: '1000', SOCKETS_STALLED_MS: '1000', SOCKETS_PING_INTERVAL_MS: '600000' },
  });
  token = await product.bot('Slow');
  await product.symbolsKnown(token);
  const { socket, code } = await rawClient();
  const notes = Array.from({ length: 200 }, (_, index) => `n${index}: note`).join(' ');
  subscribe(socket, 'slow', `subscription { events { ... on SignalReceived { signal { ${notes} } } } }`);
  socket.pause();
  await Promise.all(Array.from({ length: 40 }, () => product.createSignal(token, { ...SIGNAL, note: '✓'.repeat(500) })));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  socket.resume();
  expect(await code).toBe(4290);
}, 60_000);
