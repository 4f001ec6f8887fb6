import { defined, undefinedBecause } from './metric.ts';
import type { Metric } from './metric.ts';

interface Span {
  readonly entryTimeMs: number;
  readonly exitTimeMs: number;
}

export interface AverageDurations {
  /** Undefined: NO_TRADES. */
  readonly averageDurationSeconds: Metric;
  /** Undefined: NO_TRADES, NO_WINS. */
  readonly averageWinDurationSeconds: Metric;
  /** Undefined: NO_TRADES, NO_LOSSES. */
  readonly averageLossDurationSeconds: Metric;
}

/** Mean of exit time − entry time in seconds: of all closed trades, of wins, of losses. `pnl` holds their profits in any unit. */
export function averageDurations(trades: readonly Span[], pnl: readonly bigint[]): AverageDurations {
  let wins = 0;
  let losses = 0;
  let sumMs = 0;
  let sumOfWinsMs = 0;
  let sumOfLossesMs = 0;
  trades.forEach(({ entryTimeMs, exitTimeMs }, i) => {
    const durationMs = exitTimeMs - entryTimeMs;
    sumMs += durationMs;
    if (pnl[i]! > 0n) {
      wins += 1;
      sumOfWinsMs += durationMs;
    } else if (pnl[i]! < 0n) {
      losses += 1;
      sumOfLossesMs += durationMs;
    }
  });
  const none = trades.length === 0;
  return {
    averageDurationSeconds: none ? undefinedBecause('NO_TRADES') : defined(sumMs / (trades.length * 1000)),
    averageWinDurationSeconds: wins === 0 ? undefinedBecause(none ? 'NO_TRADES' : 'NO_WINS') : defined(sumOfWinsMs / (wins * 1000)),
    averageLossDurationSeconds:
      losses === 0 ? undefinedBecause(none ? 'NO_TRADES' : 'NO_LOSSES') : defined(sumOfLossesMs / (losses * 1000)),
  };
}

/**
 * Share of the time between the first entry and now with at least one open trade, from 0 to 1: overlapping trades count once.
 * `openEntryTimesMs` are the entries of the trades that are open now.
 * Undefined: NO_TRADES (neither open nor closed), TOO_FEW_DAYS (no time since the first entry).
 */
export function exposure(closed: readonly Span[], openEntryTimesMs: readonly number[], nowMs: number): Metric {
  const spans = closed.concat(openEntryTimesMs.map((entryTimeMs) => ({ entryTimeMs, exitTimeMs: nowMs })));
  spans.sort((a, b) => a.entryTimeMs - b.entryTimeMs);
  const first = spans[0];
  if (first === undefined) return undefinedBecause('NO_TRADES');
  const totalMs = nowMs - first.entryTimeMs;
  if (totalMs <= 0) return undefinedBecause('TOO_FEW_DAYS');
  let coveredMs = 0;
  let coveredUntilMs = first.entryTimeMs;
  for (const { entryTimeMs, exitTimeMs } of spans) {
    // The exchange's clock is not ours: an exit may lie beyond now, which counts up to now, or before its entry, which counts nothing.
    const fromMs = Math.max(entryTimeMs, coveredUntilMs);
    const untilMs = Math.min(exitTimeMs, nowMs);
    if (untilMs <= fromMs) continue;
    coveredMs += untilMs - fromMs;
    coveredUntilMs = untilMs;
  }
  return defined(coveredMs / totalMs);
}
