import { writeFilters, type Filters } from '#lib/url/filters.ts';
import { readBy, type By } from '../_parts/later/by.ts';

/** Lines that can be told apart at once. */
export const MOST_LINES = 4;
/** More names than anybody picks; the rest of a hostile address is not read. */
const PICKS_READ = 20;

/** What the lines have in common along the bottom: the calendar, or how many trades have closed. */
export const AXES = ['time', 'trades'] as const;
export type Axis = (typeof AXES)[number];

export interface CompareAddress {
  by: By;
  axis: Axis;
  /** Keys of the chosen rows; empty: those with most closed trades. */
  pick: readonly string[];
}

/** Reads an address; what is unknown becomes the default. */
export function readCompare(params: Pick<URLSearchParams, 'get' | 'getAll'>): CompareAddress {
  return {
    by: readBy(params.get('by'), 'strategy'),
    axis: AXES.find((known) => known === params.get('axis')) ?? 'time',
    pick: [...new Set(params.getAll('pick'))].slice(0, PICKS_READ),
  };
}

/** What an address says beside the filters. */
export function compareParams({ by, axis, pick }: CompareAddress): URLSearchParams {
  const params = new URLSearchParams();
  if (by !== 'strategy') params.set('by', by);
  if (axis !== 'time') params.set('axis', axis);
  for (const key of pick) params.append('pick', key);
  return params;
}

/** The query string of an address with its filters, with "?" in front; empty for the default one. */
export function compareSearch(filters: Filters, address: CompareAddress): string {
  const query = new URLSearchParams([...writeFilters(filters), ...compareParams(address)]).toString();
  return query && `?${query}`;
}

export interface Choice {
  /** Whose lines are drawn, in the order of the rows. */
  shown: string[];
  /** Picked, but one more than can be drawn. */
  left: string[];
  /** Picked, but not among the rows. */
  unknown: string[];
}

/** @param keys of all rows, those with most closed trades first */
export function chooseLines(keys: readonly string[], pick: readonly string[]): Choice {
  const known = pick.filter((key) => keys.includes(key));
  const unknown = pick.filter((key) => !keys.includes(key));
  const chosen = new Set((known.length > 0 ? known : keys).slice(0, MOST_LINES));
  return { shown: keys.filter((key) => chosen.has(key)), left: known.filter((key) => !chosen.has(key)), unknown };
}
