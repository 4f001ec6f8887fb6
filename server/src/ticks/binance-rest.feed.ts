import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { parseAggTrades, parseCandles, parseKlines, parsePrices, parseServerTime } from './binance-answers.ts';
import type { CandlePage, CheckedPrice, Parsed, TradePage } from './binance-answers.ts';
import type { Kline, KlineInterval } from './candle.ts';
import type { FeedLimits } from './feed-limits.ts';
import { RestFault, RestQueue } from './rest-queue.feed.ts';
import type { Urgency } from './rest-queue.feed.ts';
import type { SymbolInfo } from './symbol-list.ts';
import type { Tick } from './tick.ts';
import type { RestCall, Venue } from './venue.ts';

export interface BinanceRestOptions {
  readonly venue: Venue;
  /** Without a path, e.g. https://api.binance.com. */
  readonly baseUrl: string;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** How an asker is to be served; aborting the signal takes the request back. */
export interface Asking {
  readonly urgency: Urgency;
  readonly signal: AbortSignal;
}

/** Where a symbol's tape begins that was asked for by time. */
export interface TapeStart {
  /** Nothing below this id is at or after the time. */
  readonly firstId: number;
  /** The tape's first rows, if REST has any. */
  readonly page: TradePage;
}

const NO_ROWS: TradePage = { rows: [], received: 0 };
const UNKNOWN_SYMBOL = -1121;
/** Rows asked for to learn the newest trade: more than one, since single rows can be blanked out. */
const NEWEST_ROWS = 10;

/** The public REST calls of one market that the feed uses. Every method rejects with RestFault, and is tried once. */
export class BinanceRest {
  readonly #venue: Venue;
  readonly #limits: FeedLimits;
  readonly #queue: RestQueue;

  constructor({ venue, baseUrl, limits, clock, log }: BinanceRestOptions) {
    this.#venue = venue;
    this.#limits = limits;
    this.#queue = new RestQueue({ baseUrl, weightPerMinute: venue.weightPerMinute, limits, clock, log });
  }

  /** One page of a symbol's aggregate trades with ids from `fromId` on. */
  async tradesFrom(symbol: string, fromId: number, asking: Asking): Promise<TradePage> {
    const page = await this.#aggTrades(symbol, { fromId, limit: this.#limits.pageRows }, asking);
    return { ...page, rows: page.rows.filter((row) => row.id >= fromId) };
  }

  /** True when `page` ends where REST's tape ends for now. */
  isEnd(page: TradePage): boolean {
    return page.received < this.#limits.pageRows;
  }

