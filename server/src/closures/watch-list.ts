import TinyQueue from 'tinyqueue';
import { Decimal } from '../kernel/decimal.ts';
import { isAfter } from '../ticks/tick.ts';
import type { Candle } from '../ticks/candle.ts';
import type { Tick } from '../ticks/tick.ts';
import type { TradeHappening } from '../trades/trade.ts';
import { candleTouch } from './candle-touch.ts';
import type { CandleTouch } from './candle-touch.ts';
import { CLOCK_MARGIN_MS } from './watched-trade.ts';
import type { WatchedTrade } from './watched-trade.ts';

/** A tick reached something of a trade. */
export interface Touch {
  readonly trade: WatchedTrade;
  readonly happening: TradeHappening;
}

const NOTHING: readonly Touch[] = [];

interface Level {
  readonly trade: WatchedTrade;
  readonly happening: TradeHappening;
  readonly exact: Decimal;
  /** The level rounded to a double: rounding keeps order, so unequal doubles decide; equal ones are compared again exactly. */
  readonly rounded: number;
}

interface Expiry {
  readonly trade: WatchedTrade;
  readonly atMs: number;
}

/**
 * The open trades of one symbol, by level. The next level above and the next below stand on top of two heaps, so a tick
 * that reaches nothing costs three comparisons however many trades are open. What a removed trade leaves in the heaps is
 * dropped when it comes to the top.
 */
export class WatchList {
  readonly #trades = new Map<string, WatchedTrade>();
  /** Reached when the price is at or above them: take profits of LONG, stops of SHORT. Lowest first. */
  readonly #above = new TinyQueue<Level>([], (a, b) => a.rounded - b.rounded || a.exact.cmp(b.exact));
  /** Reached when the price is at or below them: stops of LONG, take profits of SHORT. Highest first. */
  readonly #below = new TinyQueue<Level>([], (a, b) => b.rounded - a.rounded || b.exact.cmp(a.exact));
  readonly #expiries = new TinyQueue<Expiry>([], (a, b) => a.atMs - b.atMs);

  get size(): number {
    return this.#trades.size;
  }

  has(tradeId: string): boolean {
    return this.#trades.has(tradeId);
  }

  /** Adding a trade that is there already changes nothing. */
  add(trade: WatchedTrade): void {
    if (this.#trades.has(trade.id)) return;
    this.#trades.set(trade.id, trade);
    const long = trade.direction === 'LONG';
    (long ? this.#above : this.#below).push(level(trade, 'TAKE_PROFIT_REACHED', trade.takeProfit));
    (long ? this.#below : this.#above).push(level(trade, 'STOP_LOSS_REACHED', trade.stopLoss));
    if (trade.expiresAtMs !== null) this.#expiries.push({ trade, atMs: trade.expiresAtMs });
  }

  remove(tradeId: string): void {
    this.#trades.delete(tradeId);
  }

  /**
   * Applies the next tick and takes out the trades it closes, each once. A time stop that has come closes at this tick
   * whatever level it touches.
   */
  apply(tick: Tick): readonly Touch[] {
    const price = Number(tick.price);
    if (!this.#isReachable(price, price, tick.timeMs)) return NOTHING;
    const touched: Touch[] = [];
    const early: (() => void)[] = [];

    for (let next = this.#expiries.peek(); next && next.atMs <= tick.timeMs; next = this.#expiries.peek()) {
      const expiry = this.#expiries.pop() as Expiry;
      if (!this.#isWatched(expiry.trade)) continue;
      if (isAfter(tick, expiry.trade.from)) this.#touch(expiry.trade, 'TIME_STOP_REACHED', touched);
      else early.push(() => this.#expiries.push(expiry));
    }
    this.#drain(
      this.#above,
      (top) => price > top.rounded || (price === top.rounded && new Decimal(tick.price).gte(top.exact)),
      tick,
      touched,
      early,
    );
    this.#drain(
      this.#below,
      (top) => price < top.rounded || (price === top.rounded && new Decimal(tick.price).lte(top.exact)),
      tick,
      touched,
      early,
    );

    // Trades that begin after this tick stay; they go back only now, or the loops above would never end.
    for (const putBack of early) putBack();
    return touched;
  }

  /** Takes out all trades. */
  takeAll(): WatchedTrade[] {
    const trades = [...this.#trades.values()];
    this.#trades.clear();
    return trades;
  }

  /**
   * True where a minute between these prices may close a trade that was there before it ended. True also where it turns out
   * to close none; never false where it does.
   */
  matters({ high, low, closeTimeMs }: Pick<Candle, 'high' | 'low' | 'closeTimeMs'>): boolean {
    if (!this.#isReachable(Number(high), Number(low), closeTimeMs)) return false;
    for (const { from, expiresAtMs, ...trade } of this.#trades.values()) {
      if (from.fromTimeMs - CLOCK_MARGIN_MS > closeTimeMs) continue;
      if (expiresAtMs !== null && expiresAtMs <= closeTimeMs) return true;
      const [upper, lower] = trade.direction === 'LONG' ? [trade.takeProfit, trade.stopLoss] : [trade.stopLoss, trade.takeProfit];
      if (upper.lte(high) || lower.gte(low)) return true;
    }
    return false;
  }

  /** Applies the next candle, where its ticks are gone, and takes out the trades it closes, each once. */
  applyCandle(candle: Candle): CandleTouch[] {
    if (!this.#isReachable(Number(candle.high), Number(candle.low), candle.closeTimeMs)) return [];
    const touched: CandleTouch[] = [];
    for (const trade of this.#trades.values()) {
      const touch = candleTouch(trade, candle);
      if (!touch) continue;
      this.#trades.delete(trade.id);
      touched.push(touch);
    }
    return touched;
  }

  /** False where the prices surely reach nothing: a look at the tops of the heaps, as rounded as they are. */
  #isReachable(high: number, low: number, throughMs: number): boolean {
    const [above, below, expiry] = [this.#topOf(this.#above), this.#topOf(this.#below), this.#topOf(this.#expiries)];
    return (
      (above !== undefined && high >= above.rounded) ||
      (below !== undefined && low <= below.rounded) ||
      (expiry !== undefined && expiry.atMs <= throughMs)
    );
  }

  #topOf<T extends { readonly trade: WatchedTrade }>(heap: TinyQueue<T>): T | undefined {
    for (let top = heap.peek(); top; top = heap.peek()) {
      if (this.#isWatched(top.trade)) return top;
      heap.pop();
    }
    return undefined;
  }

  #drain(heap: TinyQueue<Level>, isReached: (top: Level) => boolean, tick: Tick, touched: Touch[], early: (() => void)[]): void {
    for (let top = heap.peek(); top && (!this.#isWatched(top.trade) || isReached(top)); top = heap.peek()) {
      heap.pop();
      const reached = top;
      if (!this.#isWatched(reached.trade)) continue;
      if (isAfter(tick, reached.trade.from)) this.#touch(reached.trade, reached.happening, touched);
      else early.push(() => heap.push(reached));
    }
  }

  #touch(trade: WatchedTrade, happening: TradeHappening, touched: Touch[]): void {
    this.#trades.delete(trade.id);
    touched.push({ trade, happening });
  }

  #isWatched(trade: WatchedTrade): boolean {
    return this.#trades.get(trade.id) === trade;
  }
}

function level(trade: WatchedTrade, happening: TradeHappening, exact: Decimal): Level {
  return { trade, happening, exact, rounded: exact.toNumber() };
}
