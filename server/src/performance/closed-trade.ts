import type { Decimal } from '../kernel/decimal.ts';
import type { MarketType } from '../ticks/tick.ts';
import { rMultiple } from '../trades/profit.ts';
import type { TradeResult } from '../trades/trade-filter.ts';
import type { ClosedStatus, Direction } from '../trades/trade.ts';
import { toUnits } from './money-units.ts';

/**
 * What the metrics need to know of a closed trade. Money is in the quote currency with at most 8 decimals.
 *
 * A list of them is always in the order of closure, that is by the sequence of the closing event. Exit times mostly rise in that
 * order but need not: a closure found late, by a gap's repair, stands behind younger ones.
 */
export interface ClosedTrade {
  readonly id: string;
  /** Of the closing event. */
  readonly closedSequence: bigint;
  /** Slug of the bot. */
  readonly bot: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly marketType: MarketType;
  readonly timeframe: string;
  readonly direction: Direction;
  readonly status: ClosedStatus;
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  /** Never equal to the entry price. */
  readonly stopLoss: Decimal;
  readonly takeProfit: Decimal;
  /** Per side, as a share of the traded value. */
  readonly feeRate: Decimal;
  readonly positionSize: Decimal;
  readonly grossPnl: Decimal;
  readonly fees: Decimal;
  readonly realizedPnl: Decimal;
  /** The server's time of receipt, ms since 1970 UTC. */
  readonly entryTimeMs: number;
  /** The exchange's time of the closing tick, ms since 1970 UTC; clocks differ, so it may lie some ms before the entry. */
  readonly exitTimeMs: number;
  /** One candle reached both levels and the stop loss was taken to be first. */
  readonly ambiguous: boolean;
  /** Worked out once, as filters and metrics ask for them again and again: money in units of 1e-8. */
  readonly atMs: number;
  readonly result: TradeResult;
  readonly pnlUnits: bigint;
  readonly grossUnits: bigint;
  readonly feesUnits: bigint;
  readonly rMultiple: number;
}

export type ClosedTradeFields = Omit<ClosedTrade, 'atMs' | 'result' | 'pnlUnits' | 'grossUnits' | 'feesUnits' | 'rMultiple'>;

/** Throws a RangeError for money with more than 8 decimals. */
export function closedTradeOf<T extends ClosedTradeFields>(fields: T): T & ClosedTrade {
  const pnlUnits = toUnits(fields.realizedPnl);
  return {
    ...fields,
    atMs: fields.exitTimeMs,
    result: pnlUnits > 0n ? 'WIN' : pnlUnits < 0n ? 'LOSS' : 'FLAT',
    pnlUnits,
    grossUnits: toUnits(fields.grossPnl),
    feesUnits: toUnits(fields.fees),
    rMultiple: rMultiple(fields),
  };
}
