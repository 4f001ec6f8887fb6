import type { Cancel, Clock } from '../kernel/clock.ts';
import { symbolKey } from './tick.ts';
import type { MarketType, SymbolKey, Tick } from './tick.ts';

/** The newest known price of a symbol, from its last tick or from the all-symbol price check. */
export interface Price {
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly price: string;
  /** The exchange's time where it gave one, else the time of receipt; ms since 1970 UTC. */
  readonly timeMs: number;
  /** Null when the price comes from the all-symbol price check. */
  readonly tradeId: number | null;
  /** When it was the newest, on the monotonic clock: a tick's by its exchange time, a check's when it was asked for. */
  readonly receivedMs: number;
}

/** The exchange's time is estimated, better from event to event: by so little the next tick may seem older than what is known. */
const ESTIMATE_MARGIN_MS = 1_000;

/** Newest prices of all symbols, and who wants to hear that one moved. Display may skip prices; triggers never read this. */
export class PriceBoard {
  readonly #prices = new Map<SymbolKey, Price>();
  readonly #listeners = new Set<(key: SymbolKey) => void>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(marketType: MarketType, symbol: string): Price | undefined {
    return this.#prices.get(symbolKey(marketType, symbol));
  }

  /** The price, unless it was received longer ago than `maxAgeMs`. */
  getFresh(marketType: MarketType, symbol: string, maxAgeMs: number): Price | undefined {
    const price = this.get(marketType, symbol);
    return price && this.#clock.monotonicMs() - price.receivedMs <= maxAgeMs ? price : undefined;
  }

  /**
   * Takes a delivered tick that is so old by the exchange's time: neither the end of an outage nor a stream that is late makes an old
   * price look new.
   */
  putTick(tick: Tick, ageMs: number): void {
    const known = this.get(tick.marketType, tick.symbol);
    if (known && known.tradeId !== null && known.tradeId >= tick.id) return;
    const receivedMs = this.#clock.monotonicMs() - ageMs;
    // A check that saw this very price confirmed it since; the tick is the better evidence of it.
    if (known && known.receivedMs - receivedMs > ESTIMATE_MARGIN_MS && known.price !== tick.price) return;
    this.#put({
      ...known,
      marketType: tick.marketType,
      symbol: tick.symbol,
      price: tick.price,
      timeMs: tick.timeMs,
      tradeId: tick.id,
      receivedMs: Math.max(known?.receivedMs ?? -Infinity, receivedMs),
    });
  }

  /** Takes a price of the all-symbol price check; it never replaces a tick received after the check was asked for. */
  putCheck(marketType: MarketType, symbol: string, price: string, timeMs: number, askedMs: number): void {
    const known = this.get(marketType, symbol);
    if (known && known.receivedMs >= askedMs) return;
    if (known && known.price === price) {
      // It did not move, but it was confirmed just now; a tick stays the better evidence of it.
      this.#prices.set(symbolKey(marketType, symbol), { ...known, receivedMs: askedMs });
      return;
    }
    this.#put({ marketType, symbol, price, timeMs, tradeId: null, receivedMs: askedMs });
  }

  /** Takes a price that another process received. */
  putTold(price: Price): void {
    const known = this.get(price.marketType, price.symbol);
    if (known && known.receivedMs > price.receivedMs) return;
    if (known && known.tradeId !== null && price.tradeId !== null && known.tradeId > price.tradeId) return;
    this.#put(price);
  }

  /** The newest prices of these symbols, or of all. */
  newest(keys: Iterable<SymbolKey> = this.#prices.keys()): Price[] {
    return Array.from(keys, (key) => this.#prices.get(key)).filter((price) => price !== undefined);
  }

  /** Calls `listener` with each symbol whose price moved. */
  onMove(listener: (key: SymbolKey) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(price: Price): void {
    const key = symbolKey(price.marketType, price.symbol);
    this.#prices.set(key, price);
    for (const listener of this.#listeners) listener(key);
  }
}
