import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedDaily, closedTrade } from '../../testkit/closed-trades.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { equityCurve } from './equity-curve.ts';
import { computeMetrics } from './metrics.ts';

const plain = (trades: readonly ClosedTrade[], points: number) =>
  equityCurve(trades, points).map(({ totalPnl, drawdown, closedTrades }) => [closedTrades, toPlain(totalPnl), toPlain(drawdown)]);

describe('equity curve', () => {
  test('without thinning it has a point for each closure', () => {
    const trades = closedDaily(['0.1', '0.2', '-0.5', '0.1', '1']);
    expect(plain(trades, 5)).toEqual([
      [1, '0.1', '0'],
      [2, '0.3', '0'],
      [3, '-0.2', '0.5'],
      [4, '-0.1', '0.4'],
      [5, '0.9', '0'],
    ]);
    expect(equityCurve(trades, 5).map(({ timeMs }) => timeMs)).toEqual(trades.map(({ exitTimeMs }) => exitTimeMs));
    expect(equityCurve([], 2)).toEqual([]);
  });

  test('the drawdown of a first loss is its fall below 0', () => {
    expect(plain(closedDaily(['-2']), 2)).toEqual([[1, '-2', '2']]);
  });

  test('a closure found late stands at the newest exit before it', () => {
    const trades = [10, 4, 12].map((exitTimeMs) => closedTrade(1, exitTimeMs));
    expect(equityCurve(trades, 9).map(({ timeMs }) => timeMs)).toEqual([10, 10, 12]);
  });

  test.for([0, 1, -5, 2.5, NaN, Infinity])('%s points are refused', (points) => {
    expect(() => equityCurve([], points)).toThrow(RangeError);
  });

  const units = fc.array(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), { minLength: 1, maxLength: 120 });
  const amount = (value: bigint) => new Decimal(value).dividedBy(1e8);

  test('thinned: at most as many points as asked, in order, each true, ends and extremes kept, the end is the total', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 2, max: 60 }), (profits, points) => {
        const trades = closedDaily(profits.map(amount));
        const whole = equityCurve(trades, trades.length + 1);
        const thinned = equityCurve(trades, points);
        expect(thinned.length).toBeLessThanOrEqual(points);
        for (const point of thinned) expect(point).toEqual(whole[point.closedTrades - 1]);
        for (let i = 1; i < thinned.length; i += 1) expect(thinned[i]!.closedTrades).toBeGreaterThan(thinned[i - 1]!.closedTrades);
        expect(thinned[0]).toEqual(whole[0]);
        expect(thinned.at(-1)).toEqual(whole.at(-1));
        const { totalPnl, currentDrawdown } = computeMetrics(trades, { capitalBase: new Decimal(1000), nowMs: 0, openEntryTimesMs: [] });
        expect(toPlain(thinned.at(-1)!.totalPnl)).toBe(toPlain(totalPnl));
        expect(toPlain(thinned.at(-1)!.drawdown)).toBe(toPlain(currentDrawdown));
        if (points < 4) return;
        const extremes = (curve: typeof whole) => {
          const totals = curve.map((point) => point.totalPnl);
          return [toPlain(Decimal.min(...totals)), toPlain(Decimal.max(...totals))];
        };
        expect(extremes(thinned)).toEqual(extremes(whole));
      }),
    );
  });

  test('the lowest and the highest total of every bucket stay, one bucket after the other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 3, max: 9 }),
        fc.array(fc.integer(), { minLength: 74, maxLength: 74 }),
        (buckets, size, noise) => {
          const profits = noise.slice(0, buckets * size + 2);
          const whole = equityCurve(closedDaily(profits), 1000);
          const kept = new Set(equityCurve(closedDaily(profits), 2 + 2 * buckets).map((point) => toPlain(point.totalPnl)));
          for (let bucket = 0; bucket < buckets; bucket += 1) {
            const totals = whole.slice(1 + bucket * size, 1 + (bucket + 1) * size).map((point) => point.totalPnl);
            expect(kept).toContain(toPlain(Decimal.min(...totals)));
            expect(kept).toContain(toPlain(Decimal.max(...totals)));
          }
        },
      ),
    );
  });
});
