/** SPOT, or FUTURES meaning USD-margined perpetuals. */
export type MarketType = 'SPOT' | 'FUTURES';
export const MARKET_TYPES: readonly MarketType[] = ['SPOT', 'FUTURES'];

/** Where a tick was read: off the live stream, from a later REST request, or out of a candle. */
export const TICK_SOURCES = ['LIVE', 'BACKFILL', 'CANDLE'] as const;
export type TickSource = (typeof TICK_SOURCES)[number];

/** One aggregate trade of the exchange. */
export interface Tick {
  readonly marketType: MarketType;
  /** As the exchange writes it, upper case; may hold non-ASCII letters. */
  readonly symbol: string;
  /** Aggregate trade id: grows by 1 per symbol and market. */
  readonly id: number;
  /** Plain decimal digits as received, trailing zeros and all. */
  readonly price: string;
  readonly quantity: string;
  /** The exchange's trade time, ms since 1970 UTC. */
  readonly timeMs: number;
  readonly source: TickSource;
}

/** Names a symbol across markets: BTCUSDT trades on both. */
export type SymbolKey = `${MarketType}:${string}`;

export function symbolKey(marketType: MarketType, symbol: string): SymbolKey {
  return `${marketType}:${symbol}`;
}

/**
 * The point in a symbol's stream after which ticks count: after this aggregate trade id or, where that is unknown,
 * from this exchange time on.
 */
export interface StreamPoint {
  readonly afterTradeId: number | null;
  /** ms since 1970 UTC; decides only where `afterTradeId` is null. */
  readonly fromTimeMs: number;
}

/** True when `tick` comes after `point`. */
export function isAfter(tick: Pick<Tick, 'id' | 'timeMs'>, point: StreamPoint): boolean {
  return point.afterTradeId === null ? tick.timeMs >= point.fromTimeMs : tick.id > point.afterTradeId;
}
