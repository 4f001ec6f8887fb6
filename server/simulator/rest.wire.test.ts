import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { get } from './test-client.ts';

/** A minute's beginning, long before the tests run. */
const T0 = 1_700_000_040_000;
const HOUR_MS = 3_600_000;

let exchange: Exchange;
const spot = (path: string) => get(`${exchange.spotRest}/api/v3/${path}`);
const futures = (path: string) => get(`${exchange.futuresRest}/fapi/${path}`);
const ids = ({ body }: { body: { a: number }[] }) => body.map((row) => row.a);

/** Prints `count` trades, one a second from T0 on. */
function print(marketType: 'SPOT' | 'FUTURES', count: number): void {
  for (let i = 0; i < count; i++) {
    exchange.tick({ marketType, symbol: 'BTCUSDT', price: String(100 + i), quantity: '2', timeMs: T0 + i * 1_000, broadcast: false });
  }
}

beforeEach(async () => {
  exchange = await startExchange();
});
afterEach(() => exchange.stop());

test('ping and time', async () => {
  expect((await spot('ping')).body).toEqual({});
  expect((await futures('v1/ping')).body).toEqual({});
  expect(Math.abs((await spot('time')).body.serverTime - Date.now())).toBeLessThan(10_000);
  expect(Math.abs((await futures('v1/time')).body.serverTime - Date.now())).toBeLessThan(10_000);
});

test('an unknown path gives 404, also that of the other market', async () => {
  for (const path of ['nope', 'ticker/24hr', '/', '../', 'ping/', 'constructor']) expect((await spot(path)).status).toBe(404);
  expect((await get(`${exchange.spotRest}/fapi/v1/ping`)).status).toBe(404);
  expect((await get(`${exchange.futuresRest}/api/v3/ping`)).status).toBe(404);
});

describe('exchangeInfo', () => {
  test('spot: shapes, filters of symbols, and one unknown symbol spoils the call', async () => {
    exchange.setStatus('SPOT', 'ETHUSDT', 'HALT');
    const all = await spot('exchangeInfo');
    expect(all.body.symbols.length).toBeGreaterThan(5);
    const named = await spot(`exchangeInfo?symbols=${encodeURIComponent('["BTCUSDT","ETHUSDT"]')}`);
    expect(named.body.symbols.map((row: { symbol: string; status: string }) => [row.symbol, row.status])).toEqual([
      ['BTCUSDT', 'TRADING'],
      ['ETHUSDT', 'HALT'],
    ]);
    const [btc] = named.body.symbols;
    expect(btc).toMatchObject({ baseAsset: 'BTC', quoteAsset: 'USDT', isSpotTradingAllowed: true });
    expect(btc.filters[0]).toEqual({
      filterType: 'PRICE_FILTER',
      minPrice: '0.01000000',
      maxPrice: '1000000.00000000',
      tickSize: '0.01000000',
    });
    expect(await spot('exchangeInfo?symbols=["BTCUSDT","NOPE"]')).toMatchObject({
      status: 400,
      body: { code: -1121, msg: 'Invalid symbol.' },
    });
    expect(await spot('exchangeInfo?symbol=BTCUSDT&symbols=["BTCUSDT"]')).toMatchObject({ status: 400, body: { code: -1128 } });
  });

  test('futures: contract type, margin asset, any status word; a filter is ignored', async () => {
    exchange.listSymbol({
      marketType: 'FUTURES',
      symbol: 'TSLAUSDT',
      tickSize: '0.01',
      contractType: 'TRADIFI_PERPETUAL',
      status: 'SOMETHING_NEW',
    });
    const { body } = await futures('v1/exchangeInfo?symbol=BTCUSDT');
    const bySymbol = new Map(body.symbols.map((row: { symbol: string }) => [row.symbol, row]));
    expect(bySymbol.get('BTCUSDT')).toMatchObject({
      pair: 'BTCUSDT',
      contractType: 'PERPETUAL',
      status: 'TRADING',
      quoteAsset: 'USDT',
      marginAsset: 'USDT',
    });
    expect(bySymbol.get('TSLAUSDT')).toMatchObject({ contractType: 'TRADIFI_PERPETUAL', status: 'SOMETHING_NEW' });
    const filters = (bySymbol.get('BTCUSDT') as { filters: { filterType: string; tickSize?: string }[] }).filters;
    expect(filters.find((filter) => filter.filterType === 'PRICE_FILTER')?.tickSize).toBe('0.1');
  });
});

