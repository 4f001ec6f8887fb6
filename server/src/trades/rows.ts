import { Prisma } from '../generated/prisma/client.ts';

/** A trade as read from the database, always with its signal and that signal's bot. */
export const TRADE_INCLUDE = { signal: { include: { bot: true } } } as const;
export type TradeRow = Prisma.PaperTradeGetPayload<{ include: typeof TRADE_INCLUDE }>;

/** A signal as read from the database, always with its bot and its trade. */
export const SIGNAL_INCLUDE = { bot: true, trade: true } as const;
export type SignalRow = Prisma.SignalGetPayload<{ include: typeof SIGNAL_INCLUDE }>;

/** The columns of a table for a statement that reads several at once, and what they make of a row of its answer. */
function columnsOf<Fields>(alias: string, fields: object) {
  const names = Object.keys(fields);
  const column = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    list: Prisma.raw(names.map((name) => `${alias}.${column(name)} AS "${alias}.${name}"`).join(', ')),
    of: (row: JoinedRow) => Object.fromEntries(names.map((name) => [name, row[`${alias}.${name}`]])) as Fields,
  };
}

type JoinedRow = Readonly<Record<string, unknown>>;
const SIGNAL = columnsOf<Omit<SignalRow, 'bot' | 'trade'>>('s', Prisma.SignalScalarFieldEnum);
const BOT = columnsOf<SignalRow['bot']>('b', Prisma.BotScalarFieldEnum);
const TRADE = columnsOf<NonNullable<SignalRow['trade']>>('t', Prisma.PaperTradeScalarFieldEnum);

/**
 * Signals `s` with their bot `b` and their trade `t`, for one statement instead of the three that an include takes. (One that joins
 * as Prisma does, `relationLoadStrategy: 'join'`, rounds each `numeric` to a double.)
 */
export const JOINED_SIGNAL = {
  columns: Prisma.sql`${SIGNAL.list}, ${BOT.list}, ${TRADE.list}`,
  joins: Prisma.sql`JOIN bots b ON b.id = s.bot_id LEFT JOIN paper_trades t ON t.signal_id = s.id`,
  of: (row: JoinedRow): SignalRow => ({ ...SIGNAL.of(row), bot: BOT.of(row), trade: row['t.id'] === null ? null : TRADE.of(row) }),
};

/** The trade of a signal row, with its way back to the signal. */
export function tradeOf(signal: SignalRow): TradeRow | null {
  return signal.trade && { ...signal.trade, signal };
}

/** The signal of a trade row, with its way back to the trade. */
export function signalOf(trade: TradeRow): SignalRow {
  return { ...trade.signal, trade };
}
