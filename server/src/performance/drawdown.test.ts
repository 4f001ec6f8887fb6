import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedTrade, MS_PER_DAY } from '../../testkit/closed-trades.ts';
import { Decimal } from '../kernel/decimal.ts';
import { drawdownOf } from './drawdown.ts';
import { equitySteps } from './equity-curve.ts';
import { fromUnits, UNITS_PER_ONE } from './money-units.ts';

interface Closure {
  units: bigint;
  timeMs: number;
}

function drawdown(closures: readonly Closure[], { startMs = 0, nowMs }: { startMs?: number; nowMs: number }) {
  const trades = closures.map(({ units, timeMs }) => closedTrade(fromUnits(units), timeMs));
  return drawdownOf(equitySteps(trades), { capitalBase: new Decimal(1000), startMs, nowMs });
}

/** One closure a day at midnight from day 1 on, profits in whole money. */
const daily = (...profits: number[]): Closure[] =>
  profits.map((pnl, i) => ({ units: BigInt(pnl) * UNITS_PER_ONE, timeMs: (i + 1) * MS_PER_DAY }));

describe('domain section 6: drawdown', () => {
  test('percent is the largest over time, which need not be that of the largest fall', () => {
    // Falls of 10 below 0 (1 %) and of 15 below 1990 (0.5 %).
    const result = drawdown(daily(-10, 2000, -15, 3), { nowMs: 4 * MS_PER_DAY });
    expect(result).toMatchObject({ maxDrawdown: 15n * UNITS_PER_ONE, maxDrawdownPct: 1, currentDrawdown: 12n * UNITS_PER_ONE });
    expect(result.currentDrawdownPct).toBeCloseTo(1200 / 2990, 12);
  });

  test.for([
    ['no closure', daily(), 0],
    ['never below a peak', daily(1, 2, 0, 3), 0],
    ['from the peak to the closure that regains it', daily(5, -3, 1, 2, 9), 3],
    ['regained by more than was lost', daily(5, -3, 1, 8, 9), 3],
    ['from the first entry when the first trade loses', daily(-1, 0, 1), 3],
    ['until now when not regained', daily(5, -3, 1), 9],
    ['from the last moment at the peak', daily(5, 0, 0, -1, 1, 1), 2],
    ['the longest of several', daily(5, -1, 1, -2, 1, 1, -1, 1), 3],
  ] as const)('duration: %s', ([, closures, days]) => {
    expect(drawdown(closures, { nowMs: 10 * MS_PER_DAY }).longestDrawdownDays).toBe(days);
  });

  test('a closure found late never makes time run backwards', () => {
    const closures = [
      { units: 5n, timeMs: 10 },
      { units: -3n, timeMs: 4 },
      { units: 3n, timeMs: 12 },
    ];
    expect(drawdown(closures, { nowMs: 20 }).longestDrawdownDays).toBe(2 / MS_PER_DAY);
  });

  test('agrees with slow definitions over all pairs of moments', () => {
    const closures = fc.array(fc.record({ units: fc.bigInt({ min: -20n, max: 20n }), waitMs: fc.integer({ min: 0, max: 50 }) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(closures, fc.integer({ min: 0, max: 100 }), (raw, lateMs) => {
        let timeMs = 7;
        const list = raw.map(({ units, waitMs }) => ({ units: units * UNITS_PER_ONE, timeMs: (timeMs += waitMs) }));
        const nowMs = timeMs + lateMs;
        const result = drawdown(list, { startMs: 7, nowMs });
        const slow = slowDrawdown([{ units: 0n, timeMs: 7 }, ...list], nowMs);
        expect(Number(result.maxDrawdown) / 1e8).toBe(slow.max);
        expect(result.maxDrawdownPct).toBeCloseTo(slow.maxPct, 10);
        expect(Number(result.currentDrawdown) / 1e8).toBe(slow.current);
        expect(result.longestDrawdownDays * MS_PER_DAY).toBeCloseTo(slow.longestMs, 6);
      }),
    );
  });
});

/** By the words of the definition, in whole money; the first moment is the start, with a total of 0. */
function slowDrawdown(moments: readonly Closure[], nowMs: number) {
  const totals = moments.map((_, i) => moments.slice(0, i + 1).reduce((sum, { units }) => sum + Number(units) / 1e8, 0));
  const peakAt = (i: number) => Math.max(...totals.slice(0, i + 1));
  const falls = totals.map((total, i) => peakAt(i) - total);
  let longestMs = 0;
  totals.forEach((peak, i) => {
    if (peak < peakAt(i)) return;
    const regained = totals.findIndex((total, j) => j > i && total >= peak);
    const fellAtOnce = totals[i + 1] !== undefined && totals[i + 1]! < peak;
    if (fellAtOnce) longestMs = Math.max(longestMs, (moments[regained]?.timeMs ?? nowMs) - moments[i]!.timeMs);
  });
  return {
    max: Math.max(...falls),
    maxPct: Math.max(...falls.map((fall, i) => (fall / (1000 + peakAt(i))) * 100)),
    current: falls.at(-1)!,
    longestMs,
  };
}
