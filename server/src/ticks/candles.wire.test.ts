import { describe, expect, test } from 'vitest';
import { afterId, AGG_TRADES, openExchange, openFeed, range } from '../../testkit/feed.ts';
import type { Exchange } from '../../simulator/exchange.ts';
import { systemClock } from '../process/system-clock.ts';
import { MINUTE_MS, minuteOf } from './candle.ts';
import { MARKET_TYPES } from './tick.ts';
import type { MarketType, StreamPoint } from './tick.ts';

const KLINES: Readonly<Record<MarketType, string>> = { SPOT: '/api/v3/klines', FUTURES: '/fapi/v1/klines' };
/** Pages so small that a hole of a few trades is a long one. */
const SMALL_PAGES = { pageRows: 5 };

/** The beginning of the minute that began `minutes` before the running one. */
function minutesAgo(minutes: number): number {
  return minuteOf(systemClock.now().getTime()) - minutes * MINUTE_MS;
}

/** Prints one trade per given price, a second apart from `fromMs` on. */
function print(exchange: Exchange, marketType: MarketType, fromMs: number, ...prices: number[]): void {
  prices.forEach((price, second) =>
    exchange.tick({ marketType, symbol: 'BTCUSDT', price: `${price}`, timeMs: fromMs + second * 1_000, broadcast: false }),
  );
}

const from = (id: number, fromTimeMs: number): StreamPoint => ({ ...afterId(id), fromTimeMs });

