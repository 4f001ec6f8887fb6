import type { Prisma } from '../generated/prisma/client.ts';

/** A trade as read from the database, always with its signal and that signal's bot. */
export const TRADE_INCLUDE = { signal: { include: { bot: true } } } as const;
export type TradeRow = Prisma.PaperTradeGetPayload<{ include: typeof TRADE_INCLUDE }>;

/** A signal as read from the database, always with its bot and its trade. */
export const SIGNAL_INCLUDE = { bot: true, trade: true } as const;
export type SignalRow = Prisma.SignalGetPayload<{ include: typeof SIGNAL_INCLUDE }>;

/** The trade of a signal row, with its way back to the signal. */
export function tradeOf(signal: SignalRow): TradeRow | null {
  return signal.trade && { ...signal.trade, signal };
}

/** The signal of a trade row, with its way back to the trade. */
export function signalOf(trade: TradeRow): SignalRow {
  return { ...trade.signal, trade };
}
