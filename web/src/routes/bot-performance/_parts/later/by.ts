import type { Choices } from '#lib/graphql/page-answer.ts';
import type { Loaded } from '#lib/graphql/loaded.ts';
import { filterSearch, type Filters, type TradeFilter } from '#lib/url/filters.ts';
import { labelOf } from '../filter-words.ts';

/** What trades are compared by, as an address says it, and the API's name of it. Each is a filter too. */
export const BY = { bot: 'BOT', strategy: 'STRATEGY', symbol: 'SYMBOL', timeframe: 'TIMEFRAME', market: 'MARKET_TYPE' } as const;
export type By = keyof typeof BY;
/** The same as the API's filter calls them. */
export const FIELDS = {
  bot: 'bot',
  strategy: 'strategy',
  symbol: 'symbol',
  timeframe: 'timeframe',
  market: 'marketType',
} as const satisfies Record<By, keyof TradeFilter>;
export const BYS = Object.keys(BY) as By[];

/** What is unknown becomes the page's own default. */
export function readBy(value: string | null, standard: By): By {
  return BYS.find((known) => known === value) ?? standard;
}

/** A row's name for readers. */
export function rowName(by: By, key: string, choices: Loaded<Choices>): string {
  return labelOf(by, key, choices.ok ? choices.data : null);
}

/** The overview of one row alone. */
export function rowHref(path: string, filters: Filters, by: By, key: string): string {
  return path + filterSearch({ ...filters, [by]: [key] });
}
