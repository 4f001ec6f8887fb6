import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { TestClient } from './test-client.ts';

let exchange: Exchange;
const clients: TestClient[] = [];
const connect = async (url: string) => {
  const client = await TestClient.open(url);
  clients.push(client);
  return client;
};

beforeEach(async () => {
  exchange = await startExchange();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await exchange.stop();
});

const isEvent = (name: string) => (message: { e?: string }) => message.e === name;

describe('event shapes', () => {
  test('spot aggTrade: the documented fields, M among them, no product', async () => {
    const client = await connect(`${exchange.spotWs}/ws/btcusdt@aggTrade`);
    exchange.tick({
      marketType: 'SPOT',
      symbol: 'BTCUSDT',
      price: '42500.10',
      quantity: '0.250',
      timeMs: 1_700_000_000_123,
      buyerIsMaker: true,
    });
    const event = await client.message(isEvent('aggTrade'));
    expect(event).toEqual({
      e: 'aggTrade',
      E: expect.any(Number),
      s: 'BTCUSDT',
      a: 0,
      p: '42500.10',
      q: '0.250',
      f: 0,
      l: 0,
      T: 1_700_000_000_123,
      m: true,
      M: true,
    });
    expect(Math.abs(event.E - Date.now())).toBeLessThan(10_000);
  });

  test('futures aggTrade: nq and st, no M', async () => {
    const client = await connect(`${exchange.futuresWs}/market/ws/btcusdt@aggTrade`);
    exchange.tick({ marketType: 'FUTURES', symbol: 'BTCUSDT', price: '42500.1', quantity: '0.25', timeMs: 5 });
    expect(await client.message(isEvent('aggTrade'))).toEqual({
      e: 'aggTrade',
      E: expect.any(Number),
      s: 'BTCUSDT',
      a: 1,
      p: '42500.1',
      q: '0.25',
      nq: '0.25',
      f: 3,
      l: 4,
      T: 5,
      m: false,
      st: 1,
    });
  });

  test.each(['SPOT', 'FUTURES'] as const)('%s aggregate ids run on by one; raw ids have holes on futures only', async (marketType) => {
    const base = marketType === 'SPOT' ? `${exchange.spotWs}/ws` : `${exchange.futuresWs}/market/ws`;
    const client = await connect(`${base}/ethusdt@aggTrade`);
    for (let i = 0; i < 30; i++) exchange.tick({ marketType, symbol: 'ETHUSDT', price: '2250' });
    await client.until(() => client.messages.length === 30, '30 trades');
    const steps = (of: (message: { a: number; f: number; l: number }, before: { a: number; f: number; l: number }) => number) =>
      client.messages.slice(1).map((message, i) => of(message, client.messages[i]));
    expect(new Set(steps((now, before) => now.a - before.a))).toEqual(new Set([1]));
    const rawSteps = new Set(steps((now, before) => now.f - before.l));
    expect(rawSteps.has(1)).toBe(true);
    expect(rawSteps.size > 1).toBe(marketType === 'FUTURES');
  });

  test('bookTicker: bare on spot, with event type and times on futures', async () => {
    const spot = await connect(`${exchange.spotWs}/ws/btcusdt@bookTicker`);
    const futures = await connect(`${exchange.futuresWs}/public/ws/btcusdt@bookTicker`);
    exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '100' });
    exchange.tick({ marketType: 'FUTURES', symbol: 'BTCUSDT', price: '100' });
    expect(Object.keys(await spot.message(() => true))).toEqual(['u', 's', 'b', 'B', 'a', 'A']);
    expect(await futures.message(isEvent('bookTicker'))).toMatchObject({
      s: 'BTCUSDT',
      ps: 'BTCUSDT',
      b: '99.9',
      a: '100.1',
      st: 1,
      T: expect.any(Number),
    });
  });
});

describe('regular streams', () => {
  test('kline_1s, markPrice@1s and miniTicker come every second although nothing trades', async () => {
    const spot = await connect(`${exchange.spotWs}/ws/btcusdt@kline_1s/btcusdt@miniTicker`);
    const futures = await connect(`${exchange.futuresWs}/market/ws/btcusdt@markPrice@1s`);
    const count = (client: TestClient, name: string) => client.messages.filter(isEvent(name)).length;
    await spot.until(() => count(spot, 'kline') >= 2 && count(spot, '24hrMiniTicker') >= 2, 'two beats on spot');
    await futures.until(() => count(futures, 'markPriceUpdate') >= 2, 'two beats on futures');
    const klines = spot.messages.filter(isEvent('kline'));
    expect(klines[1].k).toMatchObject({ s: 'BTCUSDT', i: '1s', x: true, n: 0, f: -1 });
    expect(klines[1].k.T - klines[1].k.t).toBe(999);
  });

  test('kline_1s tells of the trades of its second', async () => {
    const client = await connect(`${exchange.spotWs}/ws/btcusdt@kline_1s`);
    const timeMs = Date.now();
    for (const price of ['100', '103', '99', '101'])
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price, quantity: '0.5', timeMs });
    const { k } = await client.message((message) => message.k?.h === '103');
    expect(k).toMatchObject({ o: '100', l: '99', c: '101', v: '2.00000000', q: '201.50000000', x: true });
  });

  test('!miniTicker@arr holds only symbols that traded; on futures also COIN-M rows with st 2', async () => {
    const spot = await connect(`${exchange.spotWs}/ws/!miniTicker@arr`);
    const futures = await connect(`${exchange.futuresWs}/market/ws/!miniTicker@arr`);
    exchange.tick({ marketType: 'SPOT', symbol: 'ETHUSDT', price: '2250.5' });
    exchange.tick({ marketType: 'FUTURES', symbol: 'ETHUSDT', price: '2250.5' });
    const spotRows = await spot.message(Array.isArray);
    expect(spotRows.map((row: { s: string }) => row.s)).toEqual(['ETHUSDT']);
    const futuresRows = await futures.message((rows) => Array.isArray(rows) && rows.length > 1);
    expect(futuresRows.map((row: { s: string; st: number }) => [row.s, row.st])).toEqual([
      ['ETHUSDT', 1],
      ['BTCUSD_PERP', 2],
    ]);
  });
});

