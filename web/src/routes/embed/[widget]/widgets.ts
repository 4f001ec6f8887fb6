import type { PageRequest } from '#lib/graphql/page-answer.ts';
import { readFilters, toTradeFilter } from '#lib/url/filters.ts';

export const WIDGETS = ['summary', 'equity'] as const;
export type Widget = (typeof WIDGETS)[number];

/** What an embedded piece shows: the page's filters count there too. @param nowMs when a period that ends now is worked out */
export function requestOf(widget: string, params: URLSearchParams, nowMs: number): PageRequest {
  return { filter: toTradeFilter(readFilters(params).filters, nowMs), curve: widget === 'equity', benchmark: false, analysis: false, history: null };
}
