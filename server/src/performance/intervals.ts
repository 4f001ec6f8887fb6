import { setImmediate as turn } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { ClosedTrade } from './closed-trade.ts';
import { UNITS_PER_ONE } from './money-units.ts';
import { seededRandom } from './seeded-random.ts';

/** A 95 % interval; low ≤ high. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson score interval of the win rate at 95 %, in percent:
 * (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n) × 100, with p = wins / n and z = 1.96.
 * Unlike p ± z √(p (1 − p)/n) it stays within 0 and 100 and holds for few trades.
 * Source: Edwin B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927. Null without trades.
 */
export function winRateInterval(wins: number, closedTrades: number): Interval | null {
  if (closedTrades === 0) return null;
  const n = closedTrades;
  const p = wins / n;
  const middle = p + (Z * Z) / (2 * n);
  const half = Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  const scale = 100 / (1 + (Z * Z) / n);
  // At the ends one bound is 0 or 100 by the formula, which doubles may miss by a hair.
  return { low: wins === 0 ? 0 : (middle - half) * scale, high: wins === n ? 100 : (middle + half) * scale };
}

const RESAMPLES = 2_000;
const SEED = 20_260_101;

/**
 * Bootstrap percentile interval of the expectancy at 95 %, in money: 2,000 times, as many trades as there are are drawn from them
 * with replacement and averaged; the bounds are the 50th smallest and the 50th largest of these averages.
 * The seed is fixed: the same trades in the same order give the same interval. Of equal profits, or of a single trade, both bounds
 * are that profit, which says nothing about the future. Source: Bradley Efron, "The Jackknife, the Bootstrap and Other Resampling
 * Plans", SIAM, 1982. Null without trades.
 *
 * Costs 2,000 draws per trade (10,000 trades: about 0.2 s), so it is not part of `computeMetrics`: ask only when somebody does, and
 * where others wait, by {@link expectancyIntervalInTurns}.
 */
export function expectancyInterval(trades: readonly Pick<ClosedTrade, 'pnlUnits'>[]): Interval | null {
  const steps = resampling(trades);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** However many are asked for, one at a time: many at once would each take their turn before anything else gets its own. */
const oneAtATime = pLimit(1);

/** The same, letting whatever else the process has to do have its turn every few milliseconds. */
export function expectancyIntervalInTurns(trades: readonly Pick<ClosedTrade, 'pnlUnits'>[]): Promise<Interval | null> {
  return oneAtATime(async () => {
    const steps = resampling(trades);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      await turn();
    }
  });
}

/** Some milliseconds of work, at the least one resample, from each yield to the next. */
const DRAWS_PER_STEP = 200_000;

/** As many of the values as there are, drawn with replacement. A function of its own, as V8 makes no generator fast. */
function sumOfDraws(values: Float64Array, random: () => number): number {
  const scale = values.length / 2 ** 32;
  let sum = 0;
  for (let draw = 0; draw < values.length; draw += 1) sum += values[Math.floor(random() * scale)]!;
  return sum;
}

function* resampling(trades: readonly Pick<ClosedTrade, 'pnlUnits'>[]): Generator<void, Interval | null> {
  const count = trades.length;
  if (count === 0) return null;
  // An estimate to begin with, so doubles do; whole units keep it the same on every machine.
  const pnl = Float64Array.from(trades, ({ pnlUnits }) => Number(pnlUnits));
  const random = seededRandom(SEED);
  const sums = new Float64Array(RESAMPLES);
  let drawn = 0;
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    sums[resample] = sumOfDraws(pnl, random);
    drawn += count;
    if (drawn < DRAWS_PER_STEP) continue;
    drawn = 0;
    yield;
  }
  sums.sort();
  const cut = RESAMPLES * 0.025;
  const inMoney = (sum: number) => sum / (count * Number(UNITS_PER_ONE));
  return { low: inMoney(sums[cut - 1]!), high: inMoney(sums[RESAMPLES - cut]!) };
}