  /**
   * Finds a symbol's first trade at or after `fromTimeMs`. Where there is none yet, the tape begins with the id after the
   * newest known one: a trade made between this answer and the first tick of the stream has that id and is missed by
   * nobody. Futures give at most an hour at a time, so the hours are asked one by one.
   */
  async findStart(symbol: string, fromTimeMs: number, asking: Asking): Promise<TapeStart> {
    const newest = await this.newest(symbol, asking);
    if (!newest) return { firstId: this.#venue.firstTradeId, page: NO_ROWS };
    if (newest.timeMs < fromTimeMs) return { firstId: newest.id + 1, page: NO_ROWS };
    const page = await this.#search(symbol, fromTimeMs, newest, asking);
    return { firstId: page.rows[0]!.id, page };
  }

  /** A symbol's minutes from the one that begins at `fromMs` through `throughMs`, as many as one answer holds. */
  async candles(symbol: string, fromMs: number, throughMs: number, asking: Asking): Promise<CandlePage> {
    const query = { symbol, interval: '1m', startTime: fromMs, endTime: throughMs, limit: this.#limits.candleRows };
    return accepted(parseCandles(await this.#get(this.#venue.candles, query, asking), this.#venue.marketType, symbol));
  }

  /** A symbol's candles that begin between two times, oldest first, as many as one answer holds; none where it is not known. */
  async klines(symbol: string, interval: KlineInterval, fromMs: number, throughMs: number, asking: Asking): Promise<readonly Kline[]> {
    const query = { symbol, interval, startTime: fromMs, endTime: throughMs, limit: this.#limits.candleRows };
    try {
      return accepted(parseKlines(await this.#get(this.#venue.candles, query, asking)));
    } catch (fault) {
      if (fault instanceof RestFault && fault.code === UNKNOWN_SYMBOL) return [];
      throw fault;
    }
  }

  /** A symbol's trades within a stretch of less than an hour, both ends included; none where the exchange does not keep them that long. */
  async tradesWithin(symbol: string, startMs: number, endMs: number, asking: Asking): Promise<readonly Tick[]> {
    const ticks: Tick[] = [];
    let page: TradePage;
    try {
      page = await this.#aggTrades(symbol, { startTime: startMs, endTime: endMs, limit: this.#limits.pageRows }, asking);
    } catch (fault) {
      if (isTapeRefusal(fault)) return [];
      throw fault;
    }
    for (;;) {
      const within = page.rows.flatMap(({ tick }) => (tick && tick.timeMs <= endMs ? [tick] : []));
      ticks.push(...within);
      const last = page.rows.at(-1);
      if (!last || this.isEnd(page) || (last.tick && last.tick.timeMs > endMs)) return ticks;
      page = await this.tradesFrom(symbol, last.id + 1, asking);
    }
  }

  async symbols(signal: AbortSignal): Promise<readonly SymbolInfo[]> {
    return accepted(this.#venue.parseSymbols(await this.#get(this.#venue.exchangeInfo, {}, { urgency: 'check', signal })));
  }

  async prices(signal: AbortSignal): Promise<readonly CheckedPrice[]> {
    return accepted(parsePrices(await this.#get(this.#venue.prices, {}, { urgency: 'check', signal })));
  }

  /** The exchange's time when it answered, ms since 1970 UTC. */
  async serverTime(signal: AbortSignal): Promise<number> {
    return accepted(parseServerTime(await this.#get(this.#venue.time, {}, { urgency: 'check', signal })));
  }

  /** A symbol's newest trade; undefined where there is none. */
  async newest(symbol: string, asking: Asking): Promise<Tick | undefined> {
    const { rows } = await this.#aggTrades(symbol, { limit: NEWEST_ROWS }, asking);
    return rows.findLast((row) => row.tick !== null)?.tick ?? undefined;
  }

  /** The first page with rows from `fromTimeMs` on; `newest` is known to be one of them or to follow them. */
  async #search(symbol: string, fromTimeMs: number, newest: Tick, asking: Asking): Promise<TradePage> {
    const { searchWindowMs, tapeHorizonMs } = this.#venue;
    const limit = this.#limits.pageRows;
    const newestMs = newest.timeMs;
    for (let startTime = fromTimeMs; startTime <= newestMs; startTime += (searchWindowMs ?? Infinity) + 1) {
      const window = searchWindowMs === null ? { startTime, limit } : { startTime, endTime: startTime + searchWindowMs, limit };
      try {
        const page = await this.#aggTrades(symbol, window, asking);
        if (page.rows.length > 0) return page;
      } catch (fault) {
        const isBeyondHorizon = tapeHorizonMs !== null && startTime < newestMs - tapeHorizonMs;
        if (!isBeyondHorizon || !isTapeRefusal(fault)) throw fault;
      }
    }
    // The newest row exists, so an empty search means that the answers do not fit together: ask again later.
    throw new RestFault('MALFORMED', `aggTrades of ${symbol} from ${fromTimeMs} on are empty although ${newest.id} exists`);
  }

  async #aggTrades(symbol: string, query: Readonly<Record<string, number>>, asking: Asking): Promise<TradePage> {
    const answer = await this.#get(this.#venue.aggTrades, { symbol, ...query }, asking);
    return accepted(parseAggTrades(answer, this.#venue.marketType, symbol));
  }

  #get(call: RestCall, query: Readonly<Record<string, string | number>>, asking: Asking): Promise<unknown> {
    const parameters = Object.entries(query)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    // Of the prices of futures Binance says that the count of used weight in the answer is not accurate.
    const isWeightTold = call !== this.#venue.prices;
    return this.#queue.get({ path: parameters ? `${call.path}?${parameters}` : call.path, weight: call.weight, isWeightTold, ...asking });
  }
}

/** True where the exchange does not give trades although it knows the symbol: it keeps them only for so long. */
export function isTapeRefusal(fault: unknown): boolean {
  return fault instanceof RestFault && fault.status === 400 && fault.code !== UNKNOWN_SYMBOL;
}

function accepted<T>(parsed: Parsed<T>): T {
  if ('refused' in parsed) throw new RestFault('MALFORMED', parsed.refused);
  return parsed.value;
}
