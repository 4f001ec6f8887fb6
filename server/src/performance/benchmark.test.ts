import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../kernel/decimal.ts';
import { benchmarkOf, capitalOf } from './benchmark.ts';
import type { MoneyAtWork } from './benchmark.ts';

const DAY_MS = 86_400_000;
const day = (n: number) => new Date(n * DAY_MS);
const closes = (...prices: number[]) => prices.map((close, i) => ({ day: day(i), close: new Decimal(close) }));
const trade = (fromMs: number, toMs: number | null, size = 100): MoneyAtWork => ({ positionSize: new Decimal(size), fromMs, toMs });
const FEE = new Decimal('0.001');

describe('the most money at work', () => {
  test('is what a look at every moment finds', () => {
    const some = fc.record({
      fromMs: fc.integer({ min: 0, max: 30 }),
      toMs: fc.option(fc.integer({ min: -2, max: 40 })),
      positionSize: fc.integer({ min: 1, max: 3 }).map((size) => new Decimal(size)),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), (trades) => {
        const at = (ms: number) =>
          trades
            .filter(({ fromMs, toMs }) => fromMs <= ms && (toMs === null || Math.max(toMs, fromMs + 1) > ms))
            .reduce((sum, { positionSize }) => sum + positionSize.toNumber(), 0);
        const most = Math.max(0, ...Array.from({ length: 50 }, (_, ms) => at(ms)));
        const first = trades.length === 0 ? undefined : Math.min(...trades.map(({ fromMs }) => fromMs));
        expect([capitalOf(trades)?.amount.toNumber() ?? 0, capitalOf(trades)?.sinceMs]).toEqual([most, first]);
      }),
    );
  });

  test('sizes are added to the last digit', () => {
    const tiny = { ...trade(0, null), positionSize: new Decimal('0.000000000000000001') };
    expect(capitalOf([tiny, trade(0, null, 1e9)])?.amount.toFixed()).toBe('1000000000.000000000000000001');
  });

  test('money that is free again at a moment serves a trade of that moment', () => {
    expect(capitalOf([trade(0, 10), trade(10, 20), trade(20, null)])?.amount.toNumber()).toBe(100);
  });
});

describe('the same money in BTC', () => {
  // Two at once: 200 at work. First entry in the middle of day 2; bought at the end of day 1.
  const trades = [trade(2.5 * DAY_MS, 3 * DAY_MS), trade(2.6 * DAY_MS, null), trade(4 * DAY_MS, 5 * DAY_MS)];

  test('is bought at the last close before the first entry and sold at each later one, after both fees', () => {
    const points = benchmarkOf(capitalOf(trades)!, closes(50, 100, 110, 90, 125), FEE);
    expect(points.map(({ timeMs, price, invested, totalPnl }) => [timeMs / DAY_MS, ...[price, invested, totalPnl].map(String)])).toEqual([
      [2, '100', '200', '-0.4'],
      [3, '110', '200', '19.58'],
      [4, '90', '200', '-20.38'],
      [5, '125', '200', '49.55'],
    ]);
  });

  test('a close at the very moment of the first entry is known then', () => {
    expect(benchmarkOf(capitalOf([trade(2 * DAY_MS, null)])!, closes(50, 100, 110), FEE)[0]).toMatchObject({ timeMs: 2 * DAY_MS });
  });

  test('where no earlier close is known, the first one after it is taken', () => {
    expect(benchmarkOf(capitalOf([trade(0.5 * DAY_MS, null)])!, closes(50, 100), FEE).map(({ price }) => price.toNumber())).toEqual([
      50, 100,
    ]);
  });

  test('there is none without trades or without closes', () => {
    expect(capitalOf([])).toBeNull();
    expect(benchmarkOf(capitalOf(trades)!, [], FEE)).toEqual([]);
  });
});
