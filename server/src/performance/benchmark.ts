import { Decimal } from '../kernel/decimal.ts';
import { quantityFor } from '../trades/opening.ts';
import { profitAt } from '../trades/profit.ts';

/** When money was put to work, and when it was free again; ms since 1970 UTC. */
export interface MoneyAtWork {
  readonly positionSize: Decimal;
  readonly fromMs: number;
  /** Null: it still works. */
  readonly toMs: number | null;
}

/** What a day ended with. */
export interface BenchmarkClose {
  /** The first moment of the UTC day. */
  readonly day: Date;
  readonly close: Decimal;
}

/** The same money in the benchmark, at the end of a UTC day. */
export interface BenchmarkPoint {
  readonly timeMs: number;
  readonly price: Decimal;
  readonly invested: Decimal;
  /** After the fees of buying and of selling then. */
  readonly totalPnl: Decimal;
}

const DAY_MS = 86_400_000;

/** What was needed to make some trades. */
export interface Capital {
  /** The most money that worked at the same time. */
  readonly amount: Decimal;
  /** When the first of it was put to work. */
  readonly sinceMs: number;
}

/** Null without trades. What is given back at a moment can be used again at that moment. */
export function capitalOf(trades: readonly MoneyAtWork[]): Capital | null {
  if (trades.length === 0) return null;
  // A record may have hundreds of thousands of trades: their changes are sorted as numbers, the first half puts money in, the second out.
  const times = new Float64Array(trades.length * 2);
  const sizes = trades.map(exactSizes());
  for (const [i, { fromMs, toMs }] of trades.entries()) {
    times[i] = fromMs;
    // Clocks differ, so an exit may lie before its entry: the money was needed nevertheless.
    times[trades.length + i] = toMs === null ? Infinity : Math.max(toMs, fromMs + 1);
  }
  const order = Uint32Array.from(times, (_, change) => change).sort((one, other) => times[one]! - times[other]! || other - one);
  let now = 0n;
  let most = 0n;
  for (const change of order) {
    if (times[change] === Infinity) break;
    if (change < trades.length) now += sizes[change]!;
    else now -= sizes[change - trades.length]!;
    if (now > most) most = now;
  }
  return { amount: new Decimal(most).dividedBy(UNITS), sinceMs: times[order[0]!]! };
}

/** As many as a size has at most. */
const SIZE_DECIMALS = 18;
const UNITS = new Decimal(10).pow(SIZE_DECIMALS);

/** Sizes as whole numbers; most are the same. */
function exactSizes(): (trade: MoneyAtWork) => bigint {
  const known = new Map<string, bigint>();
  return ({ positionSize }) => {
    const text = positionSize.toString();
    let size = known.get(text);
    if (size === undefined) known.set(text, (size = BigInt(positionSize.times(UNITS).toFixed())));
    return size;
  };
}

/**
 * The largest amount that the trades had at work at once, put into the benchmark when the first of them was entered and held, as one long
 * spot trade of that size would do: bought at the newest daily close known at that time (where none is known, the first one after it),
 * sold at each later close, fees of both sides included.
 *
 * That amount and not the sum of all sizes, because the same money was used again and again: with it a reader could have made every
 * trade, or held the benchmark instead.
 */
export function benchmarkOf({ amount, sinceMs }: Capital, closes: readonly BenchmarkClose[], feeRate: Decimal): BenchmarkPoint[] {
  const ends = closes.map(({ day, close }) => ({ timeMs: day.getTime() + DAY_MS, price: close }));
  const bought = ends.findLast(({ timeMs }) => timeMs <= sinceMs) ?? ends[0];
  if (!bought) return [];
  const trade = {
    direction: 'LONG',
    entryPrice: bought.price,
    quantity: quantityFor(amount, bought.price),
    feeRate,
    positionSize: amount,
  } as const;
  return ends
    .filter(({ timeMs }) => timeMs >= bought.timeMs)
    .map(({ timeMs, price }) => ({ timeMs, price, invested: amount, totalPnl: profitAt({ ...trade, exitPrice: price }).realizedPnl }));
}
