import type { Decimal } from '../kernel/decimal.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { fromUnits } from './money-units.ts';

export type Period = 'DAY' | 'WEEK' | 'MONTH';

/** The closed trades of one period. */
export interface PeriodPnl {
  /** Its first moment, UTC. */
  readonly start: Date;
  /** Σ realizedPnl. */
  readonly pnl: Decimal;
  readonly closedTrades: number;
  readonly wins: number;
}

const MS_PER_DAY = 86_400_000;
/** 1970-01-05, a Monday: ISO weeks begin on Mondays. */
const FIRST_MONDAY_MS = 4 * MS_PER_DAY;

/** The number of the period that a moment is in, and the first moment of the period of a number. */
const PERIODS: Readonly<Record<Period, { numberOf: (ms: number) => number; startOf: (number: number) => Date }>> = {
  DAY: { numberOf: (ms) => Math.floor(ms / MS_PER_DAY), startOf: (day) => new Date(day * MS_PER_DAY) },
  WEEK: {
    numberOf: (ms) => Math.floor((ms - FIRST_MONDAY_MS) / (7 * MS_PER_DAY)),
    startOf: (week) => new Date(FIRST_MONDAY_MS + week * 7 * MS_PER_DAY),
  },
  MONTH: {
    numberOf: (ms) => new Date(ms).getUTCFullYear() * 12 + new Date(ms).getUTCMonth(),
    startOf: (month) => new Date(Date.UTC(Math.floor(month / 12), month % 12)),
  },
};

/** Profits by the UTC period of the exit, oldest first, from the first closure's period to the last's, those without closures too. */
export function profitsByPeriod(trades: readonly ClosedTrade[], period: Period): PeriodPnl[] {
  const { numberOf, startOf } = PERIODS[period];
  const sums = new Map<number, { units: bigint; closedTrades: number; wins: number }>();
  let [first, last] = [Infinity, -Infinity];
  for (const { exitTimeMs, pnlUnits: units } of trades) {
    const number = numberOf(exitTimeMs);
    const sum = sums.get(number) ?? { units: 0n, closedTrades: 0, wins: 0 };
    sums.set(number, { units: sum.units + units, closedTrades: sum.closedTrades + 1, wins: sum.wins + (units > 0n ? 1 : 0) });
    first = Math.min(first, number);
    last = Math.max(last, number);
  }
  const periods: PeriodPnl[] = [];
  for (let number = first; number <= last; number += 1) {
    const { units, closedTrades, wins } = sums.get(number) ?? { units: 0n, closedTrades: 0, wins: 0 };
    periods.push({ start: startOf(number), pnl: fromUnits(units), closedTrades, wins });
  }
  return periods;
}