describe('ticker/price', () => {
  beforeEach(() => {
    exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '42500.10' });
    exchange.tick({ marketType: 'SPOT', symbol: 'ETHUSDT', price: '2250.5' });
    exchange.tick({ marketType: 'FUTURES', symbol: 'BTCUSDT', price: '42501.1', timeMs: T0 });
  });

  test('spot: one, many, all that ever traded', async () => {
    const btc = { symbol: 'BTCUSDT', price: '42500.10' };
    const eth = { symbol: 'ETHUSDT', price: '2250.5' };
    expect((await spot('ticker/price?symbol=BTCUSDT')).body).toEqual(btc);
    expect((await spot('ticker/price?symbols=["ETHUSDT","BTCUSDT"]')).body).toEqual([eth, btc]);
    expect((await spot('ticker/price')).body).toEqual([btc, eth]);
    expect(await spot('ticker/price?symbol=NOPE')).toMatchObject({ status: 400, body: { code: -1121 } });
  });

  test('futures: version 2, with time; version 1 is gone', async () => {
    const btc = { symbol: 'BTCUSDT', price: '42501.1', time: T0 };
    expect((await futures('v2/ticker/price?symbol=BTCUSDT')).body).toEqual(btc);
    expect((await futures('v2/ticker/price')).body).toEqual([btc]);
    expect((await futures('v1/ticker/price')).status).toBe(404);
  });
});

