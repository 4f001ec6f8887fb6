import type { MarketType } from '../src/ticks/tick.ts';
import { KLINE_INTERVALS_MS } from './beats.ts';
import { futuresExchangeInfo, spotExchangeInfo } from './exchange-info.ts';
import type { Listing } from './listing.ts';
import type { Market } from './market.ts';
import { BAD_COMBINATION, INVALID_SYMBOL, RestError, limitOf, optionalInteger, optionalText, requiredText } from './rest-params.ts';
import type { AggTrade } from './tape.ts';

/** One REST call: what it weighs, and what it answers. `weight` is asked first and must not throw. */
export interface RestCall {
  weight(query: URLSearchParams): number;
  /** Throws a RestError. */
  answer(market: Market, query: URLSearchParams): unknown;
}

const HOUR_MS = 3_600_000;

export const REST_CALLS: Readonly<Record<MarketType, Readonly<Record<string, RestCall>>>> = {
  SPOT: {
    '/api/v3/ping': { weight: () => 1, answer: () => ({}) },
    '/api/v3/time': { weight: () => 1, answer: serverTime },
    '/api/v3/exchangeInfo': { weight: () => 20, answer: (market, query) => spotExchangeInfo(market, namedListings(market, query)) },
    '/api/v3/ticker/price': { weight: (query) => (query.has('symbol') ? 2 : 4), answer: spotTickerPrice },
    '/api/v3/aggTrades': { weight: () => 4, answer: aggTrades },
    '/api/v3/klines': { weight: () => 2, answer: (market, query) => klines(market, query, 1_000) },
  },
  FUTURES: {
    '/fapi/v1/ping': { weight: () => 1, answer: () => ({}) },
    '/fapi/v1/time': { weight: () => 1, answer: serverTime },
    '/fapi/v1/exchangeInfo': { weight: () => 1, answer: futuresExchangeInfo },
    '/fapi/v2/ticker/price': { weight: (query) => (query.has('symbol') ? 1 : 2), answer: futuresTickerPrice },
    '/fapi/v1/aggTrades': { weight: () => 20, answer: aggTrades },
    '/fapi/v1/klines': { weight: futuresKlinesWeight, answer: (market, query) => klines(market, query, 1_500) },
  },
};

function serverTime(market: Market): unknown {
  return { serverTime: market.nowMs() };
}

/**
 * Pages of the tape. `fromId` is inclusive and goes with no time on either market (futures only says that it "may time out").
 * On futures the window of two times must be shorter than an hour, and one time alone means the hour after or before it.
 */
function aggTrades(market: Market, query: URLSearchParams): unknown {
  const { tape } = listingOf(market, requiredText(query, 'symbol'));
  const knownThrough = tape.knownThrough(market.nowMs());
  const reach = reachOf(market);
  const futures = market.marketType === 'FUTURES';
  const fromId = optionalInteger(query, 'fromId');
  const startMs = optionalInteger(query, 'startTime');
  const endMs = optionalInteger(query, 'endTime');
  const limit = limitOf(query, 500, 1_000, futures);
  const rows = (trades: readonly AggTrade[]) =>
    trades
      .filter(({ id, timeMs }) => id <= knownThrough && timeMs >= reach.fromMs)
      .map((trade) => aggTradeRow(market.marketType, trade, tape.isBlanked(trade.id)));

  if (fromId !== undefined) {
    if (startMs !== undefined || endMs !== undefined) throw BAD_COMBINATION();
    const trades = tape.fromId(fromId, limit);
    if (trades[0] && trades[0].timeMs < reach.fromMs) return reach.beyond();
    return rows(trades);
  }
  if (Math.min(startMs ?? Infinity, endMs ?? Infinity) < reach.fromMs) {
    if (reach.refuses || (endMs !== undefined && endMs < reach.fromMs)) return reach.beyond();
  }
  if (startMs !== undefined && endMs !== undefined) {
    if (endMs < startMs) throw new RestError(-1127, 'Start time is greater than end time.');
    if (futures && endMs - startMs >= HOUR_MS) throw new RestError(-1127, 'More than 1 hours between startTime and endTime.');
    return rows(tape.oldestBetween(Math.max(startMs, reach.fromMs), endMs, limit));
  }
  if (startMs !== undefined) return rows(tape.oldestBetween(startMs, futures ? startMs + HOUR_MS - 1 : Infinity, limit));
  if (endMs !== undefined) return rows(tape.newestThrough(endMs, limit));
  return rows(tape.newest(limit, knownThrough));
}

