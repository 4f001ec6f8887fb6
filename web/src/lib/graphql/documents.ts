import type { FragmentOf, ResultOf } from 'gql.tada';
import { graphql } from './tada.ts';

/** What a table row of any trade needs. */
export const TradeRow = graphql(`
  fragment TradeRow on Trade {
    id
    symbol
    marketType
    direction
    status
    positionSize
    entryPrice
    entryTime
    takeProfit
    stopLoss
    exitPrice
    exitTime
    durationSeconds
    fees
    realizedPnl
    realizedPnlPct
    priceDecimals
    closedBy {
      sequence
    }
    signal {
      timeframe
      strategy
    }
  }
`);

/** The part of an open position that moves with the price. */
export const LivePrice = graphql(`
  fragment LivePrice on Trade {
    id
    currentPrice
    currentPriceTime
    unrealizedPnl
    unrealizedPnlPct
  }
`);

const PerformanceSummary = graphql(`
  fragment PerformanceSummary on Performance {
    asOf
    sequence
    capitalBase
    totalSignals
    openPositions
    closedTrades
    wins
    losses
    flats
    totalPnl
    unrealizedPnl
    openWithoutPrice
    currentDrawdown
    winRate {
      value
      reason
    }
    winRateInterval {
      low
      high
    }
    averageProfit {
      value
      reason
    }
    averageLoss {
      value
      reason
    }
    profitFactor {
      value
      reason
    }
    payoffRatio {
      value
    }
  }
`);

const FeedSummary = graphql(`
  fragment FeedSummary on MarketFeed {
    marketType
    state
    simulated
    lastTickAt
  }
`);

export const SettingsQuery = graphql(`
  query Settings {
    settings {
      positionSize
      feeRateSpot
      feeRateFutures
      startedAt
    }
  }
`);

export const PerformanceQuery = graphql(
  `
    query Performance {
      performance {
        ...PerformanceSummary
      }
    }
  `,
  [PerformanceSummary],
);

export const FeedsQuery = graphql(
  `
    query Feeds {
      marketFeeds {
        ...FeedSummary
      }
    }
  `,
  [FeedSummary],
);

export const OpenPositionsQuery = graphql(
  `
    query OpenPositions {
      openPositions {
        asOf
        totalInvested
        positions {
          ...TradeRow
          ...LivePrice
        }
      }
    }
  `,
  [TradeRow, LivePrice],
);

export const ClosedTradesQuery = graphql(
  `
    query ClosedTrades($orderBy: TradeOrder, $first: Int, $after: String, $last: Int, $before: String) {
      trades(
        filter: { status: [CLOSED_TP, CLOSED_SL, CLOSED_EXPIRED, CLOSED_DELISTED] }
        orderBy: $orderBy
        first: $first
        after: $after
        last: $last
        before: $before
      ) {
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

export const EquityCurveQuery = graphql(`
  query EquityCurve($points: Int) {
    equityCurve(points: $points) {
      time
      totalPnl
      drawdown
      closedTrades
    }
  }
`);

export const TradeOpenedSubscription = graphql(
  `
    subscription TradeOpened($after: String) {
      tradeOpened(after: $after) {
        sequence
        trade {
          ...TradeRow
          ...LivePrice
        }
      }
    }
  `,
  [TradeRow, LivePrice],
);

export const TradeClosedSubscription = graphql(
  `
    subscription TradeClosed($after: String) {
      tradeClosed(after: $after) {
        sequence
        trade {
          ...TradeRow
        }
      }
    }
  `,
  [TradeRow],
);

export const PerformanceSubscription = graphql(
  `
    subscription PerformanceUpdated {
      performanceUpdated(intervalMs: 1000) {
        ...PerformanceSummary
      }
    }
  `,
  [PerformanceSummary],
);

export const OpenPositionsSubscription = graphql(
  `
    subscription OpenPositionsUpdated {
      openPositionsUpdated(intervalMs: 500) {
        asOf
        totalInvested
        positions {
          ...LivePrice
        }
      }
    }
  `,
  [LivePrice],
);

export const FeedsSubscription = graphql(
  `
    subscription FeedsUpdated {
      marketFeedsUpdated {
        ...FeedSummary
      }
    }
  `,
  [FeedSummary],
);

export type Trade = FragmentOf<typeof TradeRow>;
export type PriceOfTrade = FragmentOf<typeof LivePrice>;
export type OpenTrade = Trade & PriceOfTrade;
export type Performance = FragmentOf<typeof PerformanceSummary>;
export type Feed = FragmentOf<typeof FeedSummary>;
export type Settings = ResultOf<typeof SettingsQuery>['settings'];
export type EquityPoint = ResultOf<typeof EquityCurveQuery>['equityCurve'][number];
export type ClosedTrades = ResultOf<typeof ClosedTradesQuery>['trades'];
export type MarketType = Trade['marketType'];
export type TradeStatus = Trade['status'];