describe('aggTrades', () => {
  test('rows: M on spot, nq on futures', async () => {
    print('SPOT', 1);
    print('FUTURES', 1);
    expect((await spot('aggTrades?symbol=BTCUSDT')).body).toEqual([{ a: 0, p: '100', q: '2', f: 0, l: 0, T: T0, m: false, M: true }]);
    expect((await futures('v1/aggTrades?symbol=BTCUSDT')).body).toEqual([{ a: 1, p: '100', q: '2', nq: '2', f: 3, l: 4, T: T0, m: false }]);
  });

  test.each([
    ['SPOT', (query: string) => spot(`aggTrades?symbol=BTCUSDT${query}`), 0],
    ['FUTURES', (query: string) => futures(`v1/aggTrades?symbol=BTCUSDT${query}`), 1],
  ] as const)('%s: fromId is inclusive, times are inclusive and oldest first, nothing means the newest', async (marketType, ask, first) => {
    print(marketType, 1_200);
    const last = first + 1_199;
    expect(ids(await ask('&fromId=7&limit=3'))).toEqual([7, 8, 9]);
    expect(ids(await ask(`&fromId=${last}`))).toEqual([last]);
    expect(ids(await ask(`&fromId=${last + 1}`))).toEqual([]);
    expect(ids(await ask(`&startTime=${T0 + 5_000}&limit=2`))).toEqual([first + 5, first + 6]);
    expect(ids(await ask(`&startTime=${T0 + 5_000}&endTime=${T0 + 8_000}`))).toEqual([5, 6, 7, 8].map((id) => first + id));
    expect(ids(await ask(`&endTime=${T0 + 8_000}&limit=2`))).toEqual([first + 7, first + 8]);
    expect(ids(await ask('&limit=2'))).toEqual([last - 1, last]);
    expect(ids(await ask('')).length).toBe(500);
    expect(ids(await ask('')).at(-1)).toBe(last);
    expect(ids(await ask('&limit=1000')).length).toBe(1_000);
  });

  test('trades that nobody was told of are there all the same', async () => {
    exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '99.5', broadcast: false });
    expect((await spot('aggTrades?symbol=BTCUSDT&fromId=0')).body[0].p).toBe('99.5');
  });

  test('skipped ids are unknown to REST too', async () => {
    print('SPOT', 1);
    exchange.skipIds('SPOT', 'BTCUSDT', 3);
    print('SPOT', 1);
    expect(ids(await spot('aggTrades?symbol=BTCUSDT&fromId=1'))).toEqual([4]);
  });

  test('times are found although a script printed them out of order', async () => {
    for (const seconds of [5, 1, 9]) exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '1', timeMs: T0 + seconds * 1_000 });
    expect(ids(await spot(`aggTrades?symbol=BTCUSDT&startTime=${T0 + 5_000}`))).toEqual([0, 2]);
  });

  test('a futures window is shorter than an hour; spot has no such rule', async () => {
    const window = (lengthMs: number) => `aggTrades?symbol=BTCUSDT&startTime=${T0}&endTime=${T0 + lengthMs}`;
    expect(await futures(`v1/${window(HOUR_MS)}`)).toMatchObject({ status: 400, body: { code: -1127 } });
    expect((await futures(`v1/${window(HOUR_MS - 1)}`)).status).toBe(200);
    expect((await spot(window(24 * HOUR_MS))).status).toBe(200);
  });

  test.each([
    ['', -1102],
    ['symbol=NOPE', -1121],
    ['symbol=btcusdt', -1121],
    ['symbol=BTCUSDT&fromId=1&startTime=1', -1128],
    ['symbol=BTCUSDT&fromId=1&endTime=1', -1128],
    ['symbol=BTCUSDT&startTime=2&endTime=1', -1127],
    ['symbol=BTCUSDT&fromId=one', -1100],
    ['symbol=BTCUSDT&fromId=', -1105],
    ['symbol=BTCUSDT&limit=0', -1130],
  ])('%s is refused with %i on both markets', async (query, code) => {
    expect(await spot(`aggTrades?${query}`)).toMatchObject({ status: 400, body: { code, msg: expect.any(String) } });
    expect(await futures(`v1/aggTrades?${query}`)).toMatchObject({ status: 400, body: { code, msg: expect.any(String) } });
  });
});

describe('klines', () => {
  test('are computed from the tape, flat where nothing traded', async () => {
    for (const [second, price, quantity] of [
      [0, '100', '1'],
      [10, '104', '2'],
      [59, '101', '1'],
      [120, '90', '1'],
    ] as const) {
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price, quantity, timeMs: T0 + second * 1_000, buyerIsMaker: second === 10 });
    }
    const { body } = await spot(`klines?symbol=BTCUSDT&interval=1m&startTime=${T0 - 60_000}&limit=3`);
    expect(body).toEqual([
      [T0, '100', '104', '100', '101', '4.00000000', T0 + 59_999, '409.00000000', 6, '2.00000000', '201.00000000', '0'],
      [T0 + 60_000, '101', '101', '101', '101', '0.00000000', T0 + 119_999, '0.00000000', 0, '0.00000000', '0.00000000', '0'],
      [T0 + 120_000, '90', '90', '90', '90', '1.00000000', T0 + 179_999, '90.00000000', 1, '1.00000000', '90.00000000', '0'],
    ]);
    const seconds = await spot(`klines?symbol=BTCUSDT&interval=1s&startTime=${T0 + 9_000}&endTime=${T0 + 10_999}`);
    expect(seconds.body.map((row: unknown[]) => [row[0], row[4]])).toEqual([
      [T0 + 9_000, '100'],
      [T0 + 10_000, '104'],
    ]);
  });

  test('without times they are the newest; 1s is spot only', async () => {
    const timeMs = Date.now();
    for (const marketType of ['SPOT', 'FUTURES'] as const)
      exchange.tick({ marketType, symbol: 'BTCUSDT', price: '7', timeMs: timeMs - 600_000 });
    const { body } = await futures('v1/klines?symbol=BTCUSDT&interval=1m&limit=2');
    expect(body).toHaveLength(2);
    expect(body[1][0]).toBeGreaterThan(timeMs - 60_000);
    expect(await futures('v1/klines?symbol=BTCUSDT&interval=1s')).toMatchObject({ status: 400, body: { code: -1120 } });
    expect((await spot('klines?symbol=BTCUSDT&interval=1s&limit=2')).body).toHaveLength(2);
    expect(await spot('klines?symbol=BTCUSDT')).toMatchObject({ status: 400, body: { code: -1102 } });
  });
});