/** From which trade time on aggTrades can be asked for, and what a request for older ones gets. */
function reachOf(market: Market): { fromMs: number; refuses: boolean; beyond(): unknown } {
  const { tapeHorizon } = market;
  if (!tapeHorizon) return { fromMs: -Infinity, refuses: false, beyond: () => [] };
  const refuses = tapeHorizon.beyond === 'ERROR';
  const beyond = () => {
    if (refuses) throw new RestError(-1130, `Trades of more than ${tapeHorizon.reachMs} ms ago are not available.`);
    return [];
  };
  return { fromMs: market.nowMs() - tapeHorizon.reachMs, refuses, beyond };
}

function aggTradeRow(marketType: MarketType, trade: AggTrade, isBlanked: boolean): object {
  const [price, quantity] = isBlanked ? ['0', '0'] : [trade.price, trade.quantity];
  const head = { a: trade.id, p: price, q: quantity };
  const tail = { f: isBlanked ? -1 : trade.firstId, l: isBlanked ? -1 : trade.lastId, T: trade.timeMs, m: trade.buyerIsMaker };
  return marketType === 'SPOT' ? { ...head, ...tail, M: true } : { ...head, nq: quantity, ...tail };
}

function spotTickerPrice(market: Market, query: URLSearchParams): unknown {
  const named = namedListings(market, query);
  const rows = priced(named ?? market.listings.values()).map(({ listing, last }) => ({ symbol: listing.symbol, price: last.price }));
  return query.has('symbol') ? rows[0] : rows;
}

function futuresTickerPrice(market: Market, query: URLSearchParams): unknown {
  const symbol = optionalText(query, 'symbol');
  const asked = symbol === undefined ? market.listings.values() : [listingOf(market, symbol)];
  const rows = priced(asked).map(({ listing, last }) => ({ symbol: listing.symbol, price: last.price, time: last.timeMs }));
  return symbol === undefined ? rows : rows[0];
}

/** Those that have a price; a symbol that never traded is missing from the answer. */
function priced(listings: Iterable<Listing>): { listing: Listing; last: AggTrade }[] {
  return [...listings].flatMap((listing) => (listing.tape.last ? [{ listing, last: listing.tape.last }] : []));
}

/** The symbols that spot's `symbol` or `symbols` name, all of which must exist; undefined when neither was sent. */
function namedListings(market: Market, query: URLSearchParams): readonly Listing[] | undefined {
  const symbol = optionalText(query, 'symbol');
  const symbols = optionalText(query, 'symbols');
  if (symbol !== undefined && symbols !== undefined) throw BAD_COMBINATION();
  if (symbol !== undefined) return [listingOf(market, symbol)];
  if (symbols === undefined) return undefined;
  let names: unknown;
  try {
    names = JSON.parse(symbols);
  } catch {
    names = undefined;
  }
  if (!Array.isArray(names) || names.length === 0) {
    throw new RestError(
      -1100,
      `Illegal characters found in parameter 'symbols'; legal range is '^\\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\\]$'.`,
    );
  }
  return names.map((name) => listingOf(market, String(name)));
}

function listingOf(market: Market, symbol: string): Listing {
  const listing = market.listings.get(symbol);
  if (!listing) throw INVALID_SYMBOL();
  return listing;
}

function futuresKlinesWeight(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 500);
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1_000 ? 5 : 10;
}

const MINUTE_MS = 60_000;

/** Calendar weeks and months are not offered by the simulator. */
const INTERVALS_MS: Readonly<Record<string, number>> = {
  ...KLINE_INTERVALS_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': 24 * HOUR_MS,
};

/** Candles of whole prints, told or not, also those older than aggTrades reaches; 1s on spot only. */
function klines(market: Market, query: URLSearchParams, maxLimit: number): unknown {
  const listing = listingOf(market, requiredText(query, 'symbol'));
  const interval = requiredText(query, 'interval');
  const intervalMs = Object.hasOwn(INTERVALS_MS, interval) ? INTERVALS_MS[interval] : undefined;
  if (intervalMs === undefined || (interval === '1s' && market.marketType === 'FUTURES')) throw new RestError(-1120, 'Invalid interval.');
  const startMs = optionalInteger(query, 'startTime');
  const endMs = Math.min(optionalInteger(query, 'endTime') ?? Infinity, market.nowMs());
  const limit = limitOf(query, 500, maxLimit, market.marketType === 'FUTURES');
  const candles = listing.tape.candles(intervalMs);
  const fromMs = startMs ?? candles.openOf(endMs) - (limit - 1) * intervalMs;
  return candles
    .page(fromMs, endMs, limit)
    .map((candle) => [
      candle.openMs,
      candle.open,
      candle.high,
      candle.low,
      candle.close,
      candle.volume.toFixed(8),
      candle.openMs + intervalMs - 1,
      candle.quoteVolume.toFixed(8),
      candle.trades,
      candle.takerVolume.toFixed(8),
      candle.takerQuoteVolume.toFixed(8),
      '0',
    ]);
}
