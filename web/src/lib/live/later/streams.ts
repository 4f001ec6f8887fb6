import { FeedHealth, FeedSummary, LivePrice, PerformanceSummary, RecordState, TradeRow } from '#lib/graphql/later/documents.ts';
import { graphql } from '#lib/graphql/later/tada.ts';

/** What the page is told while it is open; fetched together with the socket's client. */
export const STREAMS = {
  opened: graphql(
    `
      subscription TradeOpened($after: String, $filter: TradeFilter) {
        tradeOpened(after: $after, filter: $filter) {
          sequence
          trade {
            ...TradeRow
            ...LivePrice
          }
        }
      }
    `,
    [TradeRow, LivePrice],
  ),
  closed: graphql(
    `
      subscription TradeClosed($after: String, $filter: TradeFilter) {
        tradeClosed(after: $after, filter: $filter) {
          sequence
          trade {
            ...TradeRow
          }
        }
      }
    `,
    [TradeRow],
  ),
  performance: graphql(
    `
      subscription PerformanceUpdated($filter: TradeFilter) {
        performanceUpdated(filter: $filter, intervalMs: 1000) {
          ...PerformanceSummary
        }
      }
    `,
    [PerformanceSummary],
  ),
  positions: graphql(
    `
      subscription OpenPositionsUpdated($filter: TradeFilter) {
        openPositionsUpdated(filter: $filter, intervalMs: 500) {
          asOf
          totalUnrealizedPnl
          positions {
            ...LivePrice
          }
        }
      }
    `,
    [LivePrice],
  ),
  feeds: graphql(
    `
      subscription FeedsUpdated {
        marketFeedsUpdated {
          ...FeedSummary
        }
      }
    `,
    [FeedSummary],
  ),
  health: graphql(
    `
      subscription FeedHealth {
        marketFeedsUpdated {
          ...FeedHealth
        }
      }
    `,
    [FeedHealth],
  ),
  record: graphql(
    `
      subscription RecordState {
        performanceUpdated(intervalMs: 1000) {
          ...RecordState
        }
      }
    `,
    [RecordState],
  ),
} as const;

export type Streams = typeof STREAMS;