describe('weight', () => {
  test('is counted as documented, on refusals too', async () => {
    const used = async (answer: ReturnType<typeof get>) => Number((await answer).headers.get('x-mbx-used-weight-1m'));
    const weigh = async (answers: (() => ReturnType<typeof get>)[]) => {
      const weights = [];
      let before = 0;
      for (const ask of answers) {
        const now = await used(ask());
        // A new minute began between two requests: its count starts again.
        weights.push(now > before ? now - before : now);
        before = now;
      }
      return weights;
    };
    const spotCalls = ['ping', 'time', 'exchangeInfo', 'ticker/price?symbol=NOPE', 'ticker/price', 'ticker/price?symbols=["BTCUSDT"]'];
    const spotPages = ['aggTrades?symbol=BTCUSDT', 'klines?symbol=BTCUSDT&interval=1m'];
    expect(await weigh([...spotCalls, ...spotPages].map((path) => () => spot(path)))).toEqual([1, 1, 20, 2, 4, 4, 4, 2]);
    const futuresCalls = ['ping', 'time', 'exchangeInfo', 'aggTrades?symbol=BTCUSDT'].map((path) => `v1/${path}`);
    const prices = ['v2/ticker/price?symbol=BTCUSDT', 'v2/ticker/price'];
    const klines = [99, 100, 499, 500, 1_000, 1_001].map((limit) => `v1/klines?symbol=BTCUSDT&interval=1m&limit=${limit}`);
    expect(await weigh([...futuresCalls, ...prices, ...klines].map((path) => () => futures(path)))).toEqual([
      1, 1, 1, 20, 1, 2, 1, 2, 2, 5, 5, 10,
    ]);
  });

  test('beyond the limit of a minute everything is 429 with Retry-After', async () => {
    const pages = Array.from({ length: 241 }, () => futures('v1/aggTrades?symbol=BTCUSDT'));
    const refused = (await Promise.all(pages)).find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ code: -1003 });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

test('a fault spoils the next request that fits, and no other', async () => {
  exchange.failRequest('SPOT', {
    path: '/api/v3/time',
    status: 451,
    code: 0,
    msg: 'Service unavailable from a restricted location',
    headers: { 'retry-after': '7' },
  });
  expect((await spot('ping')).status).toBe(200);
  const failed = await spot('time');
  expect(failed).toMatchObject({ status: 451, body: { code: 0 } });
  expect(failed.headers.get('retry-after')).toBe('7');
  expect((await spot('time')).status).toBe(200);
});

test('it remembers what was asked', async () => {
  await spot('aggTrades?symbol=BTCUSDT&fromId=5');
  await futures('v1/aggTrades?symbol=NOPE');
  await exchange.whenRequested('FUTURES', '/fapi/v1/aggTrades');
  expect(exchange.requests('SPOT')).toEqual([
    { marketType: 'SPOT', path: '/api/v3/aggTrades', query: { symbol: 'BTCUSDT', fromId: '5' }, timeMs: expect.any(Number), status: 200 },
  ]);
  expect(exchange.requests()).toHaveLength(2);
  expect(exchange.requests('FUTURES')[0]?.status).toBe(400);
});
