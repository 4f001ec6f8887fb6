import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import type { Turn } from '../kernel/turn.ts';
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
 * where others wait, by {@link KnownIntervals}.
 */
export function expectancyInterval(trades: readonly Pick<ClosedTrade, 'pnlUnits'>[]): Interval | null {
  const steps = resampling(profitsOf(trades));
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/**
 * The same, letting whatever else the process has to do have its turn every few hundred microseconds, and remembered by the trades it
 * is of: a closure changes the interval of one row among many, and many filters hold the same trades.
 */
export class KnownIntervals {
  readonly #turn: Turn;
  /** However many are asked for, one at a time: many at once would each take their turn before anything else gets its own. */
  readonly #oneAtATime = pLimit(1);
  readonly #known: LRUCache<string, Known>;

  /** `maxTrades`: of all intervals together that are remembered, 8 bytes each. */
  constructor(turn: Turn, maxTrades: number) {
    this.#turn = turn;
    this.#known = new LRUCache({ maxSize: maxTrades, sizeCalculation: ({ profits }) => profits.length + 1 });
  }

  /** `onWork` is told of how many trades it has to be worked out. */
  of(trades: readonly Pick<ClosedTrade, 'pnlUnits'>[], onWork: (trades: number) => void): Promise<Interval | null> {
    const profits = profitsOf(trades);
    const key = `${profits.length} ${profits.at(-1)} ${profits.reduce((sum, profit) => sum + profit, 0)}`;
    const known = this.#known.get(key);
    if (known && known.profits.every((profit, place) => profit === profits[place])) return known.interval;
    onWork(profits.length);
    const interval = this.#oneAtATime(() => this.#workOut(profits));
    this.#known.set(key, { profits, interval });
    return interval;
  }

  async #workOut(profits: Float64Array): Promise<Interval | null> {
    const steps = resampling(profits);
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      await this.#turn();
    }
  }
}

interface Known {
  readonly profits: Float64Array;
  readonly interval: Promise<Interval | null>;
}

/** An estimate to begin with, so doubles do; whole units keep it the same on every machine. */
function profitsOf(trades: readonly Pick<ClosedTrade, 'pnlUnits'>[]): Float64Array {
  return Float64Array.from(trades, ({ pnlUnits }) => Number(pnlUnits));
}

/** Some hundred microseconds of work, at the least one resample, from each yield to the next: an answer to a reader takes many turns. */
const DRAWS_PER_STEP = 20_000;

/** As many of the values as there are, drawn with replacement. A function of its own, as V8 makes no generator fast. */
function sumOfDraws(values: Float64Array, random: () => number): number {
  const scale = values.length / 2 ** 32;
  let sum = 0;
  for (let draw = 0; draw < values.length; draw += 1) sum += values[Math.floor(random() * scale)]!;
  return sum;
}

function* resampling(profits: Float64Array): Generator<void, Interval | null> {
  const count = profits.length;
  if (count === 0) return null;
  const random = seededRandom(SEED);
  const sums = new Float64Array(RESAMPLES);
  let drawn = 0;
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    sums[resample] = sumOfDraws(profits, random);
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
