import { expect, test } from 'vitest';
import { startExchange } from '../../simulator/exchange.ts';
import type { Exchange } from '../../simulator/exchange.ts';
import { openFreshDatabase } from '../../testkit/database.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { addBot, closeTrade, openTrade } from '../../testkit/stored-record.ts';
import { until } from '../../testkit/waiting.ts';
import { Decimal } from '../kernel/decimal.ts';
import { systemClock } from '../process/system-clock.ts';
import type { MarketType } from '../ticks/tick.ts';
import { TradeCandlesStore } from './trade-candles.store.ts';

const MINUTE_MS = 60_000;
const KLINES: Readonly<Record<MarketType, string>> = { SPOT: '/api/v3/klines', FUTURES: '/fapi/v1/klines' };
const QUICK = { CANDLES_INTERVAL_MS: '20', CANDLES_RETRY_MS: '20' };
/** All of the past lies well before now, at the beginning of a minute. */
const nowMs = systemClock.now().getTime();
const ENTRY_MS = nowMs - (nowMs % MINUTE_MS) - 90 * MINUTE_MS + 12_345;
const EXIT_MS = ENTRY_MS + 40 * MINUTE_MS + 3_000;

const { prisma, url: databaseUrl } = await openFreshDatabase();
const botId = await addBot(prisma);

const TRADE = `query ($id: ID!) { trade(id: $id) {
  priceCandles { openTime closeTime open high low close }
  maxAdverseExcursion { price percent amount resolution }
  maxFavourableExcursion { price percent amount resolution }
} }`;
interface Excursion {
  price: string;
  percent: string;
  amount: string;
  resolution: string;
}
interface Answer {
  trade: {
    priceCandles: { openTime: string; closeTime: string; open: string; high: string; low: string; close: string }[] | null;
    maxAdverseExcursion: Excursion | null;
    maxFavourableExcursion: Excursion | null;
  };
}

/** The tape of an hour and a half around the trade: a price every seven seconds; one in ten is told to be far off. */
function printTape(exchange: Exchange, marketType: MarketType): { timeMs: number; price: number }[] {
  const tape: { timeMs: number; price: number }[] = [];
  for (let i = 0; i < 720; i++)
    tape.push({ timeMs: ENTRY_MS - 30 * MINUTE_MS + i * 7_000, price: 100 + ((i * 37) % 19) / 10 - (i % 10 === 0 ? 3 : 0) });
  for (const { timeMs, price } of tape) exchange.tick({ marketType, symbol: 'BTCUSDT', price: price.toFixed(2), timeMs, broadcast: false });
  return tape;
}

async function pastTrade(marketType: MarketType, direction: 'LONG' | 'SHORT', symbol = 'BTCUSDT'): Promise<string> {
  const [takeProfit, stopLoss] = (direction === 'LONG' ? [104, 90] : [90, 104]).map((level) => new Decimal(level));
  const levels = { takeProfit: takeProfit!, stopLoss: stopLoss! };
  const opened = await openTrade(prisma, botId, { marketType, direction, symbol, ...levels, receivedAt: new Date(ENTRY_MS) });
  await closeTrade(prisma, opened, 'CLOSED_TP', { exitTime: new Date(EXIT_MS) });
  return opened.trade.id;
}

const kept = (product: Product, id: string) =>
  until(async () => {
    const { trade } = await product.query<Answer>(TRADE, { id });
    return trade.priceCandles ? trade : undefined;
  }, `the candles of ${id}`);

