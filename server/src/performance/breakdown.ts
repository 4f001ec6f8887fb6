import type { TradeRow } from '../trades/rows.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { Part } from './part.ts';
import type { RecordSlice } from './record-slice.ts';

export const BREAKDOWN_KEYS = ['BOT', 'STRATEGY', 'SYMBOL', 'MARKET_TYPE', 'DIRECTION', 'TIMEFRAME', 'WEEKDAY', 'HOUR'] as const;
export type BreakdownKey = (typeof BREAKDOWN_KEYS)[number];

/** What a trade is sorted by, closed or open. */
type Keyed = Pick<ClosedTrade, 'bot' | 'strategy' | 'symbol' | 'marketType' | 'direction' | 'timeframe'> & { readonly atMs: number };

/** The key of a trade, in words that never change. Days and hours are UTC, Monday is 1; PerformanceStore says the same in SQL of signals. */
const KEY_OF: Readonly<Record<BreakdownKey, (trade: Keyed) => string>> = {
  BOT: ({ bot }) => bot,
  STRATEGY: ({ strategy }) => strategy,
  SYMBOL: ({ symbol }) => symbol,
  MARKET_TYPE: ({ marketType }) => marketType,
  DIRECTION: ({ direction }) => direction,
  TIMEFRAME: ({ timeframe }) => timeframe,
  WEEKDAY: ({ atMs }) => String(new Date(atMs).getUTCDay() || 7),
  HOUR: ({ atMs }) => new Date(atMs).toISOString().slice(11, 13),
};

/** By day or hour a closed trade counts where it was closed and an open one where it was opened, as `from` and `to` of a filter do. */
function keyOfOpen(by: BreakdownKey, trade: TradeRow): string {
  const { signal, symbol, entryTime } = trade;
  const [marketType, direction] = [trade.marketType, trade.direction] as [Keyed['marketType'], Keyed['direction']];
  const { strategy, timeframe } = signal;
  return KEY_OF[by]({ bot: signal.bot.slug, strategy, symbol, marketType, direction, timeframe, atMs: entryTime.getTime() });
}

/**
 * The slice cut by a key: every trade and signal is in exactly one part, so counts and sums of the parts are those of the whole.
 * Parts by day and hour are in the order of time; others by their closed trades, most first, then by key.
 */
export function partsOf({ closed, open, signals }: RecordSlice, by: BreakdownKey): Map<string, Part> {
  const cut = new Map<string, { closed: ClosedTrade[]; open: TradeRow[] }>();
  const at = (key: string) => {
    let part = cut.get(key);
    if (!part) cut.set(key, (part = { closed: [], open: [] }));
    return part;
  };
  for (const trade of closed) at(KEY_OF[by]({ ...trade, atMs: trade.exitTimeMs })).closed.push(trade);
  for (const trade of open) at(keyOfOpen(by, trade)).open.push(trade);
  for (const key of signals.by[by].keys()) at(key);

  const parts = [...cut].map(([key, trades]) => [key, new Part(trades.closed, trades.open, signals.by[by].get(key) ?? 0)] as const);
  const inTime = by === 'WEEKDAY' || by === 'HOUR';
  parts.sort(([a, one], [b, other]) => (inTime ? 0 : other.closed.length - one.closed.length) || (a < b ? -1 : 1));
  return new Map(parts);
}
