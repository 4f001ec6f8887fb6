import { writeFilters, type Filters } from '#lib/url/filters.ts';
import { readBy, type By } from '../_parts/later/by.ts';

/** What a row must have to be ranked. */
export const MIN_TRADES = 30;
export const MIN_DAYS = 14;

/** The orders as an address says them; the first is the default. */
export const SORTS = {
  'expectancy-low': 'EXPECTANCY_LOWER_BOUND',
  expectancy: 'EXPECTANCY',
  pnl: 'TOTAL_PNL',
  'win-rate': 'WIN_RATE',
  'profit-factor': 'PROFIT_FACTOR',
  sharpe: 'SHARPE',
} as const;
export type BoardSort = keyof typeof SORTS;
export const BOARD_SORTS = Object.keys(SORTS) as BoardSort[];

export interface BoardAddress {
  by: By;
  sort: BoardSort;
}

/** Reads an address; what is unknown becomes the default. */
export function readBoard(params: Pick<URLSearchParams, 'get'>): BoardAddress {
  return {
    by: readBy(params.get('by'), 'bot'),
    sort: BOARD_SORTS.find((known) => known === params.get('sort')) ?? 'expectancy-low',
  };
}

/** The query string of an address with its filters, with "?" in front; empty for the default one. */
export function boardSearch(filters: Filters, { by, sort }: BoardAddress): string {
  const params = writeFilters(filters);
  if (by !== 'bot') params.set('by', by);
  if (sort !== 'expectancy-low') params.set('sort', sort);
  const query = params.toString();
  return query && `?${query}`;
}

const DAY_MS = 86_400_000;

export interface Evidence {
  closedTrades: number;
  firstEntryAt: string | null;
  asOf: string;
}

/** Whole days of 24 hours since the first entry. */
export function daysOf({ firstEntryAt, asOf }: Pick<Evidence, 'firstEntryAt' | 'asOf'>): number {
  return firstEntryAt === null ? 0 : Math.max(0, Math.floor((Date.parse(asOf) - Date.parse(firstEntryAt)) / DAY_MS));
}

/** How much more a row needs to be ranked. */
export function missing(evidence: Evidence): { trades: number; days: number } {
  return { trades: Math.max(0, MIN_TRADES - evidence.closedTrades), days: Math.max(0, MIN_DAYS - daysOf(evidence)) };
}