describe.each(MARKET_TYPES)('%s', (marketType) => {
  const asked = (exchange: Exchange, path: string) => exchange.requests(marketType).filter((request) => request.path === path);

  test('a long hole is looked at by minutes; only those that matter are read, the others passed over', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    print(exchange, marketType, minutesAgo(60), ...Array<number>(10).fill(100));
    for (let minute = 59; minute > 10; minute -= 1) print(exchange, marketType, minutesAgo(minute), 100, minute === 30 ? 120 : 101, 100);
    print(exchange, marketType, minutesAgo(1), 100, 100);
    const { feed, ids, candles, inSync } = openFeed(exchange, marketType, SMALL_PAGES, ({ high }) => Number(high) >= 110);
    feed.watch('BTCUSDT', from(1, minutesAgo(60)));
    await inSync();
    const minute30 = 11 + 29 * 3;
    // The first page; then of 48 minutes one; then what came last.
    expect(ids()).toEqual([...range(2, 6), ...range(minute30, minute30 + 2), 158, 159]);
    expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual(
      range(11, 60)
        .filter((at) => at !== 30)
        .map(minutesAgo)
        .reverse(),
    );
    expect(asked(exchange, KLINES[marketType])).toHaveLength(1);
    expect(asked(exchange, AGG_TRADES[marketType]).length).toBeLessThanOrEqual(7);
    exchange.tick({ marketType, symbol: 'BTCUSDT', price: '99' });
    await expect.poll(() => ids().at(-1)).toBe(160);
    expect(feed.recentAfter('BTCUSDT', afterId(5))).toBeUndefined();
    expect(feed.status().gapsRepaired).toBe(1);
  });

  test('a minute that matters is read whole, however many pages it has', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    print(exchange, marketType, minutesAgo(40), ...Array<number>(8).fill(100));
    print(exchange, marketType, minutesAgo(30), ...range(101, 123));
    print(exchange, marketType, minutesAgo(1), 100);
    const { feed, ids, inSync } = openFeed(exchange, marketType, SMALL_PAGES, ({ high }) => Number(high) > 110);
    feed.watch('BTCUSDT', from(0, minutesAgo(40)));
    await inSync();
    expect(ids()).toEqual([...range(1, 5), ...range(9, 31), 32]);
  });

  test('a hole that one page fills, or a short one, needs no candles', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    print(exchange, marketType, minutesAgo(600), 100, 101, 102);
    const quiet = openFeed(exchange, marketType, SMALL_PAGES);
    quiet.feed.watch('BTCUSDT', from(1, minutesAgo(600)));
    await quiet.inSync();
    expect(quiet.ids()).toEqual([2, 3]);
    print(exchange, marketType, systemClock.now().getTime() - 30_000, ...range(100, 120));
    const short = openFeed(exchange, marketType, SMALL_PAGES);
    short.feed.watch('BTCUSDT', from(3, systemClock.now().getTime() - 30_000));
    await short.inSync();
    expect(short.ids()).toEqual(range(4, 24));
    expect(asked(exchange, KLINES[marketType])).toEqual([]);
  });

  test('a watch from a time long ago is looked at by minutes too', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    print(exchange, marketType, minutesAgo(300), 90, 91);
    for (const minute of [250, 200, 150, 100]) print(exchange, marketType, minutesAgo(minute), 100, minute === 150 ? 130 : 99);
    print(exchange, marketType, minutesAgo(0), 100);
    const { feed, ids, candles, inSync } = openFeed(exchange, marketType, {}, ({ high }) => Number(high) >= 110);
    feed.watch('BTCUSDT', { afterTradeId: null, fromTimeMs: minutesAgo(280) });
    await inSync();
    expect(ids()).toEqual([7, 8, 11]);
    expect(candles.map(({ openTimeMs }) => openTimeMs)).toEqual([250, 200, 100].map(minutesAgo));
  });

  describe.each(['EMPTY', 'ERROR'] as const)('trades beyond the horizon: %s', (beyond) => {
    const HOUR = 60;

    test('their candles decide; the tape goes on where the exchange has it', async () => {
      const exchange = await openExchange({ firstAggId: 1 });
      print(exchange, marketType, minutesAgo(60 * HOUR), 100, 101);
      for (const hour of [50, 40, 30]) print(exchange, marketType, minutesAgo(hour * HOUR), 100, 130, 80);
      print(exchange, marketType, minutesAgo(5 * HOUR), 100, 130, 80);
      print(exchange, marketType, minutesAgo(1), 100);
      exchange.faults.setTapeHorizon(marketType, { reachMs: 24 * HOUR * MINUTE_MS, beyond });
      const { feed, ids, candles, inSync } = openFeed(exchange, marketType);
      feed.watch('BTCUSDT', from(1, minutesAgo(60 * HOUR)));
      await inSync();
      expect(candles).toMatchObject([
        { openTimeMs: minutesAgo(60 * HOUR) },
        ...[50, 40, 30].map((hour) => ({ open: '100', high: '130', low: '80', openTimeMs: minutesAgo(hour * HOUR) })),
      ]);
      expect(ids()).toEqual(range(12, 15));
    });

    test('where nothing at all is left of a symbol its candles decide, and it is in sync until its next trade', async () => {
      const exchange = await openExchange({ firstAggId: 1 });
      print(exchange, marketType, minutesAgo(60 * HOUR), 100, 101);
      for (const hour of [50, 30]) print(exchange, marketType, minutesAgo(hour * HOUR), 100, 130, 80);
      exchange.faults.setTapeHorizon(marketType, { reachMs: 24 * HOUR * MINUTE_MS, beyond });
      const { feed, ids, candles, inSync } = openFeed(exchange, marketType);
      const byTime = openFeed(exchange, marketType);
      feed.watch('BTCUSDT', from(1, minutesAgo(60 * HOUR)));
      byTime.feed.watch('BTCUSDT', { afterTradeId: null, fromTimeMs: minutesAgo(60 * HOUR) });
      const gone = [60, 50, 30].map((hour) => minutesAgo(hour * HOUR));
      for (const opened of [{ inSync, candles }, byTime]) {
        await opened.inSync();
        expect(opened.candles.map(({ openTimeMs }) => openTimeMs)).toEqual(gone);
      }
      exchange.tick({ marketType, symbol: 'BTCUSDT', price: '99' });
      for (const opened of [ids, byTime.ids]) await expect.poll(() => opened(), { timeout: 15_000 }).toEqual([9]);
      await inSync();
    });

    test('of the minute in which the horizon lies the candle tells only what no trade that can be had does', async () => {
      const exchange = await openExchange({ firstAggId: 1 });
      print(exchange, marketType, minutesAgo(20), 100);
      // The trades of the first half of this minute are gone.
      const minute = minutesAgo(10);
      print(exchange, marketType, minute, 100, 130);
      print(exchange, marketType, minute + 45_000, 100, 80);
      print(exchange, marketType, minutesAgo(1), 100);
      const reachMs = systemClock.now().getTime() - minute - 30_000;
      exchange.faults.setTapeHorizon(marketType, { reachMs, beyond });
      const { feed, ids, candles, inSync } = openFeed(exchange, marketType, { candlesAfterMs: 60_000 });
      feed.watch('BTCUSDT', { afterTradeId: null, fromTimeMs: minutesAgo(20) });
      await inSync();
      expect(candles).toMatchObject([
        { openTimeMs: minutesAgo(20), high: '100' },
        { openTimeMs: minute, open: '100', high: '130', low: beyond === 'EMPTY' ? '100' : '80' },
      ]);
      // A refusal is for all of the minute: it asks for what is gone, too.
      expect(ids()).toEqual(beyond === 'EMPTY' ? [4, 5, 6] : [6]);
    });
  });
});

