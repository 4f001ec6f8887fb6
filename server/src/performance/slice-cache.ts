import pLimit from 'p-limit';
import { filterKey } from '../trades/trade-filter.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { partsOf } from './breakdown.ts';
import type { BreakdownKey } from './breakdown.ts';
import { Part } from './part.ts';
import type { RecordSlice, SliceReader } from './record-slice.ts';

export interface SliceCacheLimits {
  /** Slices read at once; the others wait, so that the database's connections are there for others, too. */
  readonly maxConcurrentReads: number;
  /** Filters whose slice is kept. */
  readonly maxCachedFilters: number;
  /** Trades kept in all slices together; the newest slice is kept whatever its size. */
  readonly maxCachedTrades: number;
}

/** A slice with its parts, each cut when somebody asks for it. */
export class CutSlice {
  readonly slice: RecordSlice;
  readonly whole: Part;
  readonly #parts = new Map<BreakdownKey, Map<string, Part>>();

  constructor(slice: RecordSlice) {
    this.slice = slice;
    this.whole = new Part(slice.closed, slice.open, slice.signals.total);
  }

  get size(): number {
    return this.slice.closed.length + this.slice.open.length;
  }

  parts(by: BreakdownKey): Map<string, Part> {
    let parts = this.#parts.get(by);
    if (!parts) this.#parts.set(by, (parts = partsOf(this.slice, by)));
    return parts;
  }
}

interface Kept {
  /** The record was at least this long when the slice was asked for. */
  readonly askedAt: bigint;
  readonly slice: Promise<CutSlice>;
  /** Known once it was read. */
  size: number;
}

/** Keeps the slices that were read last; a slice is read anew when the record has grown. */
export class SliceCache {
  readonly #reader: SliceReader;
  readonly #limits: SliceCacheLimits;
  readonly #inTurn: <T>(read: () => Promise<T>) => Promise<T>;
  /** In the order of last use, oldest first. */
  readonly #kept = new Map<string, Kept>();

  constructor(reader: SliceReader, limits: SliceCacheLimits) {
    this.#reader = reader;
    this.#limits = limits;
    this.#inTurn = pLimit(limits.maxConcurrentReads);
  }

  /** A slice that holds at least everything up to `wanted`; `onRead` is told of how many trades, where it has to be read for this. */
  get(filter: TradeFilter | null | undefined, wanted: bigint, onRead: (trades: number) => void): Promise<CutSlice> {
    const key = filterKey(filter);
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    if (known && known.askedAt >= wanted) {
      this.#kept.set(key, known);
      return known.slice;
    }
    const fresh: Kept = { askedAt: wanted, size: 0, slice: this.#inTurn(async () => new CutSlice(await this.#reader.slice(filter))) };
    this.#kept.set(key, fresh);
    fresh.slice.then(
      ({ size }) => {
        fresh.size = size;
        onRead(size);
        this.#trim();
      },
      // A slice that could not be read must not be remembered.
      () => this.#kept.get(key) === fresh && this.#kept.delete(key),
    );
    this.#trim();
    return fresh.slice;
  }

  #trim(): void {
    let trades = [...this.#kept.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [key, { size }] of this.#kept) {
      const tooMany = this.#kept.size > this.#limits.maxCachedFilters || (trades > this.#limits.maxCachedTrades && this.#kept.size > 1);
      if (!tooMany) return;
      this.#kept.delete(key);
      trades -= size;
    }
  }
}
