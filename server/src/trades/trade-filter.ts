import type { MarketType } from '../ticks/tick.ts';
import type { TradeRow } from './rows.ts';
import type { Direction, TradeStatus } from './trade.ts';

/**
 * Which trades are meant. Every condition narrows; a list matches any of its values. `from` and `to` bound the exit time of
 * closed trades and the entry time of open ones, both inclusive.
 */
export interface TradeFilter {
  /** Slugs of bots. */
  readonly bot?: readonly string[] | null | undefined;
  readonly strategy?: readonly string[] | null | undefined;
  readonly symbol?: readonly string[] | null | undefined;
  readonly marketType?: readonly MarketType[] | null | undefined;
  readonly direction?: readonly Direction[] | null | undefined;
  readonly timeframe?: readonly string[] | null | undefined;
  readonly status?: readonly TradeStatus[] | null | undefined;
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}

/** The same rule that the database's WHERE follows (trades.store.ts), for what is already in memory. */
export function matchesFilter(trade: TradeRow, filter: TradeFilter | null | undefined): boolean {
  if (!filter) return true;
  const at = trade.exitTime ?? trade.entryTime;
  return (
    isAnyOf(filter.bot, trade.signal.bot.slug) &&
    isAnyOf(filter.strategy, trade.signal.strategy) &&
    isAnyOf(filter.symbol, trade.symbol) &&
    isAnyOf(filter.marketType, trade.marketType) &&
    isAnyOf(filter.direction, trade.direction) &&
    isAnyOf(filter.timeframe, trade.signal.timeframe) &&
    isAnyOf(filter.status, trade.status) &&
    (!filter.from || at >= filter.from) &&
    (!filter.to || at <= filter.to)
  );
}

function isAnyOf(allowed: readonly string[] | null | undefined, value: string): boolean {
  return !allowed || allowed.includes(value);
}
