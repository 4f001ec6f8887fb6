import type { Decimal } from '../kernel/decimal.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { fromUnits } from './money-units.ts';

/** The sum of all profits after a closure, in units of 1e-8. */
export interface EquityStep {
  /** ms since 1970 UTC; never before the step before it. */
  readonly timeMs: number;
  readonly total: bigint;
  /** The highest total up to here, with 0 before the first closure. */
  readonly peak: bigint;
}

/**
 * One step for each closure, in their order. A closure that was found late keeps its place in the order and stands at the time
 * of the newest exit before it, so that the line never goes back in time.
 */
export function equitySteps(trades: readonly ClosedTrade[]): EquityStep[] {
  let timeMs = -Infinity;
  let total = 0n;
  let peak = 0n;
  return trades.map((trade) => {
    timeMs = Math.max(timeMs, trade.exitTimeMs);
    total += trade.pnlUnits;
    if (total > peak) peak = total;
    return { timeMs, total, peak };
  });
}

/** The record after a closure. */
export interface EquityPoint {
  /** ms since 1970 UTC; never before the point before it. */
  readonly timeMs: number;
  /** Σ realizedPnl of all closures up to here. */
  readonly totalPnl: Decimal;
  /** Fall below the highest total so far (0 before the first closure); 0 or above. */
  readonly drawdown: Decimal;
  /** Closures up to here, this one included: from 1. */
  readonly closedTrades: number;
}

/**
 * The running total, closure by closure, thinned to at most `points` points (a whole number from 2 on; else a RangeError).
 * The first and the last closure always stay; those between are cut into buckets of nearly equal count, and of each the lowest and
 * the highest total stay, so no peak and no trough of the record disappears from a chart (with room for 4 points or more).
 */
export function equityCurve(trades: readonly ClosedTrade[], points: number): EquityPoint[] {
  if (!Number.isInteger(points) || points < 2) throw new RangeError(`an equity curve has 2 points or more, not ${points}`);
  const steps = equitySteps(trades);
  return keptIndexes(steps, points).map((index) => {
    const { timeMs, total, peak } = steps[index]!;
    return { timeMs, totalPnl: fromUnits(total), drawdown: fromUnits(peak - total), closedTrades: index + 1 };
  });
}

function keptIndexes(steps: readonly EquityStep[], points: number): number[] {
  if (steps.length <= points) return steps.map((_, index) => index);
  const last = steps.length - 1;
  const buckets = Math.floor((points - 2) / 2);
  const kept = [0];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = 1 + Math.floor((bucket * (last - 1)) / buckets);
    const to = 1 + Math.floor(((bucket + 1) * (last - 1)) / buckets);
    kept.push(...lowestAndHighest(steps, from, to));
  }
  kept.push(last);
  return kept;
}

/** Where the total is lowest and highest among the steps from `from` up to, not including, `to`: one or two indexes, rising. */
function lowestAndHighest(steps: readonly EquityStep[], from: number, to: number): number[] {
  let lowest = from;
  let highest = from;
  for (let index = from + 1; index < to; index += 1) {
    const { total } = steps[index]!;
    if (total < steps[lowest]!.total) lowest = index;
    if (total > steps[highest]!.total) highest = index;
  }
  return lowest === highest ? [lowest] : [Math.min(lowest, highest), Math.max(lowest, highest)];
}
