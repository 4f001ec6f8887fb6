import type { Snapshot } from '#lib/live/live-store.svelte.ts';
import type { TradeFilter } from '#lib/url/filters.ts';
import type { HistoryVariables } from '#lib/url/history.ts';
import type { Analysis, ExcursionTrade } from './later/analysis-query.ts';
import { UNREACHABLE, type Loaded } from './loaded.ts';
import type { BenchmarkPoint, ClosedTrades, EquityPoint, Settings } from './later/page-query.ts';

/** What a page asks for. */
export interface PageRequest {
  filter: TradeFilter;
  /** Whether the page has the equity chart. */
  curve: boolean;
  /** Whether it is compared with the same money in BTC. */
  benchmark: boolean;
  /** Whether it has the charts of the analysis. */
  analysis: boolean;
  /** The page of the history, where there is one. */
  history: HistoryVariables | null;
}

/** The values that the record offers to filter by. */
export interface Choices {
  symbol: string[];
  strategy: string[];
  timeframe: string[];
  bot: { slug: string; name: string }[];
}

/** What it shows at first, and again after each change of its address; live news come on top. */
export interface PageAnswer {
  /** What was asked with: the live updates and the download ask the same. */
  filter: TradeFilter;
  snapshot: Snapshot;
  settings: Loaded<Settings>;
  choices: Loaded<Choices>;
  curve: Loaded<EquityPoint[]>;
  /** Null where it was not asked for. */
  benchmark: Loaded<BenchmarkPoint[]> | null;
  /** Of the newest closed trades; null where the page does not show it. */
  excursions: Loaded<ExcursionTrade[]> | null;
  /** Null where the page has no such charts, or nothing could be asked at all. */
  analysis: Analysis | null;
  history: Loaded<ClosedTrades>;
}

export function unreachable(filter: TradeFilter): PageAnswer {
  const missing = { ok: false, code: UNREACHABLE } as const;
  const snapshot = { performance: missing, feeds: missing, open: missing, latest: missing };
  return {
    filter,
    snapshot,
    settings: missing,
    choices: missing,
    curve: missing,
    benchmark: null,
    excursions: null,
    analysis: null,
    history: missing,
  };
}

/** First answers that were shown: each is good for one page, which must ask anew after that. */
const shown = new WeakSet<PageAnswer>();

/**
 * The first answer once, and after that what the browser asks for. The first page comes with its figures, so what asks for more is
 * fetched when it is first needed; where that fails, the server is away.
 */
export async function nextAnswer(first: PageAnswer, fetch: typeof globalThis.fetch, request: PageRequest): Promise<PageAnswer> {
  if (!shown.has(first)) {
    shown.add(first);
    return first;
  }
  const code = await import('./later/ask-page.ts').catch(() => null);
  return code ? code.askPage(fetch, request) : unreachable(request.filter);
}
