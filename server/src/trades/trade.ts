import type { Decimal } from '../kernel/decimal.ts';

/** LONG earns when the price rises, SHORT when it falls. */
export type Direction = 'LONG' | 'SHORT';
export const DIRECTIONS: readonly Direction[] = ['LONG', 'SHORT'];

export const TRADE_STATUSES = ['OPEN', 'CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'] as const;
export type TradeStatus = (typeof TRADE_STATUSES)[number];
export type ClosedStatus = Exclude<TradeStatus, 'OPEN'>;

/** What can happen to a trade. */
export const TRADE_HAPPENINGS = ['TAKE_PROFIT_REACHED', 'STOP_LOSS_REACHED', 'TIME_STOP_REACHED', 'SYMBOL_DELISTED'] as const;
export type TradeHappening = (typeof TRADE_HAPPENINGS)[number];

/**
 * The only legal moves of a trade: each happening closes an open one, and nothing moves a closed one. The database
 * refuses every other move by itself (trigger paper_trades_close_once).
 */
const TRANSITIONS: Readonly<Record<TradeStatus, Readonly<Partial<Record<TradeHappening, ClosedStatus>>>>> = {
  OPEN: {
    TAKE_PROFIT_REACHED: 'CLOSED_TP',
    STOP_LOSS_REACHED: 'CLOSED_SL',
    TIME_STOP_REACHED: 'CLOSED_EXPIRED',
    SYMBOL_DELISTED: 'CLOSED_DELISTED',
  },
  CLOSED_TP: {},
  CLOSED_SL: {},
  CLOSED_EXPIRED: {},
  CLOSED_DELISTED: {},
};

/** The status after `happening`, or undefined where that move is not allowed. */
export function nextStatus(status: TradeStatus, happening: TradeHappening): ClosedStatus | undefined {
  return TRANSITIONS[status][happening];
}

export interface Levels {
  readonly direction: Direction;
  readonly takeProfit: Decimal;
  readonly stopLoss: Decimal;
}

/** Which level `price` reaches; touching counts. One price can never reach both, as entry lies strictly between them. */
export function levelReached(levels: Levels, price: Decimal): 'TAKE_PROFIT_REACHED' | 'STOP_LOSS_REACHED' | undefined {
  const { direction, takeProfit, stopLoss } = levels;
  if (direction === 'LONG') {
    if (price.gte(takeProfit)) return 'TAKE_PROFIT_REACHED';
    if (price.lte(stopLoss)) return 'STOP_LOSS_REACHED';
  } else {
    if (price.lte(takeProfit)) return 'TAKE_PROFIT_REACHED';
    if (price.gte(stopLoss)) return 'STOP_LOSS_REACHED';
  }
  return undefined;
}

/** The price a closed trade gets: a take profit its level and never better, everything else the tick's price. */
export function exitPriceFor(status: ClosedStatus, takeProfit: Decimal, tickPrice: Decimal): Decimal {
  return status === 'CLOSED_TP' ? takeProfit : tickPrice;
}
