import { Decimal } from '../kernel/decimal.ts';
import type { TradeRow } from '../trades/rows.ts';
import { capitalOf } from './benchmark.ts';
import type { Capital } from './benchmark.ts';
import type { ClosedTrade } from './closed-trade.ts';
import type { Interval, KnownIntervals } from './intervals.ts';
import { computeMetrics } from './metrics.ts';
import type { TradeMetrics } from './metrics.ts';

/** Some trades of a slice, or all of them, with what was worked out of them so far. */
export class Part {
  /** In the order of closure. */
  readonly closed: readonly ClosedTrade[];
  /** In the order of opening. */
  readonly open: readonly TradeRow[];
  readonly totalSignals: number;
  #capital: Capital | null | undefined;
  #metrics: { readonly value: TradeMetrics; readonly nowMs: number } | undefined;
  #interval: Promise<Interval | null> | undefined;
  #firstEntryAt: Date | null | undefined;

  constructor(closed: readonly ClosedTrade[], open: readonly TradeRow[], totalSignals: number) {
    this.closed = closed;
    this.open = open;
    this.totalSignals = totalSignals;
  }

  /** A moving price changes none of the metrics of closed trades, so many readers share one computation of at most `maxAgeMs`. */
  metrics(capitalBase: Decimal, nowMs: number, maxAgeMs: number): TradeMetrics {
    if (!this.#metrics || nowMs - this.#metrics.nowMs >= maxAgeMs || nowMs < this.#metrics.nowMs) {
      const openEntryTimesMs = this.open.map(({ entryTime }) => entryTime.getTime());
      this.#metrics = { nowMs, value: computeMetrics(this.closed, { capitalBase, nowMs, openEntryTimesMs }) };
    }
    return this.#metrics.value;
  }

  /** Worked out when asked for: 2,000 resamples cost more than all the rest. */
  expectancyInterval(intervals: KnownIntervals, onWork: (trades: number) => void): Promise<Interval | null> {
    this.#interval ??= intervals.of(this.closed, onWork);
    return this.#interval;
  }

  /** When the first of these trades was opened; null where there is none. */
  firstEntryAt(): Date | null {
    if (this.#firstEntryAt === undefined) {
      let firstMs = this.open[0]?.entryTime.getTime() ?? Infinity;
      for (const { entryTimeMs } of this.closed) firstMs = Math.min(firstMs, entryTimeMs);
      this.#firstEntryAt = firstMs === Infinity ? null : new Date(firstMs);
    }
    return this.#firstEntryAt;
  }

  /** What was needed to make the trades; null without any. */
  capital(): Capital | null {
    if (this.#capital === undefined) {
      this.#capital = capitalOf([
        ...this.closed.map(({ positionSize, entryTimeMs, exitTimeMs }) => ({ positionSize, fromMs: entryTimeMs, toMs: exitTimeMs })),
        ...this.open.map(({ positionSize, entryTime }) => ({
          positionSize: new Decimal(positionSize.toFixed()),
          fromMs: entryTime.getTime(),
          toMs: null,
        })),
      ]);
    }
    return this.#capital;
  }
}
