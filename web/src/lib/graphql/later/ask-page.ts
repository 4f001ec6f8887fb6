import type { ResultOf, TadaDocumentNode } from 'gql.tada';
import { LATEST_LIMIT } from '#lib/live/live-store.svelte.ts';
import { AnalysisQueries, ExcursionsQuery, type Analysis } from './analysis-query.ts';
import { createGraphql, type Graphql } from './client.ts';
import { mapLoaded, UNREACHABLE, type Loaded } from '../loaded.ts';
import { unreachable, type PageAnswer, type PageRequest } from '../page-answer.ts';
import { BenchmarkQuery, PageQuery, PartQueries } from './page-query.ts';

const CLOSED = ['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'] as const;
/** Of the equity line; live points come on top. */
const CURVE_POINTS = 300;
const CALENDAR_DAYS = 366;

type Part = keyof typeof PartQueries;
type Parts = { [Name in Part]: Loaded<ResultOf<(typeof PartQueries)[Name]>> };

/** Everything of a page in one query. Only when that fails, each part is asked for alone, so that those which can be had are shown. */
export async function askPage(fetch: typeof globalThis.fetch, request: PageRequest): Promise<PageAnswer> {
  const { filter, curve, analysis, benchmark, history } = request;
  const variables = {
    filter,
    closed: { ...filter, status: [...CLOSED] },
    latest: LATEST_LIMIT,
    curve,
    points: CURVE_POINTS,
    analysis,
    history: history !== null,
    ...history,
  };
  const api = createGraphql(fetch);
  const [whole, held, excursions] = await Promise.all([
    api.query(PageQuery, variables),
    benchmark ? api.query(BenchmarkQuery, { filter }) : null,
    analysis ? api.query(ExcursionsQuery, { closed: variables.closed }) : null,
  ]);
  const beside = {
    benchmark: held && mapLoaded(held, (data) => data.benchmark),
    excursions: excursions && mapLoaded(excursions, (data) => data.excursions.edges.map(({ node }) => node)),
  };
  if (whole.ok) {
    const { data } = whole;
    const parts = Object.fromEntries(Object.keys(PartQueries).map((name) => [name, { ok: true, data }]));
    return { ...toAnswer(parts as unknown as Parts, request), ...beside };
  }
  if (whole.code === UNREACHABLE) return unreachable(filter);
  return { ...toAnswer(await askParts(api, variables, request), request), ...beside };
}

async function askParts(api: Graphql, variables: object, { curve, analysis, history }: PageRequest): Promise<Parts> {
  const names = (Object.keys(PartQueries) as Part[]).filter(
    (name) => (name !== 'curve' || curve) && (name !== 'history' || history) && (analysis || !(name in AnalysisQueries)),
  );
  // The API leaves variables alone that a query does not name.
  const ask = async (name: Part) => [name, await api.query<unknown, object>(PartQueries[name] as TadaDocumentNode, variables)] as const;
  return Object.fromEntries(await Promise.all(names.map(ask))) as Parts;
}

/** Parts that were not asked for are nowhere shown. */
function toAnswer(parts: Parts, { filter, curve, analysis, history }: PageRequest): PageAnswer {
  const missing = unreachable(filter);
  const keys = (rows: { key: string }[]): string[] => rows.map(({ key }) => key);
  return {
    ...missing,
    filter,
    snapshot: {
      performance: mapLoaded(parts.performance, (data) => data.performance),
      feeds: mapLoaded(parts.feeds, (data) => data.marketFeeds),
      open: mapLoaded(parts.open, (data) => data.openPositions),
      latest: mapLoaded(parts.latest, (data) => data.latest.edges.map(({ node }) => node)),
    },
    settings: mapLoaded(parts.settings, (data) => data.settings),
    choices: mapLoaded(parts.choices, ({ bots, symbols, strategies, timeframes }) => ({
      symbol: keys(symbols).sort(),
      strategy: keys(strategies).sort(),
      timeframe: keys(timeframes),
      bot: bots,
    })),
    curve: curve ? mapLoaded(parts.curve, (data) => data.equityCurve) : missing.curve,
    analysis: analysis ? toAnalysis(parts) : null,
    history: history ? mapLoaded(parts.history, (data) => data.trades) : missing.history,
  };
}

function toAnalysis(parts: Parts): Analysis {
  return {
    months: mapLoaded(parts.months, ({ months }) => months),
    // The calendar shows a year at most.
    days: mapLoaded(parts.days, ({ days }) => days.slice(-CALENDAR_DAYS)),
    distribution: mapLoaded(parts.distribution, ({ distribution }) => distribution),
    symbol: mapLoaded(parts.symbol, ({ symbol }) => symbol),
    strategy: mapLoaded(parts.strategy, ({ strategy }) => strategy),
    timeframe: mapLoaded(parts.timeframe, ({ timeframe }) => timeframe),
    weekday: mapLoaded(parts.weekday, ({ weekday }) => weekday),
    hour: mapLoaded(parts.hour, ({ hour }) => hour),
  };
}