describe('addresses and modes', () => {
  test('combined mode wraps events and not replies', async () => {
    const client = await connect(`${exchange.spotWs}/stream?streams=btcusdt@aggTrade/ethusdt@aggTrade`);
    exchange.tick({ marketType: 'SPOT', symbol: 'ETHUSDT', price: '2250' });
    expect(await client.message((message) => message.stream !== undefined)).toMatchObject({
      stream: 'ethusdt@aggTrade',
      data: { e: 'aggTrade', s: 'ETHUSDT' },
    });
    expect(await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 1 })).toEqual({ result: ['btcusdt@aggTrade', 'ethusdt@aggTrade'], id: 1 });
  });

  test('timeUnit=MICROSECOND is per connection and spot only', async () => {
    const micro = await connect(`${exchange.spotWs}/ws/btcusdt@aggTrade?timeUnit=microsecond`);
    const milli = await connect(`${exchange.spotWs}/ws/btcusdt@aggTrade`);
    const futures = await connect(`${exchange.futuresWs}/market/ws/btcusdt@aggTrade?timeUnit=MICROSECOND`);
    for (const marketType of ['SPOT', 'FUTURES'] as const)
      exchange.tick({ marketType, symbol: 'BTCUSDT', price: '1', timeMs: 1_700_000_000_123 });
    expect((await micro.message(isEvent('aggTrade'))).T).toBe(1_700_000_000_123_000);
    expect((await milli.message(isEvent('aggTrade'))).T).toBe(1_700_000_000_123);
    expect((await futures.message(isEvent('aggTrade'))).T).toBe(1_700_000_000_123);
  });

  test('futures carries market streams on /market and public ones on /public; elsewhere they are acknowledged and silent', async () => {
    const streams = ['btcusdt@aggTrade', 'btcusdt@bookTicker'];
    const heard: Record<string, string[]> = {};
    for (const path of ['/market/ws', '/public/ws', '/ws', '/private/ws']) {
      const client = await connect(`${exchange.futuresWs}${path}`);
      expect(await client.ask({ method: 'SUBSCRIBE', params: streams, id: 7 })).toEqual({ result: null, id: 7 });
      exchange.tick({ marketType: 'FUTURES', symbol: 'BTCUSDT', price: '100' });
      // A reply that was asked for after the tick comes after whatever the tick caused.
      await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 8 });
      heard[path] = client.messages.flatMap((message) => message.e ?? []);
      client.close();
    }
    expect(heard).toEqual({ '/market/ws': ['aggTrade'], '/public/ws': ['bookTicker'], '/ws': ['bookTicker'], '/private/ws': [] });
  });

  test('an unknown symbol is acknowledged and silent', async () => {
    const client = await connect(`${exchange.spotWs}/ws`);
    expect(await client.ask({ method: 'SUBSCRIBE', params: ['nosuchcoin@aggTrade', 'BTCUSDT@aggTrade'], id: 1 })).toEqual({
      result: null,
      id: 1,
    });
    exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '1' });
    await client.ask({ method: 'LIST_SUBSCRIPTIONS', id: 2 });
    expect(client.messages.filter((message) => message.e)).toEqual([]);
  });

  test('symbols outside ASCII, in a percent-encoded address', async () => {
    exchange.listSymbol({ marketType: 'SPOT', symbol: '币安人生USDT', tickSize: '0.0001' });
    const client = await connect(`${exchange.spotWs}/ws/${encodeURIComponent('币安人生usdt@aggTrade')}`);
    const combined = await connect(`${exchange.spotWs}/stream?streams=${encodeURIComponent('币安人生usdt@aggTrade/btcusdt@aggTrade')}`);
    exchange.tick({ marketType: 'SPOT', symbol: '币安人生USDT', price: '0.1234' });
    expect(await client.message(isEvent('aggTrade'))).toMatchObject({ s: '币安人生USDT', p: '0.1234' });
    expect(await combined.message((message) => message.stream)).toMatchObject({ stream: '币安人生usdt@aggTrade' });
  });

  test('no other path opens, nor a broken escape', async () => {
    for (const path of ['/', '/market', '/market/ws/btcusdt@aggTrade', '/nope', '/ws/%zz']) {
      await expect(connect(`${exchange.spotWs}${path}`), path).rejects.toThrow(/40[04]/);
    }
  });

  test('permessage-deflate when the exchange offers it', async () => {
    const offering = await startExchange({ compression: true });
    const client = await TestClient.open(`${offering.spotWs}/ws/btcusdt@aggTrade`, { perMessageDeflate: true });
    expect(client.socket.extensions).toContain('permessage-deflate');
    offering.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '1' });
    expect(await client.message(isEvent('aggTrade'))).toMatchObject({ p: '1' });
    await offering.stop();
  });
});
