import type { Decimal } from '../kernel/decimal.ts';
import { defined, undefinedBecause } from './metric.ts';
import type { Metric } from './metric.ts';
import { UNITS_PER_ONE, ratio, scaledVariance, sumOf } from './money-units.ts';

const MS_PER_DAY = 86_400_000;
const DAYS_PER_YEAR = 365;

/** Profit by UTC day of exit, in units of 1e-8. Crypto markets have no closing days, so every day counts and a year has 365. */
export interface DailyProfits {
  /** From the first closure's day to the last's, idle days included; 0 without trades. */
  readonly days: number;
  /** The sums of the days with closures; every other day has 0. */
  readonly profits: readonly bigint[];
}

/** `pnl` holds the trades' realizedPnl in units. First and last mean by exit time, not by order of closure. */
export function dailyProfits(trades: readonly { readonly exitTimeMs: number }[], pnl: readonly bigint[]): DailyProfits {
  const byDay = new Map<number, bigint>();
  let first = Infinity;
  let last = -Infinity;
  trades.forEach((trade, i) => {
    const day = Math.floor(trade.exitTimeMs / MS_PER_DAY);
    byDay.set(day, (byDay.get(day) ?? 0n) + pnl[i]!);
    first = Math.min(first, day);
    last = Math.max(last, day);
  });
  return { days: byDay.size === 0 ? 0 : last - first + 1, profits: [...byDay.values()] };
}

/**
 * Sharpe ratio: mean / sample standard deviation of the daily returns × √365, with a riskless rate of 0. A day's return is its
 * profit / capital base, which cancels out. Source: William F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management, 1994.
 * Undefined: NO_TRADES, TOO_FEW_DAYS (one day only), ZERO_VARIANCE (all days equal).
 */
export function sharpe({ days, profits }: DailyProfits): Metric {
  if (days === 0) return undefinedBecause('NO_TRADES');
  if (days === 1) return undefinedBecause('TOO_FEW_DAYS');
  const variance = scaledVariance(profits, days);
  if (variance === 0n) return undefinedBecause('ZERO_VARIANCE');
  // (S/N) / √(variance / (N (N − 1))) = S √((N − 1) / N) / √variance
  const daily = (Number(sumOf(profits)) * Math.sqrt((days - 1) / days)) / Math.sqrt(Number(variance));
  return defined(daily * Math.sqrt(DAYS_PER_YEAR));
}

/**
 * Sortino ratio: mean / downside deviation of the daily returns × √365, the downside deviation being √(Σ min(r, 0)² / N) over all
 * N days, with a target of 0. Source: Frank A. Sortino and Lee N. Price, "Performance Measurement in a Downside Risk Framework",
 * Journal of Investing, 1994. One day is enough for the formula.
 * Undefined: NO_TRADES, NO_LOSSES (no losing trade), ZERO_VARIANCE (losing trades, but no losing day).
 */
export function sortino({ days, profits }: DailyProfits, losses: number): Metric {
  if (days === 0) return undefinedBecause('NO_TRADES');
  if (losses === 0) return undefinedBecause('NO_LOSSES');
  let sumOfSquares = 0n;
  for (const profit of profits) if (profit < 0n) sumOfSquares += profit * profit;
  if (sumOfSquares === 0n) return undefinedBecause('ZERO_VARIANCE');
  // (S/N) / √(Q/N) = S / √(N Q)
  const daily = Number(sumOf(profits)) / Math.sqrt(Number(BigInt(days) * sumOfSquares));
  return defined(daily * Math.sqrt(DAYS_PER_YEAR));
}

/**
 * Calmar ratio: mean daily return × 365 × 100 / maximum drawdown in percent, over the whole record instead of 36 months.
 * Source: Terry W. Young, "Calmar Ratio: A Smoother Tool", Futures, October 1991.
 * Undefined: NO_TRADES, NO_LOSSES (every loss is a drawdown, so without losses there is none to divide by).
 */
export function calmar({ days, profits }: DailyProfits, risk: { capitalBase: Decimal; maxDrawdownPct: number }): Metric {
  if (days === 0) return undefinedBecause('NO_TRADES');
  if (risk.maxDrawdownPct === 0) return undefinedBecause('NO_LOSSES');
  const meanDailyReturn = ratio(sumOf(profits), BigInt(days) * UNITS_PER_ONE) / risk.capitalBase.toNumber();
  return defined((meanDailyReturn * DAYS_PER_YEAR * 100) / risk.maxDrawdownPct);
}