test('where REST begins later than asked, the candles between tell what it left out', async () => {
  // The tape forgets its oldest trades: of 23, the first 10.
  const exchange = await openExchange({ firstAggId: 1, maxTapeTrades: 12 });
  // Candles are made from the first request on.
  await fetch(`${exchange.spotRest}${KLINES.SPOT}?symbol=BTCUSDT&interval=1m`);
  print(exchange, 'SPOT', minutesAgo(30), 100, 101, 102);
  for (const minute of [25, 20]) print(exchange, 'SPOT', minutesAgo(minute), 100, 140, 60, 100);
  print(exchange, 'SPOT', minutesAgo(5), ...range(100, 111));
  const { feed, ids, candles, inSync } = openFeed(exchange, 'SPOT');
  feed.watch('BTCUSDT', from(2, minutesAgo(30)));
  await inSync();
  expect(ids()).toEqual(range(11, 23));
  expect(candles.map(({ openTimeMs, high, low }) => [openTimeMs, high, low])).toEqual([
    [minutesAgo(30), '102', '100'],
    [minutesAgo(25), '140', '60'],
    [minutesAgo(20), '140', '60'],
  ]);
});

test('ids that never were close nothing: the candles hold nothing that the trades do not', async () => {
  const exchange = await openExchange({ firstAggId: 1 });
  const { feed, ids, candles, inSync } = openFeed(exchange);
  feed.watch('BTCUSDT', afterId(0));
  await inSync();
  exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '100' });
  exchange.skipIds('SPOT', 'BTCUSDT', 1_000_000);
  exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '150' });
  await expect.poll(() => ids(), { timeout: 15_000 }).toEqual([1, 1_000_002]);
  await inSync();
  expect(candles).toEqual([]);
});

test('a survey that REST breaks off goes on, and decides nothing twice', async () => {
  const exchange = await openExchange({ firstAggId: 1 });
  print(exchange, 'FUTURES', minutesAgo(60), ...Array<number>(10).fill(100));
  for (let minute = 59; minute > 10; minute -= 1) print(exchange, 'FUTURES', minutesAgo(minute), 100, minute % 10 === 0 ? 120 : 101);
  print(exchange, 'FUTURES', minutesAgo(1), 100);
  for (const status of [500, 503]) exchange.failRequest('FUTURES', { path: KLINES.FUTURES, status });
  const { feed, ids, inSync } = openFeed(exchange, 'FUTURES', { ...SMALL_PAGES, candleRows: 7 }, ({ high }) => Number(high) >= 110);
  feed.watch('BTCUSDT', from(0, minutesAgo(60)));
  await inSync();
  const pairs = [50, 40, 30, 20].flatMap((minute) => [11 + (59 - minute) * 2, 12 + (59 - minute) * 2]);
  // Each time it is tried again a page is read first.
  expect(ids()).toEqual([...range(1, 15), ...pairs, 109]);
});