test.each([
  ['SPOT', 'LONG', 1_000],
  ['FUTURES', 'SHORT', MINUTE_MS],
] as const)('a %s %s gets its candles and excursions, once, as a scan of the tape has them', async (marketType, direction, grainMs) => {
  const exchange = await startExchange({ beatMs: 100 });
  const tape = printTape(exchange, marketType);
  const id = await pastTrade(marketType, direction);
  const product = await startProduct({ exchange, databaseUrl, env: QUICK });
  const trade = await kept(product, id);

  const within = tape.filter(({ timeMs }) => {
    const openMs = timeMs - (timeMs % grainMs);
    return openMs >= ENTRY_MS && openMs + grainMs <= EXIT_MS;
  });
  const exit = direction === 'LONG' ? 104 : 90;
  const prices = [100, exit, ...within.map(({ price }) => price)];
  const excursion = (price: number) => ({
    price: new Decimal(price.toFixed(2)).toString(),
    percent: new Decimal(price.toFixed(2)).minus(100).abs().toString(),
    amount: new Decimal(price.toFixed(2)).minus(100).abs().toString(), // of 100, at 100
    resolution: grainMs === 1_000 ? '1s' : '1m',
  });
  const [least, most] = [excursion(Math.min(...prices)), excursion(Math.max(...prices))];
  expect(trade.maxAdverseExcursion).toEqual(direction === 'LONG' ? least : most);
  expect(trade.maxFavourableExcursion).toEqual(direction === 'LONG' ? most : least);

  const candles = trade.priceCandles!;
  expect(candles).toHaveLength(20 + 41 + 3);
  for (const { openTime, closeTime, open, high, low, close } of candles) {
    const [fromMs, toMs] = [Date.parse(openTime), Date.parse(closeTime)];
    expect(toMs - fromMs).toBe(MINUTE_MS - 1);
    const traded = tape.filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs).map(({ price }) => price);
    expect([open, high, low, close].map(Number)).toEqual(
      [traded[0]!, Math.max(...traded), Math.min(...traded), traded.at(-1)!].map((price) => Number(price.toFixed(2))),
    );
  }
  await product.end();
  await exchange.stop();
});

test('whoever asks while the candles of a trade are kept gets them with the excursions, or neither', async () => {
  const exchange = await startExchange({ beatMs: 100 });
  const product = await startProduct({ exchange, databaseUrl, env: { ...QUICK, ROLE: 'api' } });
  const store = new TradeCandlesStore(prisma);
  const candle = { openTimeMs: ENTRY_MS, open: '100', high: '104', low: '100', close: '104', trades: 1 };
  const extremes = { lowest: new Decimal(100), highest: new Decimal(104), resolution: '1m' } as const;
  const ask = async (id: string) => (await product.query<Answer>(TRADE, { id })).trade;
  // With no pause between the questions the candles come in the middle of one, at a moment that differs each time.
  const askUntilKept = async (id: string) => {
    for (let isKept = false; !isKept;) {
      const { priceCandles, maxAdverseExcursion, maxFavourableExcursion } = await ask(id);
      isKept = priceCandles !== null;
      expect([maxAdverseExcursion !== null, maxFavourableExcursion !== null]).toEqual([isKept, isKept]);
    }
  };
  for (let i = 0; i < 100; i++) {
    const id = await pastTrade('FUTURES', 'LONG');
    const askers = [1, 2, 3].map(() => askUntilKept(id));
    await ask(id);
    await Promise.all([...askers, store.save(id, { interval: '1m', candles: [candle], extremes })]);
  }
  await product.end();
  await exchange.stop();
});

test('Retry-After is kept, and then it goes on', async () => {
  const exchange = await startExchange({ beatMs: 100 });
  printTape(exchange, 'SPOT');
  const id = await pastTrade('SPOT', 'LONG');
  exchange.failRequest('SPOT', { path: KLINES.SPOT, status: 429, code: -1003, headers: { 'retry-after': '1' } });
  const product = await startProduct({ exchange, databaseUrl, env: QUICK });
  expect((await kept(product, id)).maxAdverseExcursion).not.toBeNull();
  const pauses = exchange.faults.restPauses('SPOT');
  expect(pauses.map(({ requests }) => requests)).toEqual([0]);
  expect(exchange.requests('SPOT').filter(({ path, status }) => path === KLINES.SPOT && status === 429)).toHaveLength(1);
  await product.end();
  await exchange.stop();
});

