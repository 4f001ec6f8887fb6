import type { Clock } from '../kernel/clock.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Turn } from '../kernel/turn.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { Price, PriceBoard } from '../ticks/price-board.ts';
import { filterKey } from '../trades/trade-filter.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { Figures } from './figures.ts';
import type { OnWork } from './figures.ts';
import { KnownIntervals } from './intervals.ts';
import type { SliceReader } from './record-slice.ts';
import { SliceCache } from './slice-cache.ts';
import type { SliceCacheLimits } from './slice-cache.ts';

export interface TrackRecordOptions extends SliceCacheLimits {
  readonly capitalBase: Decimal;
  /** Two of the metrics grow with the clock; between two changes of the record they are worked out again after this long. */
  readonly metricsMaxAgeMs: number;
  readonly turn: Turn;
  /** Of the intervals that are remembered, all together. */
  readonly maxIntervalTrades: number;
  /** More keys than this are too many to compare. */
  readonly maxBreakdownRows: number;
}

/** Reads the record for everything that shows numbers. */
export class TrackRecord {
  readonly #head: () => Promise<bigint>;
  readonly #slices: SliceCache;
  readonly #prices: PriceBoard;
  readonly #clock: Clock;
  readonly #options: MomentOptions;

  constructor(reader: SliceReader, head: () => Promise<bigint>, prices: PriceBoard, clock: Clock, options: TrackRecordOptions) {
    this.#head = head;
    this.#slices = new SliceCache(reader, options);
    this.#prices = prices;
    this.#clock = clock;
    this.#options = { ...options, intervals: new KnownIntervals(options.turn, options.maxIntervalTrades) };
  }

  /** `atLeast`: what is read holds at least everything up to it; without one, everything that is stored at the first read. */
  moment(atLeast?: bigint, onWork: OnWork = () => {}): RecordMoment {
    const head = atLeast === undefined ? this.#head : () => Promise.resolve(atLeast);
    return new RecordMoment(head, this.#slices, this.#prices, this.#clock, this.#options, onWork);
  }
}

type MomentOptions = TrackRecordOptions & { readonly intervals: KnownIntervals };

/**
 * What one reader sees of the record: each filter is read once, and a price that was looked at stays, so that all numbers of a
 * filter agree to the last digit, and open positions of any two filters agree in their prices. Two filters may be read some
 * milliseconds apart, none of them before the moment's first read.
 */
export class RecordMoment {
  readonly #head: () => Promise<bigint>;
  readonly #slices: SliceCache;
  readonly #prices: PriceBoard;
  readonly #clock: Clock;
  readonly #options: MomentOptions;
  readonly #onWork: OnWork;
  readonly #figures = new Map<string, Promise<Figures>>();
  readonly #seenPrices = new Map<string, Price | undefined>();
  #wanted: Promise<bigint> | undefined;
  #asOf: Date | undefined;

  constructor(head: () => Promise<bigint>, slices: SliceCache, prices: PriceBoard, clock: Clock, options: MomentOptions, onWork: OnWork) {
    this.#head = head;
    this.#onWork = onWork;
    this.#slices = slices;
    this.#prices = prices;
    this.#clock = clock;
    this.#options = options;
  }

  of(filter: TradeFilter | null | undefined): Promise<Figures> {
    const key = filterKey(filter);
    let figures = this.#figures.get(key);
    if (!figures) this.#figures.set(key, (figures = this.#read(filter)));
    return figures;
  }

  /** The figures of a filter, where they were asked for before. */
  known(filter: TradeFilter | null | undefined): Promise<Figures> | undefined {
    return this.#figures.get(filterKey(filter));
  }

  async #read(filter: TradeFilter | null | undefined): Promise<Figures> {
    this.#wanted ??= this.#head();
    const cut = await this.#slices.get(filter, await this.#wanted, (trades) => this.#onWork('read', trades));
    this.#asOf ??= this.#clock.now();
    return new Figures(cut, this.#priceOf, this.#asOf, this.#options, this.#onWork);
  }

  readonly #priceOf = (marketType: MarketType, symbol: string): Price | undefined => {
    const key = `${marketType} ${symbol}`;
    if (!this.#seenPrices.has(key)) this.#seenPrices.set(key, this.#prices.get(marketType, symbol));
    return this.#seenPrices.get(key);
  };
}
