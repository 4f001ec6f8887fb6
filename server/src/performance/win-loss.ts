import { defined, undefinedBecause } from './metric.ts';
import type { Metric } from './metric.ts';
import { UNITS_PER_ONE, ratio, scaledVariance, sumOf } from './money-units.ts';

/** Counts and sums of the profits of closed trades, in units of 1e-8: what all ratios of wins to losses are made of. */
export interface WinLoss {
  /** Profit above 0. */
  readonly wins: number;
  /** Profit below 0. */
  readonly losses: number;
  /** Profit of exactly 0. */
  readonly flats: number;
  readonly closedTrades: number;
  readonly sumOfWins: bigint;
  /** 0 or below. */
  readonly sumOfLosses: bigint;
}

export function winLossOf(pnl: readonly bigint[]): WinLoss {
  let wins = 0;
  let losses = 0;
  let sumOfWins = 0n;
  let sumOfLosses = 0n;
  for (const amount of pnl) {
    if (amount > 0n) {
      wins += 1;
      sumOfWins += amount;
    } else if (amount < 0n) {
      losses += 1;
      sumOfLosses += amount;
    }
  }
  return { wins, losses, flats: pnl.length - wins - losses, closedTrades: pnl.length, sumOfWins, sumOfLosses };
}

/** wins / closed trades × 100, in percent. Undefined: NO_TRADES. */
export function winRate({ wins, closedTrades }: WinLoss): Metric {
  return closedTrades === 0 ? undefinedBecause('NO_TRADES') : defined((wins * 100) / closedTrades);
}

/** Σ wins / number of wins, in money. Undefined: NO_TRADES, NO_WINS. */
export function averageProfit({ wins, closedTrades, sumOfWins }: WinLoss): Metric {
  if (closedTrades === 0) return undefinedBecause('NO_TRADES');
  return wins === 0 ? undefinedBecause('NO_WINS') : defined(ratio(sumOfWins, BigInt(wins) * UNITS_PER_ONE));
}

/** Σ losses / number of losses, in money, below 0. Undefined: NO_TRADES, NO_LOSSES. */
export function averageLoss({ losses, closedTrades, sumOfLosses }: WinLoss): Metric {
  if (closedTrades === 0) return undefinedBecause('NO_TRADES');
  return losses === 0 ? undefinedBecause('NO_LOSSES') : defined(ratio(sumOfLosses, BigInt(losses) * UNITS_PER_ONE));
}

/** Σ wins / |Σ losses|; 0 when nothing was won. Undefined: NO_TRADES, NO_LOSSES. */
export function profitFactor({ losses, closedTrades, sumOfWins, sumOfLosses }: WinLoss): Metric {
  if (closedTrades === 0) return undefinedBecause('NO_TRADES');
  return losses === 0 ? undefinedBecause('NO_LOSSES') : defined(ratio(sumOfWins, -sumOfLosses));
}

/** averageProfit / |averageLoss|. Undefined: NO_TRADES, NO_WINS, NO_LOSSES. */
export function payoffRatio({ wins, losses, closedTrades, sumOfWins, sumOfLosses }: WinLoss): Metric {
  if (closedTrades === 0) return undefinedBecause('NO_TRADES');
  if (wins === 0) return undefinedBecause('NO_WINS');
  if (losses === 0) return undefinedBecause('NO_LOSSES');
  return defined(ratio(sumOfWins * BigInt(losses), -sumOfLosses * BigInt(wins)));
}

/** Σ profits / closed trades, flats included, in money: what one trade brought on average. Undefined: NO_TRADES. */
export function expectancy({ closedTrades, sumOfWins, sumOfLosses }: WinLoss): Metric {
  if (closedTrades === 0) return undefinedBecause('NO_TRADES');
  return defined(ratio(sumOfWins + sumOfLosses, BigInt(closedTrades) * UNITS_PER_ONE));
}

/**
 * System Quality Number: √n × mean / sample standard deviation of the profits; how surely the mean differs from 0, being its
 * t-statistic. Source: Van K. Tharp, "The Definitive Guide to Position Sizing", 2008, here without his cap of n at 100.
 * Undefined: NO_TRADES, ZERO_VARIANCE (all profits equal, or one trade only).
 */
export function systemQualityNumber(pnl: readonly bigint[]): Metric {
  if (pnl.length === 0) return undefinedBecause('NO_TRADES');
  const variance = scaledVariance(pnl);
  if (variance === 0n) return undefinedBecause('ZERO_VARIANCE');
  // √n (S/n) / √(variance / (n (n − 1))) = S √(n − 1) / √variance
  return defined((Number(sumOf(pnl)) * Math.sqrt(pnl.length - 1)) / Math.sqrt(Number(variance)));
}
