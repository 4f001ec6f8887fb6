import { Decimal, ZERO } from '../src/kernel/decimal.ts';
import { flatCandle } from './candles.ts';
import type { Candle } from './candles.ts';
import type { Listing } from './listing.ts';
import type { AggTrade } from './tape.ts';

/** The payload of an event, given 1 for times in ms or 1000 for µs. */
export type Frame = (timeScale: 1 | 1000) => object;

/** `<s>@aggTrade`: spot has the ignored M, futures the quantity without RPI fills and the product st (1 = USD-M). */
export function aggTradeFrame(listing: Listing, trade: AggTrade, nowMs: number): Frame {
  return (scale) => {
    const head = { e: 'aggTrade', E: nowMs * scale, s: listing.symbol, a: trade.id, p: trade.price, q: trade.quantity };
    const tail = { f: trade.firstId, l: trade.lastId, T: trade.timeMs * scale, m: trade.buyerIsMaker };
    return listing.marketType === 'SPOT' ? { ...head, ...tail, M: true } : { ...head, nq: trade.quantity, ...tail, st: 1 };
  };
}

/** `<s>@bookTicker`: one tick below and one above the last price. Spot's has neither event type nor time. */
export function bookTickerFrame(listing: Listing, trade: AggTrade, nowMs: number): Frame {
  const tick = new Decimal(listing.tickSize);
  const price = new Decimal(trade.price);
  const book = { b: Decimal.max(price.minus(tick), tick).toFixed(), B: '1.00000000', a: price.plus(tick).toFixed(), A: '1.00000000' };
  const u = trade.lastId;
  if (listing.marketType === 'SPOT') return () => ({ u, s: listing.symbol, ...book });
  return () => ({ e: 'bookTicker', u, E: nowMs, T: trade.timeMs, s: listing.symbol, ps: listing.symbol, ...book, st: 1 });
}

/** `<s>@kline_<i>`; futures klines carry no st. */
export function klineFrame(listing: Listing, interval: string, intervalMs: number, candle: Candle, nowMs: number): Frame {
  const closeMs = candle.openMs + intervalMs;
  return (scale) => ({
    e: 'kline',
    E: nowMs * scale,
    s: listing.symbol,
    k: {
      t: candle.openMs * scale,
      T: closeMs * scale - 1,
      s: listing.symbol,
      i: interval,
      f: candle.firstId,
      L: candle.lastId,
      o: candle.open,
      c: candle.close,
      h: candle.high,
      l: candle.low,
      v: candle.volume.toFixed(8),
      n: candle.trades,
      x: nowMs >= closeMs,
      q: candle.quoteVolume.toFixed(8),
      V: candle.takerVolume.toFixed(8),
      Q: candle.takerQuoteVolume.toFixed(8),
      B: '0',
    },
  });
}

/** Stands in regular events for the price of a symbol that never traded; they come all the same, for whoever waits for a beat. */
const NO_PRICE = '0.00000000';

/** The candle of a symbol that never traded. */
export function emptyCandle(openMs: number): Candle {
  return flatCandle(openMs, NO_PRICE);
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** `<s>@miniTicker` over the last 24 hours; zeros while the symbol has no price. */
export function miniTickerFrame(listing: Listing, nowMs: number): Frame {
  const day = listing.tape.candles(MINUTE_MS).page(nowMs - DAY_MS, nowMs, DAY_MS / MINUTE_MS + 1);
  const last = listing.tape.last?.price ?? NO_PRICE;
  let [open, high, low] = [last, last, last];
  let [volume, quoteVolume] = [ZERO, ZERO];
  if (day[0]) open = day[0].open;
  for (const candle of day) {
    if (Number(candle.high) > Number(high)) high = candle.high;
    if (Number(candle.low) < Number(low)) low = candle.low;
    volume = volume.plus(candle.volume);
    quoteVolume = quoteVolume.plus(candle.quoteVolume);
  }
  const ticker = { s: listing.symbol, c: last, o: open, h: high, l: low, v: volume.toFixed(8), q: quoteVolume.toFixed(8) };
  const product = listing.marketType === 'SPOT' ? {} : { ps: listing.symbol, st: 1 };
  return (scale) => ({ e: '24hrMiniTicker', E: nowMs * scale, ...ticker, ...product });
}

/** A COIN-M row as futures' `!miniTicker@arr` has carried them since the merge of 2026-06-30: same shape, st 2. */
export function coinMarginedRow(nowMs: number): object {
  const price = '42000.0';
  return {
    e: '24hrMiniTicker',
    E: nowMs,
    s: 'BTCUSD_PERP',
    c: price,
    o: price,
    h: price,
    l: price,
    v: '1000',
    q: '2.38095238',
    ps: 'BTCUSD',
    st: 2,
  };
}

const FUNDING_MS = 8 * 3_600_000;

/** `<s>@markPrice`: the last price stands for mark and index. */
export function markPriceFrame(listing: Listing, nowMs: number): Frame {
  const price = new Decimal(listing.tape.last?.price ?? NO_PRICE).toFixed(8);
  const T = (Math.floor(nowMs / FUNDING_MS) + 1) * FUNDING_MS;
  return () => ({ e: 'markPriceUpdate', E: nowMs, s: listing.symbol, p: price, ap: price, P: price, i: price, r: '0.00010000', T, st: 1 });
}
