import type { Decimal } from '../kernel/decimal.ts';
import type { BreakdownKey } from './breakdown.ts';
import type { Capital } from './benchmark.ts';
import { distributionOf } from './distribution.ts';
import type { HistogramBin } from './distribution.ts';
import { equityCurve } from './equity-curve.ts';
import type { EquityPoint } from './equity-curve.ts';
import type { Interval, KnownIntervals } from './intervals.ts';
import { ranked } from './leaderboard.ts';
import type { Evidence, LeaderboardRow, LeaderboardSort } from './leaderboard.ts';
import type { TradeMetrics } from './metrics.ts';
import { openPositionsAt } from './open-positions.ts';
import type { OpenPositions, PriceOf } from './open-positions.ts';
import type { Part } from './part.ts';
import { profitsByPeriod } from './periods.ts';
import type { Period, PeriodPnl } from './periods.ts';
import type { SignalCounts } from './record-slice.ts';
import type { CutSlice } from './slice-cache.ts';

/** Every number of some trades at one moment. */
export interface Performance extends TradeMetrics {
  readonly asOf: Date;
  /** Everything up to this place of the record is in these numbers, and nothing after it. */
  readonly sequence: bigint;
  readonly capitalBase: Decimal;
  readonly totalSignals: number;
  readonly totalTrades: number;
  readonly openPositions: number;
  readonly unrealizedPnl: Decimal;
  readonly openWithoutPrice: number;
  readonly expectancyInterval: () => Promise<Interval | null>;
  /** When the first of these trades was opened; null where there is none. */
  readonly firstEntryAt: () => Date | null;
}

export interface BreakdownRow {
  readonly key: string;
  readonly performance: Performance;
}

/** A breakdown by a key that has too many values. */
export class TooManyRows extends Error {
  override readonly name = 'TooManyRows';
}

interface FiguresOptions {
  readonly capitalBase: Decimal;
  readonly metricsMaxAgeMs: number;
  readonly intervals: KnownIntervals;
  readonly maxBreakdownRows: number;
}

/** Told of work that somebody's question caused and nobody's before: trades that were read, or of which an interval was made. */
export type OnWork = (what: 'read' | 'interval', trades: number) => void;

/** Everything that can be said of the trades of one filter at one moment, all of it out of one slice of the record. */
export class Figures {
  readonly asOf: Date;
  readonly #cut: CutSlice;
  readonly #priceOf: PriceOf;
  readonly #options: FiguresOptions;
  readonly #onWork: OnWork;

  constructor(cut: CutSlice, priceOf: PriceOf, asOf: Date, options: FiguresOptions, onWork: OnWork) {
    this.asOf = asOf;
    this.#cut = cut;
    this.#priceOf = priceOf;
    this.#options = options;
    this.#onWork = onWork;
  }

  get totalTrades(): number {
    return this.#cut.size;
  }

  get signals(): SignalCounts {
    return this.#cut.slice.signals;
  }

  performance(): Performance {
    return this.#performanceOf(this.#cut.whole);
  }

  openPositions(): OpenPositions {
    return openPositionsAt(this.#cut.slice.open, this.#priceOf, this.asOf);
  }

  /** At most `points` points; the last one is the total. */
  equityCurve(points: number): EquityPoint[] {
    return equityCurve(this.#cut.slice.closed, points);
  }

  /** What was needed to make the trades; null without any. */
  capital(): Capital | null {
    return this.#cut.whole.capital();
  }

  pnlByPeriod(period: Period): PeriodPnl[] {
    return profitsByPeriod(this.#cut.slice.closed, period);
  }

  pnlDistribution(bins: number): HistogramBin[] {
    return distributionOf(this.#cut.slice.closed, bins);
  }

  /** @throws TooManyRows */
  breakdown(by: BreakdownKey): BreakdownRow[] {
    const parts = this.#cut.parts(by);
    const { maxBreakdownRows } = this.#options;
    if (parts.size > maxBreakdownRows) {
      throw new TooManyRows(
        `there are ${parts.size} rows, more than the ${maxBreakdownRows} that can be compared at once: narrow the filter`,
      );
    }
    return [...parts].map(([key, part]) => ({ key, performance: this.#performanceOf(part) }));
  }

  /** @throws TooManyRows */
  leaderboard(by: BreakdownKey, sort: LeaderboardSort, least: Evidence): Promise<LeaderboardRow[]> {
    return ranked(this.breakdown(by), sort, least);
  }

  #performanceOf(part: Part): Performance {
    const { capitalBase, metricsMaxAgeMs } = this.#options;
    const positions = openPositionsAt(part.open, this.#priceOf, this.asOf);
    return {
      ...part.metrics(capitalBase, this.asOf.getTime(), metricsMaxAgeMs),
      asOf: this.asOf,
      sequence: this.#cut.slice.sequence,
      capitalBase,
      totalSignals: part.totalSignals,
      totalTrades: part.closed.length + part.open.length,
      openPositions: part.open.length,
      unrealizedPnl: positions.totalUnrealizedPnl,
      openWithoutPrice: positions.withoutPrice,
      expectancyInterval: () => part.expectancyInterval(this.#options.intervals, (trades) => this.#onWork('interval', trades)),
      firstEntryAt: () => part.firstEntryAt(),
    };
  }
}