test('one trade whose candles cannot be had does not keep the others from theirs', async () => {
  const exchange = await startExchange({ beatMs: 100 });
  printTape(exchange, 'FUTURES');
  const [older, newer] = [await pastTrade('FUTURES', 'LONG'), await pastTrade('FUTURES', 'LONG')];
  // The newest trade is asked for first, as soon as the product runs; the benchmark's closes are asked for on the other market.
  exchange.failRequest('FUTURES', { path: KLINES.FUTURES, body: '[["x"]]' });
  const product = await startProduct({ exchange, databaseUrl, env: { ...QUICK, CANDLES_RETRY_MS: '600000' } });
  await kept(product, older);
  expect((await product.query<Answer>(TRADE, { id: newer })).trade).toEqual({
    priceCandles: null,
    maxAdverseExcursion: null,
    maxFavourableExcursion: null,
  });
  await product.end();
  await exchange.stop();
});

test('of a symbol that the exchange does not know any more there are none, and it is not asked again', async () => {
  const exchange = await startExchange({ beatMs: 100 });
  const id = await pastTrade('FUTURES', 'LONG', 'GONEUSDT');
  const product = await startProduct({ exchange, databaseUrl, env: QUICK });
  expect(await kept(product, id)).toEqual({ priceCandles: [], maxAdverseExcursion: null, maxFavourableExcursion: null });
  await product.end();
  await exchange.stop();
});

test('a process that only answers never asks the exchange, and says that the candles are not known', async () => {
  const exchange = await startExchange({ beatMs: 100 });
  const id = await pastTrade('SPOT', 'LONG');
  const product = await startProduct({ exchange, databaseUrl, env: { ...QUICK, ROLE: 'api' } });
  const { trade } = await product.query<Answer>(TRADE, { id });
  expect(trade).toEqual({ priceCandles: null, maxAdverseExcursion: null, maxFavourableExcursion: null });
  await product.end(); // by now it would have asked
  expect(exchange.requests()).toEqual([]);
  await exchange.stop();
});

test('the benchmark is bought before the first entry and follows the daily closes; a filter narrows it', async () => {
  const exchange = await startExchange({ beatMs: 100 });
  const DAY_MS = 24 * 60 * MINUTE_MS;
  const todayMs = nowMs - (nowMs % DAY_MS);
  for (const [daysAgo, price] of [
    [5, 40_000],
    [4, 50_000],
    [3, 52_500],
    [2, 47_500],
    [1, 60_000],
    [0, 99_999],
  ] as const)
    exchange.tick({
      marketType: 'SPOT',
      symbol: 'BTCUSDT',
      price: `${price}`,
      timeMs: todayMs - daysAgo * DAY_MS + 1_000,
      broadcast: false,
    });
  const { prisma: own, url } = await openFreshDatabase();
  const bot = await addBot(own);
  for (const strategy of ['a', 'b'])
    await openTrade(own, bot, { strategy, receivedAt: new Date(todayMs - (strategy === 'a' ? 3 : 2) * DAY_MS + 5_000) });
  const product = await startProduct({ exchange, databaseUrl: url, env: QUICK });
  const ask = `query ($filter: TradeFilter) { benchmark(filter: $filter) { time price invested totalPnl } }`;
  const benchmark = (filter: object) =>
    until(async () => {
      const { benchmark: points } = await product.query<{ benchmark: { price: string }[] }>(ask, { filter });
      return points.length > 0 ? points : undefined;
    }, 'the benchmark');
  const at = (daysAgo: number) => new Date(todayMs - daysAgo * DAY_MS).toISOString();
  expect(await benchmark({})).toEqual([
    { time: at(3), price: '50000', invested: '200', totalPnl: '-0.4' },
    { time: at(2), price: '52500', invested: '200', totalPnl: '9.59' },
    { time: at(1), price: '47500', invested: '200', totalPnl: '-10.39' },
    { time: at(0), price: '60000', invested: '200', totalPnl: '39.56' },
  ]);
  expect(await benchmark({ strategy: ['b'] })).toMatchObject([
    { time: at(2), invested: '100', totalPnl: '-0.2' },
    { time: at(1) },
    { time: at(0) },
  ]);
  expect(await benchmark({ to: at(1) })).toHaveLength(3);
  await product.end();
  await exchange.stop();
});
