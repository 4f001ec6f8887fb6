import { Decimal } from '../kernel/decimal.ts';
import type { MarketType, StreamPoint } from '../ticks/tick.ts';
import type { TradeRow } from '../trades/rows.ts';
import type { Direction } from '../trades/trade.ts';

/**
 * How far the moment a trade counts from may be off (dated by the host's clock where the exchange's was not known), and how late a tick
 * may have been heard, where nothing is to be overlooked. What is looked at in vain within it costs requests only.
 */
export const CLOCK_MARGIN_MS = 3_600_000;

/** What the watch list and a closure need of an open trade. */
export interface WatchedTrade {
  readonly id: string;
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly direction: Direction;
  readonly entryPrice: Decimal;
  readonly takeProfit: Decimal;
  readonly stopLoss: Decimal;
  readonly quantity: Decimal;
  readonly positionSize: Decimal;
  readonly feeRate: Decimal;
  /** ms since 1970 UTC; the trade closes at the first tick at or after it. */
  readonly expiresAtMs: number | null;
  /** ms since 1970 UTC. */
  readonly entryTimeMs: number;
  /** The newest market price at entry; null where none was known. */
  readonly marketPriceAtEntry: Decimal | null;
  /** Only ticks after this point may close it. */
  readonly from: StreamPoint;
}

export function watchedTrade(row: TradeRow): WatchedTrade {
  const entryTimeMs = row.entryTime.getTime();
  return {
    id: row.id,
    marketType: row.marketType as MarketType,
    symbol: row.symbol,
    direction: row.direction as Direction,
    entryPrice: new Decimal(row.entryPrice),
    takeProfit: new Decimal(row.takeProfit),
    stopLoss: new Decimal(row.stopLoss),
    quantity: new Decimal(row.quantity),
    positionSize: new Decimal(row.positionSize),
    feeRate: new Decimal(row.feeRate),
    expiresAtMs: row.expiresAt?.getTime() ?? null,
    entryTimeMs,
    marketPriceAtEntry: row.marketPriceAtEntry && new Decimal(row.marketPriceAtEntry),
    from: {
      afterTradeId: row.openedAfterTradeId === null ? null : Number(row.openedAfterTradeId),
      fromTimeMs: row.exchangeTimeAtEntry?.getTime() ?? entryTimeMs, // ticks tell the exchange's time, not the host's
    },
  };
}
