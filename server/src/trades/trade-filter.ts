import type { MarketType } from '../ticks/tick.ts';
import type { TradeRow } from './rows.ts';
import type { Direction, TradeStatus } from './trade.ts';

/** Whether a closed trade's realizedPnl is above, below or exactly 0; an open trade has no result. */
export const TRADE_RESULTS = ['WIN', 'LOSS', 'FLAT'] as const;
export type TradeResult = (typeof TRADE_RESULTS)[number];

/**
 * Which trades are meant. Every condition narrows; a list matches any of its values, and an empty one is no condition. `from`
 * and `to` bound the exit time of closed trades and the entry time of open ones, both inclusive.
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
  readonly result?: readonly TradeResult[] | null | undefined;
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}

/** What a filter looks at. */
export interface TradeFacts {
  readonly bot: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly marketType: string;
  readonly direction: string;
  readonly timeframe: string;
  readonly status: string;
  readonly result: TradeResult | null;
  /** Of the exit, or of the entry where it is open, ms since 1970 UTC. */
  readonly atMs: number;
}

/** The same rule that the database's WHERE follows (trades.store.ts), for what is already in memory. */
export function meetsFilter(facts: TradeFacts, filter: TradeFilter | null | undefined): boolean {
  if (!filter) return true;
  return (
    isAnyOf(filter.bot, facts.bot) &&
    isAnyOf(filter.strategy, facts.strategy) &&
    isAnyOf(filter.symbol, facts.symbol) &&
    isAnyOf(filter.marketType, facts.marketType) &&
    isAnyOf(filter.direction, facts.direction) &&
    isAnyOf(filter.timeframe, facts.timeframe) &&
    isAnyOf(filter.status, facts.status) &&
    isAnyOf(filter.result, facts.result) &&
    (!filter.from || facts.atMs >= filter.from.getTime()) &&
    (!filter.to || facts.atMs <= filter.to.getTime())
  );
}

export function matchesFilter(trade: TradeRow, filter: TradeFilter | null | undefined): boolean {
  const { signal, symbol, marketType, direction, status } = trade;
  const { strategy, timeframe, bot } = signal;
  const atMs = (trade.exitTime ?? trade.entryTime).getTime();
  return meetsFilter({ bot: bot.slug, strategy, symbol, marketType, direction, timeframe, status, result: resultOf(trade), atMs }, filter);
}

/** The same text for filters that mean the same, whatever the order of their conditions and values. */
export function filterKey(filter: TradeFilter | null | undefined): string {
  const conditions = Object.entries(filter ?? {}).map(([name, value]: [string, TradeFilter[keyof TradeFilter]]): string[] =>
    value == null ? [name] : value instanceof Date ? [name, value.toISOString()] : [name, ...[...new Set<string>(value)].sort()],
  );
  return JSON.stringify(conditions.filter(({ length }) => length > 1).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)));
}

function isAnyOf(allowed: readonly string[] | null | undefined, value: string | null): boolean {
  return !allowed || allowed.length === 0 || (value !== null && allowed.includes(value));
}

function resultOf({ realizedPnl }: TradeRow): TradeResult | null {
  return realizedPnl && (realizedPnl.isZero() ? 'FLAT' : realizedPnl.isPositive() ? 'WIN' : 'LOSS');
}
