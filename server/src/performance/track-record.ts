import type { Clock } from '../kernel/clock.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { PriceBoard } from '../ticks/price-board.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import type { TradeRow } from '../trades/rows.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { equityCurve } from './equity-curve.ts';
import type { EquityPoint } from './equity-curve.ts';
import { expectancyInterval } from './intervals.ts';
import type { Interval } from './intervals.ts';
import { computeMetrics } from './metrics.ts';
import type { TradeMetrics } from './metrics.ts';
import { openPositionsAt } from './open-positions.ts';
import type { OpenPositions } from './open-positions.ts';

/** Every number of a filter at one moment. */
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
  /** Worked out when asked for: 2,000 resamples cost more than all the rest. */
  readonly expectancyInterval: () => Interval | null;
}

export interface TrackRecordOptions {
  readonly capitalBase: Decimal;
  /** Filters whose slice is kept in memory. */
  readonly maxCachedFilters: number;
  /** Two of the metrics grow with the clock; between two changes of the record they are worked out again after this long. */
  readonly metricsMaxAgeMs: number;
}

/** The part of the record that a filter means, as it was at one sequence. */
export interface RecordSlice {
  readonly sequence: bigint;
  readonly totalSignals: number;
  /** In the order of closure. */
  readonly closed: readonly ClosedTrade[];
  /** In the order of opening. */
  readonly open: readonly TradeRow[];
}

export interface SliceReader {
  head(): Promise<bigint>;
  slice(filter: TradeFilter | null | undefined): Promise<RecordSlice>;
}

interface CachedSlice {
  /** The record was at least this long when the slice was asked for. */
  readonly askedAt: bigint;
  readonly slice: Promise<RecordSlice>;
  /** Worked out of it so far. */
  metrics?: { readonly value: TradeMetrics; readonly nowMs: number };
  interval?: Interval | null;
}

/**
 * Reads the record for everything that shows numbers. Summary, open positions and curve of a filter come out of one slice
 * of the record, so they agree to the last digit; a slice is read anew when the record has grown.
 */
export class TrackRecord {
  readonly #store: SliceReader;
  readonly #prices: PriceBoard;
  readonly #clock: Clock;
  readonly #options: TrackRecordOptions;
  /** In the order of last use, oldest first. */
  readonly #cache = new Map<string, CachedSlice>();

  constructor(store: SliceReader, prices: PriceBoard, clock: Clock, options: TrackRecordOptions) {
    this.#store = store;
    this.#prices = prices;
    this.#clock = clock;
    this.#options = options;
  }

  /** `atLeast`: the answer holds at least everything up to it; without one, everything that is stored now. */
  async performance(filter: TradeFilter | null | undefined, atLeast?: bigint): Promise<Performance> {
    const cached = await this.#slice(filter, atLeast);
    const { closed, open, totalSignals, sequence } = await cached.slice;
    const asOf = this.#clock.now();
    const { capitalBase } = this.#options;
    const positions = this.#positions(open, asOf);
    return {
      ...this.#metrics(cached, { closed, open }, asOf.getTime()),
      asOf,
      sequence,
      capitalBase,
      totalSignals,
      totalTrades: closed.length + open.length,
      openPositions: open.length,
      unrealizedPnl: positions.totalUnrealizedPnl,
      openWithoutPrice: positions.withoutPrice,
      expectancyInterval: () => {
        cached.interval ??= expectancyInterval(closed);
        return cached.interval;
      },
    };
  }

  async openPositions(filter: TradeFilter | null | undefined, sequence?: bigint): Promise<OpenPositions> {
    const { open } = await (await this.#slice(filter, sequence)).slice;
    return this.#positions(open, this.#clock.now());
  }

  /** At most `points` points; the last one is the total. */
  async equityCurve(filter: TradeFilter | null | undefined, points: number): Promise<EquityPoint[]> {
    const { closed } = await (await this.#slice(filter)).slice;
    return equityCurve(closed, points);
  }

  /** A moving price changes none of the metrics of closed trades: many readers share one computation. */
  #metrics(cached: CachedSlice, { closed, open }: Pick<RecordSlice, 'closed' | 'open'>, nowMs: number): TradeMetrics {
    if (!cached.metrics || nowMs - cached.metrics.nowMs >= this.#options.metricsMaxAgeMs || nowMs < cached.metrics.nowMs) {
      const { capitalBase } = this.#options;
      cached.metrics = {
        nowMs,
        value: computeMetrics(closed, { capitalBase, nowMs, openEntryTimesMs: open.map((trade) => trade.entryTime.getTime()) }),
      };
    }
    return cached.metrics.value;
  }

  #positions(open: RecordSlice['open'], asOf: Date): OpenPositions {
    return openPositionsAt(open, (marketType, symbol) => this.#prices.get(marketType, symbol), asOf);
  }

  async #slice(filter: TradeFilter | null | undefined, sequence?: bigint): Promise<CachedSlice> {
    const wanted = sequence ?? (await this.#store.head());
    const key = JSON.stringify(filter ?? {}, (_, value: unknown) => (Array.isArray(value) ? value.toSorted() : value));
    const known = this.#cache.get(key);
    this.#cache.delete(key);
    if (known && known.askedAt >= wanted) {
      this.#cache.set(key, known);
      return known;
    }
    const fresh: CachedSlice = { askedAt: wanted, slice: this.#store.slice(filter) };
    this.#cache.set(key, fresh);
    // A slice that could not be read must not be remembered.
    fresh.slice.catch(() => this.#cache.get(key) === fresh && this.#cache.delete(key));
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= this.#options.maxCachedFilters) break;
      this.#cache.delete(oldest);
    }
    return fresh;
  }
}
