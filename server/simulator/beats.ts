import { coinMarginedRow, emptyCandle, klineFrame, markPriceFrame, miniTickerFrame } from './frames.ts';
import type { Frame } from './frames.ts';
import type { Listing } from './listing.ts';
import type { Market } from './market.ts';

/** How long the beat is; Binance's fastest regular streams come once a second. */
export const BEAT_MS = 1_000;

export const KLINE_INTERVALS_MS: Readonly<Record<string, number>> = { '1s': 1_000, '1m': 60_000 };

/** Sends what Binance sends at fixed intervals, traded or not. Called once a second with the number of the second. */
export function beat(market: Market, second: number): void {
  const everyOther = second % 2 === 0;
  const spot = market.marketType === 'SPOT';
  for (const stream of market.streams()) {
    if (stream === '!miniTicker@arr') market.broadcast(stream, () => allMiniTickers(market));
    const listing = market.listingOfStream(stream);
    if (!listing) continue;
    const kind = stream.slice(stream.indexOf('@') + 1);
    if (kind === 'kline_1s') market.broadcast(stream, () => kline(market, listing, '1s'));
    else if (kind === 'kline_1m' && (everyOther || !spot)) market.broadcast(stream, () => kline(market, listing, '1m'));
    else if (kind === 'miniTicker' && (everyOther || spot)) market.broadcast(stream, () => miniTickerFrame(listing, market.nowMs()));
    else if (kind === 'markPrice@1s' || (kind === 'markPrice' && second % 3 === 0)) {
      market.broadcast(stream, () => markPriceFrame(listing, market.nowMs()));
    }
  }
  market.moved.clear();
}

/** Only symbols that traded; futures' array also holds COIN-M symbols, which nobody asked for. */
function allMiniTickers(market: Market): Frame | undefined {
  const nowMs = market.nowMs();
  const rows = Array.from(market.moved, (listing) => miniTickerFrame(listing, nowMs));
  if (market.marketType === 'FUTURES') rows.push(() => coinMarginedRow(nowMs));
  return rows.length === 0 ? undefined : (scale) => rows.map((row) => row(scale));
}

/** The candle of the beat just past: closed when the beat crossed its end, else the running one. */
function kline(market: Market, listing: Listing, interval: string): Frame {
  const intervalMs = KLINE_INTERVALS_MS[interval]!;
  const candles = listing.tape.candles(intervalMs);
  const nowMs = market.nowMs();
  const openMs = candles.openOf(nowMs - BEAT_MS);
  return klineFrame(listing, interval, intervalMs, candles.at(openMs) ?? emptyCandle(openMs), nowMs);
}
