import { Decimal, ZERO } from '../src/kernel/decimal.ts';
import type { AggTrade } from './tape.ts';

export interface Candle {
  readonly openMs: number;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: Decimal;
  quoteVolume: Decimal;
  /** The part of the volumes in which the buyer took. */
  takerVolume: Decimal;
  takerQuoteVolume: Decimal;
  trades: number;
  /** Raw trade ids; -1 in a candle without trades. */
  firstId: number;
  lastId: number;
}

/** Candles of one length. Stretches without trades are filled with flat candles when read, as Binance does. */
export class CandleSeries {
  readonly intervalMs: number;
  readonly #maxCandles: number;
  /** Only those with trades, by time. */
  readonly #candles: Candle[] = [];

  constructor(intervalMs: number, maxCandles: number) {
    this.intervalMs = intervalMs;
    this.#maxCandles = maxCandles;
  }

  /** Trades are added in id order; one that is late in time still lands in its own candle. */
  add(trade: AggTrade): void {
    const openMs = this.openOf(trade.timeMs);
    const index = this.#indexFrom(openMs);
    let candle = this.#candles[index];
    if (candle?.openMs !== openMs) {
      candle = { ...flatCandle(openMs, trade.price), firstId: trade.firstId };
      this.#candles.splice(index, 0, candle);
      if (this.#candles.length > this.#maxCandles) this.#candles.shift();
    }
    const quote = new Decimal(trade.price).times(trade.quantity);
    if (Number(trade.price) > Number(candle.high)) candle.high = trade.price;
    if (Number(trade.price) < Number(candle.low)) candle.low = trade.price;
    candle.close = trade.price;
    candle.volume = candle.volume.plus(trade.quantity);
    candle.quoteVolume = candle.quoteVolume.plus(quote);
    if (!trade.buyerIsMaker) {
      candle.takerVolume = candle.takerVolume.plus(trade.quantity);
      candle.takerQuoteVolume = candle.takerQuoteVolume.plus(quote);
    }
    candle.trades += trade.lastId - trade.firstId + 1;
    candle.lastId = trade.lastId;
  }

  /** Where the candle of a time begins. */
  openOf(timeMs: number): number {
    return Math.floor(timeMs / this.intervalMs) * this.intervalMs;
  }

  get firstOpenMs(): number | undefined {
    return this.#candles[0]?.openMs;
  }

  /** The candle that begins at `openMs`, flat at the last price before it when nothing traded; undefined before all trades. */
  at(openMs: number): Candle | undefined {
    return this.page(openMs, openMs, 1)[0];
  }

  /** Candles that begin from `fromMs` through `throughMs`, oldest first, at most `limit`. */
  page(fromMs: number, throughMs: number, limit: number): readonly Candle[] {
    const firstOpenMs = this.firstOpenMs;
    if (firstOpenMs === undefined) return [];
    const page: Candle[] = [];
    let openMs = Math.max(firstOpenMs, Math.ceil(fromMs / this.intervalMs) * this.intervalMs);
    let index = this.#indexFrom(openMs);
    for (; openMs <= throughMs && page.length < limit; openMs += this.intervalMs) {
      const candle = this.#candles[index];
      if (candle?.openMs === openMs) {
        page.push(candle);
        index += 1;
      } else {
        page.push(flatCandle(openMs, this.#candles[index - 1]!.close));
      }
    }
    return page;
  }

  /** Index of the first candle that begins at `openMs` or later. New trades are nearly always the newest, so it looks from the end. */
  #indexFrom(openMs: number): number {
    let index = this.#candles.length;
    while (index > 0 && this.#candles[index - 1]!.openMs >= openMs) index -= 1;
    return index;
  }
}

/** A candle without trades. */
export function flatCandle(openMs: number, price: string): Candle {
  return {
    openMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: ZERO,
    quoteVolume: ZERO,
    takerVolume: ZERO,
    takerQuoteVolume: ZERO,
    trades: 0,
    firstId: -1,
    lastId: -1,
  };
}
