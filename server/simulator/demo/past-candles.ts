import type { Kline, KlineInterval } from '../../src/ticks/candle.ts';
import { KLINE_MS } from '../../src/ticks/candle.ts';
import type { PriceHistory } from './price-history.ts';

/**
 * The candles of a past price that begin between two times, oldest first. Its ticks are a minute apart, so each candle opens at the
 * price that the one before it closed at; before the first tick and after the last the price stands still.
 */
export function pastKlines(history: PriceHistory, decimals: number, interval: KlineInterval, fromMs: number, throughMs: number): Kline[] {
  const lengthMs = KLINE_MS[interval];
  const klines: Kline[] = [];
  for (let openTimeMs = Math.ceil(fromMs / lengthMs) * lengthMs; openTimeMs <= throughMs; openTimeMs += lengthMs) {
    const before = history.indexAt(openTimeMs - 1);
    const last = history.indexAt(openTimeMs + lengthMs - 1);
    let [low, high] = [Math.max(before, 0), Math.max(before, 0)];
    for (let index = low + 1; index <= last; index++) {
      if (history.priceOf(index, decimals) < history.priceOf(low, decimals)) low = index;
      if (history.priceOf(index, decimals) > history.priceOf(high, decimals)) high = index;
    }
    const text = (index: number) => history.textOf(Math.max(index, 0), decimals);
    klines.push({ openTimeMs, open: text(before), high: text(high), low: text(low), close: text(last), trades: last - before });
  }
  return klines;
}
