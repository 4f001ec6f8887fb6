import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../src/kernel/clock.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import type { ConnectionLimits } from './connection.ts';
import type { Exchange } from './exchange.ts';
import type { SymbolDefinition } from './listing.ts';
import type { Route } from './stream-name.ts';

export interface ExchangeOptions {
  /** Spot listens here and futures on the next port; 0, the default, takes two free ones. */
  readonly port?: number;
  readonly clock?: Clock;
  /** By default the demo's symbols, none of which has traded yet. */
  readonly symbols?: readonly SymbolDefinition[];
  /** First aggregate trade id of symbols that name none; by default 0 on spot and 1 on futures, as at Binance. */
  readonly firstAggId?: number;
  /** How many trades each symbol's tape keeps; 200,000 by default. */
  readonly maxTapeTrades?: number;
  /** What differs from `BINANCE_LIMITS`, per market. */
  readonly limits?: Partial<Record<MarketType, Partial<ConnectionLimits>>>;
  /** How often regular streams come, ms; 1,000 by default, as at Binance. Less has tests wait less for the first one. */
  readonly beatMs?: number;
  /** Offer permessage-deflate on websockets; off by default. */
  readonly compression?: boolean;
  /** Takes the plain requests that are not REST calls; gives false when the request is not for it. */
  readonly otherRequests?: (exchange: Exchange, request: IncomingMessage, response: ServerResponse) => boolean;
}

const MEBIBYTE = 1_048_576;
const DAY_MS = 86_400_000;
const SHARED_LIMITS = {
  maxStreams: 1_024,
  maxControlBytes: 4_088,
  maxBufferedBytes: 64 * MEBIBYTE,
  flatErrors: false,
  lifeMs: DAY_MS,
  // Not documented; 1000, 1001, 1006 and 1008 were all seen.
  lifeEndCode: 1006,
};

/** The limits that Binance documents, or was seen to keep. */
export const BINANCE_LIMITS: Readonly<Record<MarketType, ConnectionLimits>> = {
  SPOT: { ...SHARED_LIMITS, messagesPerSecond: 5, pingIntervalMs: 20_000, pongTimeoutMs: 60_000 },
  FUTURES: { ...SHARED_LIMITS, messagesPerSecond: 10, pingIntervalMs: 180_000, pongTimeoutMs: 600_000 },
};

/** A trade to print. */
export interface TickInput {
  readonly marketType: MarketType;
  readonly symbol: string;
  /** Plain decimal digits above zero; sent exactly as given. */
  readonly price: string;
  /** "1" by default. */
  readonly quantity?: string;
  /** Trade time, ms since 1970 UTC; now by default. */
  readonly timeMs?: number;
  readonly buyerIsMaker?: boolean;
  /** False puts it on the tape, where REST finds it, and tells nobody: a trade that fell into a gap. */
  readonly broadcast?: boolean;
}

export interface ConnectionInfo {
  readonly id: number;
  readonly marketType: MarketType;
  /** Path and query as the client asked for them. */
  readonly url: string;
  readonly route: Route;
  readonly streams: readonly string[];
  readonly openedMs: number;
}
