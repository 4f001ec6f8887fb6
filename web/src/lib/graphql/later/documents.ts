import type { FragmentOf } from 'gql.tada';
import { graphql } from './tada.ts';

/** What the page shows of each thing, in queries and in what is told live. */

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
    entryDeviationPct
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
    symbolStatus
    unrealizedPnl
    unrealizedPnlPct
  }
`);

export const PerformanceSummary = graphql(`
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
    ambiguousTrades
    totalPnlIfAmbiguousWon
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

export const FeedSummary = graphql(`
  fragment FeedSummary on MarketFeed {
    marketType
    state
    simulated
    lastTickAt
  }
`);

/** Everything that is known of a feed. */
export const FeedHealth = graphql(`
  fragment FeedHealth on MarketFeed {
    marketType
    state
    simulated
    symbols
    symbolsInSync
    connections
    connectionsLive
    lastTickAt
    lagMs
    reconnects
    gapsRepaired
  }
`);

/** How far the record has come. */
export const RecordState = graphql(`
  fragment RecordState on Performance {
    asOf
    sequence
    openPositions
    closedTrades
  }
`);

export type Trade = FragmentOf<typeof TradeRow>;
export type PriceOfTrade = FragmentOf<typeof LivePrice>;
export type OpenTrade = Trade & PriceOfTrade;
export type Performance = FragmentOf<typeof PerformanceSummary>;
export type Feed = FragmentOf<typeof FeedSummary>;
export type Health = FragmentOf<typeof FeedHealth>;
export type RecordNow = FragmentOf<typeof RecordState>;
