import type { PageRequest } from '#lib/graphql/page-answer.ts';
import { readFilters, toTradeFilter, type Filters } from '#lib/url/filters.ts';
import { historyVariables, readHistory, type HistoryAddress } from '#lib/url/history.ts';

/** What an address under /bot-performance means. */
export interface View {
  filters: Filters;
  /** Parts of the address that cannot be meant. */
  ignored: string[];
  history: HistoryAddress;
  /** Whether the chart also shows the same money in BTC. */
  benchmark: boolean;
}

export function readView(params: URLSearchParams): View {
  return { ...readFilters(params), history: readHistory(params), benchmark: params.get('benchmark') === 'btc' };
}

/** @param now milliseconds */
export function requestOf(routeId: string | null, { filters, history, benchmark }: View, now: number): PageRequest {
  return {
    filter: toTradeFilter(filters, now),
    curve: routeId === '/bot-performance',
    benchmark: benchmark && routeId === '/bot-performance',
    analysis: routeId === '/bot-performance/analysis',
    history: routeId === '/bot-performance/history' ? historyVariables(history) : null,
  };
}
