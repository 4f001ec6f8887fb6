import { Decimal, ZERO } from '../kernel/decimal.ts';
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

/** The most money that worked at the same time; what is given back at a moment can be used again at that moment. */
export function mostMoneyAtWork(trades: readonly MoneyAtWork[]): Decimal {
  const changes = trades.flatMap(({ positionSize, fromMs, toMs }) => [
    { timeMs: fromMs, amount: positionSize },
    // Clocks differ, so an exit may lie before its entry: the money was needed nevertheless.
    ...(toMs === null ? [] : [{ timeMs: Math.max(toMs, fromMs + 1), amount: positionSize.negated() }]),
  ]);
  changes.sort((one, other) => one.timeMs - other.timeMs || one.amount.comparedTo(other.amount));
  let now = ZERO;
  let most = ZERO;
  for (const { amount } of changes) {
    now = now.plus(amount);
    if (now.gt(most)) most = now;
  }
  return most;
}

/**
 * The largest amount that the trades had at work at once, put into the benchmark when the first of them was entered and held, as one long
 * spot trade of that size would do: bought at the newest daily close known at that time (where none is known, the first one after it),
 * sold at each later close, fees of both sides included.
 *
 * That amount and not the sum of all sizes, because the same money was used again and again: with it a reader could have made every
 * trade, or held the benchmark instead.
 */
export function benchmarkOf(trades: readonly MoneyAtWork[], closes: readonly BenchmarkClose[], feeRate: Decimal): BenchmarkPoint[] {
  if (trades.length === 0) return [];
  const firstMs = trades.reduce((least, { fromMs }) => Math.min(least, fromMs), Infinity);
  const ends = closes.map(({ day, close }) => ({ timeMs: day.getTime() + DAY_MS, price: close }));
  const bought = ends.findLast(({ timeMs }) => timeMs <= firstMs) ?? ends[0];
  if (!bought) return [];
  const positionSize = mostMoneyAtWork(trades);
  const trade = {
    direction: 'LONG',
    entryPrice: bought.price,
    quantity: quantityFor(positionSize, bought.price),
    feeRate,
    positionSize,
  } as const;
  return ends
    .filter(({ timeMs }) => timeMs >= bought.timeMs)
    .map(({ timeMs, price }) => ({
      timeMs,
      price,
      invested: positionSize,
      totalPnl: profitAt({ ...trade, exitPrice: new Decimal(price) }).realizedPnl,
    }));
}
