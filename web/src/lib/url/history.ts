import { writeFilters, type Filters } from './filters.ts';

/** The address of one page of the trade history, and what it asks of the API. */

export const PAGE_SIZE = 50;

export const SORTS = {
  closed: 'EXIT_TIME',
  opened: 'ENTRY_TIME',
  symbol: 'SYMBOL',
  held: 'DURATION',
  pnl: 'REALIZED_PNL',
  percent: 'REALIZED_PNL_PCT',
} as const;

/** In the order in which they stand in the table; symbol and profit are always shown. */
export const COLUMNS = [
  'closed',
  'symbol',
  'market',
  'timeframe',
  'strategy',
  'side',
  'entry',
  'exit',
  'reason',
  'held',
  'fees',
  'pnl',
  'percent',
] as const;
export const ALWAYS_SHOWN: readonly Column[] = ['symbol', 'pnl'];

export type Column = (typeof COLUMNS)[number];
export type Sort = keyof typeof SORTS;
export type SortDirection = 'asc' | 'desc';

export interface HistoryAddress {
  sort: Sort;
  direction: SortDirection;
  /** Columns that are shown. */
  columns: readonly Column[];
  after: string | null;
  before: string | null;
}

export interface HistoryVariables {
  orderBy: { field: (typeof SORTS)[Sort]; direction: 'ASC' | 'DESC' };
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

/** Reads an address; what is unknown becomes the default: newest closed first, all columns. */
export function readHistory(params: Pick<URLSearchParams, 'get' | 'getAll'>): HistoryAddress {
  const sort = params.get('sort');
  const known = sort !== null && Object.hasOwn(SORTS, sort);
  const after = params.get('after') || null;
  const chosen = params.getAll('col').filter((name) => COLUMNS.some((column) => column === name));
  return {
    sort: known ? (sort as Sort) : 'closed',
    direction: params.get('dir') === 'asc' ? 'asc' : 'desc',
    columns: COLUMNS.filter((column) => chosen.length === 0 || chosen.includes(column) || ALWAYS_SHOWN.includes(column)),
    after,
    before: after ? null : params.get('before') || null,
  };
}

/** What an address says beside filters and place: the choices that a form has to carry on. */
export function historyParams({ sort, direction, columns }: Pick<HistoryAddress, 'sort' | 'direction' | 'columns'>): URLSearchParams {
  const params = new URLSearchParams();
  if (sort !== 'closed') params.set('sort', sort);
  if (direction === 'asc') params.set('dir', 'asc');
  if (columns.length < COLUMNS.length) for (const column of columns) params.append('col', column);
  return params;
}

/** The query string of an address with its filters, with "?" in front; empty for the default one. */
export function historySearch(filters: Filters, address: HistoryAddress): string {
  const params = new URLSearchParams([...writeFilters(filters), ...historyParams(address)]);
  if (address.after) params.set('after', address.after);
  else if (address.before) params.set('before', address.before);
  const query = params.toString();
  return query && `?${query}`;
}

/** Where a column's head leads: the other direction when it is sorted by already, else that column, largest or newest first. */
export function sortSearch(filters: Filters, address: HistoryAddress, sort: Sort): string {
  const first: SortDirection = sort === 'symbol' ? 'asc' : 'desc';
  const other: SortDirection = address.direction === 'desc' ? 'asc' : 'desc';
  const direction = address.sort === sort ? other : first;
  return historySearch(filters, { ...address, sort, direction, after: null, before: null });
}

/** A page is asked for by the cursor beside it, so that new closures never shift rows between pages. */
export function historyVariables({ sort, direction, after, before }: HistoryAddress): HistoryVariables {
  const orderBy = { field: SORTS[sort], direction: direction === 'asc' ? 'ASC' : 'DESC' } as const;
  if (before) return { orderBy, last: PAGE_SIZE, before };
  return { orderBy, first: PAGE_SIZE, ...(after ? { after } : {}) };
}
