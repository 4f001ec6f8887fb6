import { afterEach, beforeEach, expect, test } from 'vitest';
import { startExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { TestClient } from './test-client.ts';

let exchange: Exchange;
const clients: TestClient[] = [];
const connect = async (path = '/ws/btcusdt@aggTrade') => {
  const client = await TestClient.open(`${exchange.spotWs}${path}`);
  clients.push(client);
  return client;
};
const tick = (price: string, broadcast = true) => exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price, broadcast });

beforeEach(async () => {
  exchange = await startExchange();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await exchange.stop();
});

test.each([1000, 1001, 1006, 1008])('dropConnections ends with %i, and only the market asked for', async (code) => {
  const client = await connect();
  const futures = await TestClient.open(`${exchange.futuresWs}/market/ws`);
  clients.push(futures);
  expect(exchange.dropConnections({ marketType: 'SPOT', code })).toBe(1);
  expect(await client.whenClosed()).toBe(code);
  await exchange.whenDisconnected('SPOT');
  expect(exchange.streams('SPOT')).toEqual([]);
  expect(exchange.connections().map(({ marketType }) => marketType)).toEqual(['FUTURES']);
});

test('a tick that is not broadcast takes its id', async () => {
  const client = await connect();
  tick('1');
  expect(tick('2', false).id).toBe(1);
  tick('3');
  await client.until(() => client.messages.length === 2, 'two trades');
  expect(client.messages.map((message) => message.a)).toEqual([0, 2]);
});

test('a wrong number or an unknown symbol is a fault of the script', () => {
  for (const price of ['0', '-1', '1e3', '', 'x']) expect(() => tick(price), price).toThrow(RangeError);
  expect(() => exchange.tick({ marketType: 'SPOT', symbol: 'NOPE', price: '1' })).toThrow('SPOT NOPE is not listed');
  expect(exchange.lastTrade('SPOT', 'BTCUSDT')).toBeUndefined();
});

test('muted streams say nothing while the socket answers, one or all', async () => {
  const client = await connect('/ws/btcusdt@aggTrade/btcusdt@bookTicker/btcusdt@kline_1s');
  exchange.muteStreams('SPOT', 'btcusdt@aggTrade');
  tick('1');
  await client.message((message) => message.u !== undefined);
  exchange.unmuteStreams('SPOT', 'btcusdt@aggTrade');
  exchange.muteStreams('SPOT');
  tick('2');
  await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
  exchange.unmuteStreams('SPOT');
  tick('3');
  const event = await client.message((message) => message.e === 'aggTrade');
  expect(event.p).toBe('3');
  expect(client.messages.filter((message) => message.u !== undefined)).toHaveLength(2);
});

test('refused connections', async () => {
  exchange.refuseConnections(true, 'SPOT');
  await expect(connect()).rejects.toThrow();
  exchange.refuseConnections(false);
  await connect();
  expect(exchange.connections('SPOT')).toHaveLength(1);
});

test('a stalled connection neither sends nor hears, and stays open', async () => {
  const client = await connect();
  exchange.stallConnections('SPOT');
  tick('1');
  client.send({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
  const other = await connect();
  tick('2');
  await other.message((message) => message.p === '2');
  expect(client.messages).toEqual([]);
  expect(client.closed).toBeUndefined();
});

test('serverShutdown, raw and combined', async () => {
  const raw = await connect();
  const combined = await connect('/stream?streams=btcusdt@aggTrade');
  exchange.announceShutdown();
  expect(await raw.message(() => true)).toEqual({ e: 'serverShutdown', E: expect.any(Number) });
  expect(await combined.message(() => true)).toEqual({ stream: '!serverShutdown', data: { e: 'serverShutdown', E: expect.any(Number) } });
});

test('sendEvent and sendText send what no exchange should', async () => {
  const client = await connect('/stream?streams=btcusdt@aggTrade');
  exchange.sendEvent('SPOT', 'btcusdt@aggTrade', { e: 'aggTrade', p: null });
  expect(await client.message(() => true)).toEqual({ stream: 'btcusdt@aggTrade', data: { e: 'aggTrade', p: null } });
  client.socket.removeAllListeners('message');
  const text = new Promise((resolve) => client.socket.once('message', (data) => resolve(String(data))));
  exchange.sendText('SPOT', '{"e":"aggTr');
  expect(await text).toBe('{"e":"aggTr');
});

test('what it saw: connections, streams, messages', async () => {
  const client = await connect('/stream?streams=btcusdt@aggTrade');
  const subscribed = exchange.whenSubscribed('SPOT', 'ethusdt@aggTrade');
  client.send({ method: 'SUBSCRIBE', params: ['ethusdt@aggTrade'], id: 1 });
  await subscribed;
  expect(exchange.connections('SPOT')).toMatchObject([
    { url: '/stream?streams=btcusdt@aggTrade', route: 'spot', streams: ['btcusdt@aggTrade', 'ethusdt@aggTrade'] },
  ]);
  expect(exchange.messages('SPOT').map(({ text }) => JSON.parse(text).method)).toEqual(['SUBSCRIBE']);
  client.send({ method: 'UNSUBSCRIBE', params: ['btcusdt@aggTrade'], id: 2 });
  await exchange.whenUnsubscribed('SPOT', 'btcusdt@aggTrade');
  expect(exchange.streams('SPOT')).toEqual(['ethusdt@aggTrade']);
});

test('waiting for what does not come ends with its name', async () => {
  await expect(exchange.when(() => false, 'a miracle', 20)).rejects.toThrow('waited 20 ms for a miracle');
});

test('a reader that falls too far behind is dropped', async () => {
  const bounded = await startExchange({ limits: { SPOT: { maxBufferedBytes: 100_000 } } });
  const client = await TestClient.open(`${bounded.spotWs}/ws/btcusdt@aggTrade`);
  client.socket.pause();
  // Until the system's own buffers are full and the exchange's fills.
  for (let i = 0; i < 200_000 && bounded.connections('SPOT').length > 0; i++) {
    bounded.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '1' });
    if (i % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await bounded.whenDisconnected('SPOT');
  client.close();
  await bounded.stop();
});

test('a port in use is told by its number', async () => {
  const port = Number(new URL(exchange.spotRest).port);
  await expect(startExchange({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
});
