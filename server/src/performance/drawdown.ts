import type { Decimal } from '../kernel/decimal.ts';
import type { EquityStep } from './equity-curve.ts';
import { UNITS_PER_ONE, ratio } from './money-units.ts';

const MS_PER_DAY = 86_400_000;

/** Falls of the running total below its highest value so far, in units of 1e-8. */
export interface Drawdown {
  /** 0 or above. */
  readonly maxDrawdown: bigint;
  /** In percent of capital base + peak, the largest over time; it need not be that of the largest fall in money. */
  readonly maxDrawdownPct: number;
  /** 0 or above. */
  readonly currentDrawdown: bigint;
  /** In percent of capital base + peak. */
  readonly currentDrawdownPct: number;
  readonly longestDrawdownDays: number;
}

/**
 * Drawdown at a step = peak − total, where the peak is the highest total so far and 0 before the first closure.
 * Percent = drawdown / (capital base + peak) × 100, judged at every step (Magdon-Ismail and Atiya, "Maximum Drawdown", Risk, 2004).
 *
 * Duration: from the last moment at the peak until a closure reaches that peak again, or until now; falls only, a stretch at the
 * peak has none. The record stands at its first peak, 0, from `startMs` on: the first entry. In days of 24 hours.
 */
export function drawdownOf(steps: readonly EquityStep[], options: { capitalBase: Decimal; startMs: number; nowMs: number }): Drawdown {
  const capitalBase = options.capitalBase.toNumber();
  const percentOf = (fall: bigint, peak: bigint) => (ratio(fall, UNITS_PER_ONE) * 100) / (capitalBase + ratio(peak, UNITS_PER_ONE));
  let maxDrawdown = 0n;
  let maxDrawdownPct = 0;
  let currentDrawdown = 0n;
  let currentDrawdownPct = 0;
  let longestMs = 0;
  let atPeakMs = options.startMs;
  for (const { timeMs, total, peak } of steps) {
    const wasBelow = currentDrawdown > 0n;
    currentDrawdown = peak - total;
    if (currentDrawdown === 0n) {
      currentDrawdownPct = 0;
      if (wasBelow) longestMs = Math.max(longestMs, timeMs - atPeakMs);
      atPeakMs = timeMs;
    } else {
      currentDrawdownPct = percentOf(currentDrawdown, peak);
      if (currentDrawdown > maxDrawdown) maxDrawdown = currentDrawdown;
      maxDrawdownPct = Math.max(maxDrawdownPct, currentDrawdownPct);
    }
  }
  if (currentDrawdown > 0n) longestMs = Math.max(longestMs, options.nowMs - atPeakMs);
  return { maxDrawdown, maxDrawdownPct, currentDrawdown, currentDrawdownPct, longestDrawdownDays: longestMs / MS_PER_DAY };
}
