import type { MarketType } from '../src/ticks/tick.ts';
import { CandleSeries } from './candles.ts';

/** One aggregate trade as it stands on the tape. Price and quantity are plain decimal digits, kept exactly as given. */
export interface AggTrade {
  readonly id: number;
  readonly price: string;
  readonly quantity: string;
  /** First and last raw trade id that it joins. */
  readonly firstId: number;
  readonly lastId: number;
  /** ms since 1970 UTC. */
  readonly timeMs: number;
  readonly buyerIsMaker: boolean;
}

export interface Print {
  readonly price: string;
  readonly quantity: string;
  readonly timeMs: number;
  readonly buyerIsMaker: boolean;
}

export interface TapeOptions {
  readonly marketType: MarketType;
  readonly firstAggId: number;
  /** The oldest trades beyond this number are forgotten. */
  readonly maxTrades: number;
}

/** How many candles of each interval are kept: five days of minutes, and some. */
const MAX_CANDLES = 8_000;

/** Every aggregate trade of one symbol, in id order; ids rise by one unless a verb says otherwise. */
export class Tape {
  readonly #options: TapeOptions;
  readonly #trades: AggTrade[] = [];
  readonly #candles = new Map<number, { series: CandleSeries; readThrough: number }>();
  #nextId: number;
  #nextRawId: number;
  /** False once a trade was older than the one before it, which scripts may do; then times cannot be searched by halves. */
  #timesRise = true;
  readonly #blanked = new Set<number>();
  /** Trades that REST does not know yet, oldest first. */
  readonly #trailing: { readonly id: number; readonly knownMs: number }[] = [];

  constructor(options: TapeOptions) {
    this.#options = options;
    this.#nextId = options.firstAggId;
    this.#nextRawId = options.firstAggId * 3;
  }

  get last(): AggTrade | undefined {
    return this.#trades.at(-1);
  }

  get nextId(): number {
    return this.#nextId;
  }

  /** Prints with the next id. Raw ids of spot run on without holes; those of futures leave some out, as insurance-fund fills do. */
  append(print: Print): AggTrade {
    const id = this.#nextId;
    if (this.#options.marketType === 'FUTURES' && id % 5 === 0) this.#nextRawId += 2;
    const firstId = this.#nextRawId;
    return this.put({ id, ...print, firstId, lastId: firstId + (id % 3) });
  }

  /** Puts a trade with its own ids, as a replay does. Throws a RangeError unless its id is past the last one. */
  put(trade: AggTrade): AggTrade {
    const last = this.last;
    if (trade.id < this.#nextId) throw new RangeError(`aggregate trade ${trade.id} comes after ${this.#nextId - 1}`);
    if (last && trade.timeMs < last.timeMs) this.#timesRise = false;
    this.#trades.push(trade);
    this.#nextId = trade.id + 1;
    this.#nextRawId = trade.lastId + 1;
    if (this.#trades.length > this.#options.maxTrades * 1.1) this.#forgetOldest();
    return trade;
  }

  /** Leaves out ids: the next trade comes `count` later and nobody, REST included, knows of those between. */
  skipIds(count: number): void {
    this.#nextId += count;
  }

  /** REST gives this row from now on as Binance gives a withdrawn one: price and quantity "0", raw ids -1. */
  blank(id: number): void {
    this.#blanked.add(id);
  }

  isBlanked(id: number): boolean {
    return this.#blanked.has(id);
  }

  /** The newest trade becomes known to REST only at `knownMs`. */
  holdBack(knownMs: number): void {
    if (this.last) this.#trailing.push({ id: this.last.id, knownMs });
  }

  /** The newest id that REST knows of. */
  knownThrough(nowMs: number): number {
    while (this.#trailing[0] && this.#trailing[0].knownMs <= nowMs) this.#trailing.shift();
    return (this.#trailing[0]?.id ?? this.#nextId) - 1;
  }

  /** Trades with id ≥ `id`, oldest first. */
  fromId(id: number, limit: number): readonly AggTrade[] {
    const start = firstIndex(this.#trades, (trade) => trade.id >= id);
    return this.#trades.slice(start, start + limit);
  }

  /** The newest `limit` trades with id ≤ `throughId`. */
  newest(limit: number, throughId = Infinity): readonly AggTrade[] {
    const end = throughId === Infinity ? this.#trades.length : firstIndex(this.#trades, (trade) => trade.id > throughId);
    return this.#trades.slice(Math.max(0, end - limit), end);
  }

  /** The oldest trade at or after a time. */
  firstSince(timeMs: number): AggTrade | undefined {
    return this.#between(timeMs, Infinity)[0];
  }

  /** The oldest `limit` trades of a time window, both ends included. */
  oldestBetween(startMs: number, endMs: number, limit: number): readonly AggTrade[] {
    return this.#between(startMs, endMs).slice(0, limit);
  }

  /** The newest `limit` trades up to and including `endMs`. */
  newestThrough(endMs: number, limit: number): readonly AggTrade[] {
    return this.#between(-Infinity, endMs).slice(-limit);
  }

  /** Candles of this length over all trades on the tape. */
  candles(intervalMs: number): CandleSeries {
    let entry = this.#candles.get(intervalMs);
    if (!entry) {
      entry = { series: new CandleSeries(intervalMs, MAX_CANDLES), readThrough: -1 };
      this.#candles.set(intervalMs, entry);
    }
    for (let i = firstIndex(this.#trades, (trade) => trade.id > entry.readThrough); i < this.#trades.length; i++)
      entry.series.add(this.#trades[i]!);
    entry.readThrough = this.#nextId - 1;
    return entry.series;
  }

  #between(startMs: number, endMs: number): readonly AggTrade[] {
    if (!this.#timesRise) return this.#trades.filter((trade) => trade.timeMs >= startMs && trade.timeMs <= endMs);
    const start = firstIndex(this.#trades, (trade) => trade.timeMs >= startMs);
    return this.#trades.slice(
      start,
      firstIndex(this.#trades, (trade) => trade.timeMs > endMs),
    );
  }

  #forgetOldest(): void {
    for (const intervalMs of this.#candles.keys()) this.candles(intervalMs);
    this.#trades.splice(0, this.#trades.length - this.#options.maxTrades);
  }
}

/** Index of the first item for which `holds`, given that it holds for all after it too; the length when for none. */
export function firstIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
