import type { ResultOf } from 'gql.tada';
import { AnalysisPart, AnalysisQueries } from './analysis-query.ts';
import { FeedSummary, LivePrice, PerformanceSummary, TradeRow } from './documents.ts';
import { graphql } from './tada.ts';

/** What the pages under /bot-performance are made of: one query, so that all numbers of a page are of one moment. */

const SettingsPart = graphql(`
  fragment SettingsPart on Query {
    settings {
      positionSize
      feeRateSpot
      feeRateFutures
      startedAt
      notice
    }
  }
`);

const PerformancePart = graphql(
  `
    fragment PerformancePart on Query {
      performance(filter: $filter) {
        ...PerformanceSummary
      }
    }
  `,
  [PerformanceSummary],
);

const FeedsPart = graphql(
  `
    fragment FeedsPart on Query {
      marketFeeds {
        ...FeedSummary
      }
    }
  `,
  [FeedSummary],
);

const OpenPart = graphql(
  `
    fragment OpenPart on Query {
      openPositions(filter: $filter) {
        asOf
        positions {
          ...TradeRow
          ...LivePrice
        }
      }
    }
  `,
  [TradeRow, LivePrice],
);

const LatestPart = graphql(
  `
    fragment LatestPart on Query {
      latest: trades(filter: $closed, orderBy: { field: EXIT_TIME, direction: DESC }, first: $latest) {
        edges {
          node {
            ...TradeRow
          }
        }
      }
    }
  `,
  [TradeRow],
);

const ChoicesPart = graphql(`
  fragment ChoicesPart on Query {
    bots {
      slug
      name
    }
    symbols: breakdown(by: SYMBOL) {
      key
    }
    strategies: breakdown(by: STRATEGY) {
      key
    }
    timeframes: breakdown(by: TIMEFRAME) {
      key
    }
  }
`);

const CurvePart = graphql(`
  fragment CurvePart on Query {
    equityCurve(filter: $filter, points: $points) {
      time
      totalPnl
      drawdown
      closedTrades
    }
  }
`);

const HistoryPart = graphql(
  `
    fragment HistoryPart on Query {
      trades(filter: $closed, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
        edges {
          node {
            ...TradeRow
          }
        }
      }
    }
  `,
  [TradeRow],
);

export const PageQuery = graphql(
  `
    query Page(
      $filter: TradeFilter
      $closed: TradeFilter
      $latest: Int
      $curve: Boolean!
      $points: Int
      $analysis: Boolean!
      $history: Boolean!
      $orderBy: TradeOrder
      $first: Int
      $after: String
      $last: Int
      $before: String
    ) {
      ...SettingsPart
      ...PerformancePart
      ...FeedsPart
      ...OpenPart
      ...LatestPart
      ...ChoicesPart
      ...CurvePart @include(if: $curve)
      ...AnalysisPart @include(if: $analysis)
      ...HistoryPart @include(if: $history)
    }
  `,
  [SettingsPart, PerformancePart, FeedsPart, OpenPart, LatestPart, ChoicesPart, CurvePart, AnalysisPart, HistoryPart],
);

/** The same parts one by one, for when one of them fails: it must not take the others with it. */
export const PartQueries = {
  settings: graphql('query Settings { ...SettingsPart }', [SettingsPart]),
  performance: graphql('query Performance($filter: TradeFilter) { ...PerformancePart }', [PerformancePart]),
  feeds: graphql('query Feeds { ...FeedsPart }', [FeedsPart]),
  open: graphql('query OpenPositions($filter: TradeFilter) { ...OpenPart }', [OpenPart]),
  latest: graphql('query Latest($closed: TradeFilter, $latest: Int) { ...LatestPart }', [LatestPart]),
  choices: graphql('query Choices { ...ChoicesPart }', [ChoicesPart]),
  curve: graphql('query Curve($filter: TradeFilter, $points: Int) { ...CurvePart }', [CurvePart]),
  history: graphql(
    'query History($closed: TradeFilter, $orderBy: TradeOrder, $first: Int, $after: String, $last: Int, $before: String) { ...HistoryPart }',
    [HistoryPart],
  ),
  ...AnalysisQueries,
} as const;

/**
 * Asked beside the page's own query where it is wanted: the API counts all that a query names, wanted or not, and a line of daily closes
 * need not be of the same moment.
 */
export const BenchmarkQuery = graphql(`
  query Benchmark($filter: TradeFilter) {
    benchmark(filter: $filter) {
      time
      invested
      totalPnl
    }
  }
`);

export type Settings = ResultOf<typeof SettingsPart>['settings'];
export type EquityPoint = ResultOf<typeof CurvePart>['equityCurve'][number];
export type BenchmarkPoint = ResultOf<typeof BenchmarkQuery>['benchmark'][number];
export type ClosedTrades = ResultOf<typeof HistoryPart>['trades'];
