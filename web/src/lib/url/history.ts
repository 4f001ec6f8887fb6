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

export type Sort = keyof typeof SORTS;
export type SortDirection = 'asc' | 'desc';

export interface HistoryAddress {
  sort: Sort;
  direction: SortDirection;
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

/** Reads an address; what is unknown becomes the default: newest closed first. */
export function readHistory(params: Pick<URLSearchParams, 'get'>): HistoryAddress {
  const sort = params.get('sort');
  const known = sort !== null && Object.hasOwn(SORTS, sort);
  const after = params.get('after') || null;
  return {
    sort: known ? (sort as Sort) : 'closed',
    direction: params.get('dir') === 'asc' ? 'asc' : 'desc',
    after,
    before: after ? null : params.get('before') || null,
  };
}

/** The query string of an address, with "?" in front; empty for the default one. */
export function historyHref(address: Partial<HistoryAddress>): string {
  const params = new URLSearchParams();
  if (address.sort && address.sort !== 'closed') params.set('sort', address.sort);
  if (address.direction === 'asc') params.set('dir', 'asc');
  if (address.after) params.set('after', address.after);
  else if (address.before) params.set('before', address.before);
  const query = params.toString();
  return query ? `?${query}` : '';
}

/** Where a column's head leads: the other direction when it is sorted by already, else that column, largest or newest first. */
export function sortHref(address: HistoryAddress, sort: Sort): string {
  const first: SortDirection = sort === 'symbol' ? 'asc' : 'desc';
  const other: SortDirection = address.direction === 'desc' ? 'asc' : 'desc';
  return historyHref({ sort, direction: address.sort === sort ? other : first });
}

/** A page is asked for by the cursor beside it, so that new closures never shift rows between pages. */
export function historyVariables({ sort, direction, after, before }: HistoryAddress): HistoryVariables {
  const orderBy = { field: SORTS[sort], direction: direction === 'asc' ? 'ASC' : 'DESC' } as const;
  if (before) return { orderBy, last: PAGE_SIZE, before };
  return { orderBy, first: PAGE_SIZE, ...(after ? { after } : {}) };
}
