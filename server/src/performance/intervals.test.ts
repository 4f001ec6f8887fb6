import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closedDaily } from '../../testkit/closed-trades.ts';
import { expectancyInterval, KnownIntervals, winRateInterval } from './intervals.ts';
import { seededRandom } from './seeded-random.ts';

const Z = 1.959963984540054;

describe('domain section 6: winRateInterval', () => {
  test('its bounds are the rates from which the observed one lies just z standard errors away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (closed, share) => {
        const wins = Math.round(closed * share);
        const observed = wins / closed;
        const { low, high } = winRateInterval(wins, closed)!;
        // The distance of a rate in its own standard errors grows away from the observed one: look for Z on either side.
        const tooFar = (rate: number) => (observed - rate) ** 2 > (Z * Z * rate * (1 - rate)) / closed;
        expect(low / 100).toBeCloseTo(wins === 0 ? 0 : bisect(observed, 0, tooFar), 9);
        expect(high / 100).toBeCloseTo(wins === closed ? 1 : bisect(observed, 1, tooFar), 9);
      }),
    );
  });

  test('null without trades, and exactly 0 or 100 at the ends', () => {
    expect(winRateInterval(0, 0)).toBeNull();
    for (let closed = 1; closed < 200; closed += 1) {
      expect(winRateInterval(0, closed)!.low).toBe(0);
      expect(winRateInterval(closed, closed)!.high).toBe(100);
    }
  });
});

/** Where `isBeyond` turns from false to true on the way from `inside` to `outside`. */
function bisect(inside: number, outside: number, isBeyond: (x: number) => boolean): number {
  for (let step = 0; step < 100; step += 1) {
    const middle = (inside + outside) / 2;
    if (isBeyond(middle)) outside = middle;
    else inside = middle;
  }
  return inside;
}

describe('domain section 6: expectancyInterval', () => {
  const profits = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 401) - 180);
  const mean = profits.reduce((sum, pnl) => sum + pnl, 0) / profits.length;

  test('is the same in turns, in which others get theirs', async () => {
    const profits = closedDaily(Array.from({ length: 3_000 }, (_, i) => (i % 7) - 3));
    let [turns, isDone] = [0, false];
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const inTurns = await new KnownIntervals(turn, 1).of(profits, () => {});
    isDone = true;
    expect(inTurns).toEqual(expectancyInterval(profits));
    expect(turns).toBeGreaterThan(20);
  });

  test('is worked out once for the same trades, whoever asks, and anew for others', async () => {
    const intervals = new KnownIntervals(turn, 1_000);
    const worked: number[] = [];
    const of = (list: readonly number[]) => intervals.of(closedDaily(list), (trades) => worked.push(trades));
    const first = await of([1, 2, 3, 4]);
    expect(await of([1, 2, 3, 4])).toEqual(first);
    expect(worked).toEqual([4]);
    expect(await of([2, 1, 3, 4])).toEqual(expectancyInterval(closedDaily([2, 1, 3, 4]))); // as long, with the same sum and end
    expect(await of([1, 2, 3])).toEqual(expectancyInterval(closedDaily([1, 2, 3])));
    expect(worked).toEqual([4, 4, 3]);
  });

  test('the same trades give the same interval, to the last digit', () => {
    expect(expectancyInterval(closedDaily(profits))).toEqual(expectancyInterval(closedDaily(profits)));
    // Printed once; a change of the seed, the generator or the percentile shows here.
    expect(expectancyInterval(closedDaily([3, -1, 4, -1, 5, -9, 2]))).toEqual({ low: -22 / 7, high: 23 / 7 });
  });

  test('for many trades it comes close to mean ± 1.96 standard errors', () => {
    const { low, high } = expectancyInterval(closedDaily(profits))!;
    const variance = profits.reduce((sum, pnl) => sum + (pnl - mean) ** 2, 0) / profits.length;
    const standardError = Math.sqrt(variance / profits.length);
    // With 2,000 resamples a bound strays by some 6 % of a standard error.
    expect(Math.abs(low - (mean - Z * standardError))).toBeLessThan(0.25 * standardError);
    expect(Math.abs(high - (mean + Z * standardError))).toBeLessThan(0.25 * standardError);
  });

  test('of ten wins and ten losses of 1 it is the interval of the binomial distribution', () => {
    // Of 20 draws at one half, P(at most 5) = 0.0207 and P(at most 6) = 0.0577: 6 wins is the 2.5 % quantile, 14 the 97.5 % one.
    const halves = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    expect(expectancyInterval(closedDaily(halves))).toEqual({ low: (6 - 14) / 20, high: (14 - 6) / 20 });
  });

  test('null without trades, a point for equal profits, never beyond the extremes', () => {
    expect(expectancyInterval([])).toBeNull();
    expect(expectancyInterval(closedDaily(['9.79']))).toEqual({ low: 9.79, high: 9.79 });
    expect(expectancyInterval(closedDaily(['-0.1', '-0.1', '-0.1']))).toEqual({ low: -0.1, high: -0.1 });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 }), (list) => {
        const { low, high } = expectancyInterval(closedDaily(list))!;
        expect(Math.min(...list)).toBeLessThanOrEqual(low);
        expect(low).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(Math.max(...list));
      }),
      { numRuns: 30 },
    );
  });
});

describe('seededRandom', () => {
  test('repeats itself for a seed, differs between seeds and fills its range evenly', () => {
    const take = (seed: number, count: number) => Array.from({ length: count }, seededRandom(seed));
    expect(take(1, 100)).toEqual(take(1, 100));
    expect(take(1, 100)).not.toEqual(take(2, 100));
    const counts = new Array<number>(64).fill(0);
    for (const value of take(3, 64_000)) counts[Math.floor((value / 2 ** 32) * 64)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 63 degrees of freedom: a fair generator stays below 104 in 999 of 1,000 cases.
    expect(chiSquare).toBeLessThan(104);
  });
});
