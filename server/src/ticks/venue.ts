import { parseFuturesSymbols, parseSpotSymbols } from './binance-answers.ts';
import type { Parsed } from './binance-answers.ts';
import type { SymbolInfo } from './symbol-list.ts';
import type { MarketType } from './tick.ts';

const HOUR_MS = 3_600_000;

/** All that differs between Binance's spot market and its USD-margined futures. */
export interface Venue {
  readonly marketType: MarketType;
  /** Path of the combined stream. Futures serve aggTrade only under /market; the old path connects and stays silent. */
  readonly streamPath: string;
  /** A stream that sends every second, so that silence means a dead connection. */
  readonly sentinelStream: string;
  /** Least time between two messages to the exchange, pongs counted: below its 5 (spot) and 10 (futures) a second. */
  readonly messageSpacingMs: number;
  /** Aggregate trade id of a symbol's very first trade. */
  readonly firstTradeId: number;
  /** Longest startTime–endTime span of one aggTrades request; null where startTime alone reaches as far as the tape. */
  readonly searchWindowMs: number | null;
  /** How far back aggTrades surely reaches; null where it reaches everything. */
  readonly tapeHorizonMs: number | null;
  /**
   * How long a stream without a known hole may prove by itself that nothing was missed, before REST is asked. A busy symbol
   * does so at its next trade, which saves weight where a request is dear: after a reconnect all symbols ask at once.
   */
  readonly proofDelayMs: number;
  /** Request weight the exchange allows per minute and address. */
  readonly weightPerMinute: number;
  readonly aggTrades: RestCall;
  /** With less than 500 rows. */
  readonly candles: RestCall;
  readonly exchangeInfo: RestCall;
  readonly prices: RestCall;
  readonly time: RestCall;
  readonly parseSymbols: (answer: unknown) => Parsed<readonly SymbolInfo[]>;
}

export interface RestCall {
  readonly path: string;
  readonly weight: number;
}

/** Sources: Binance's spot and USD-M documentation, state of November 2026. */
export const VENUES: Readonly<Record<MarketType, Venue>> = {
  SPOT: {
    marketType: 'SPOT',
    streamPath: '/stream',
    sentinelStream: 'btcusdt@kline_1s',
    messageSpacingMs: 300,
    firstTradeId: 0,
    searchWindowMs: null,
    tapeHorizonMs: null,
    proofDelayMs: 0,
    weightPerMinute: 6_000,
    aggTrades: { path: '/api/v3/aggTrades', weight: 4 },
    candles: { path: '/api/v3/klines', weight: 2 },
    exchangeInfo: { path: '/api/v3/exchangeInfo', weight: 20 },
    prices: { path: '/api/v3/ticker/price', weight: 4 },
    time: { path: '/api/v3/time', weight: 1 },
    parseSymbols: parseSpotSymbols,
  },
  FUTURES: {
    marketType: 'FUTURES',
    streamPath: '/market/stream',
    sentinelStream: 'btcusdt@markPrice@1s',
    messageSpacingMs: 150,
    firstTradeId: 1,
    searchWindowMs: HOUR_MS - 1, // the window must be below one hour
    tapeHorizonMs: 24 * HOUR_MS, // 48 h by the newest documentation, 24 h by the one before
    proofDelayMs: 1_000,
    weightPerMinute: 2_400,
    aggTrades: { path: '/fapi/v1/aggTrades', weight: 20 },
    candles: { path: '/fapi/v1/klines', weight: 2 },
    exchangeInfo: { path: '/fapi/v1/exchangeInfo', weight: 1 },
    prices: { path: '/fapi/v2/ticker/price', weight: 2 },
    time: { path: '/fapi/v1/time', weight: 1 },
    parseSymbols: parseFuturesSymbols,
  },
};
