import { createGraphql } from '#lib/graphql/later/client.ts';
import { graphql } from '#lib/graphql/later/tada.ts';
import { readFilters, toTradeFilter } from '#lib/url/filters.ts';

const FiguresQuery = graphql(`
  query ShareFigures($filter: TradeFilter) {
    settings {
      startedAt
    }
    marketFeeds {
      simulated
    }
    performance(filter: $filter) {
      sequence
      closedTrades
      wins
      losses
      flats
      totalPnl
      openPositions
      winRate {
        value
      }
      maxDrawdown
    }
  }
`);

/** The figures that are shared outside the pages, of the trades that the address' filters mean. */
export function askFigures(fetch: typeof globalThis.fetch, url: URL, nowMs: number) {
  const { filters } = readFilters(url.searchParams);
  return createGraphql(fetch).query(FiguresQuery, { filter: toTradeFilter(filters, nowMs) });
}

/** A shared picture may be this old: long enough to spare the server a page that is seen by many, short enough to be true. */
export const SHARED_MAX_AGE_SECONDS = 60;
