import type { ResultOf } from 'gql.tada';
import { createGraphql } from '#lib/graphql/later/client.ts';
import { graphql } from '#lib/graphql/later/tada.ts';
import type { TradeFilter } from '#lib/url/filters.ts';
import { BY } from '../_parts/later/by.ts';
import { MIN_DAYS, MIN_TRADES, SORTS, type BoardAddress } from './address.ts';

export const LeaderboardQuery = graphql(`
  query Leaderboard($by: BreakdownKey!, $sort: LeaderboardSort!, $minTrades: Int!, $minDays: Int!, $filter: TradeFilter) {
    performance(filter: $filter) {
      asOf
      sequence
      firstEntryAt
      closedTrades
    }
    leaderboard(by: $by, sort: $sort, minTrades: $minTrades, minDays: $minDays, filter: $filter) {
      rank
      key
      performance {
        asOf
        firstEntryAt
        closedTrades
        totalPnl
        winRate {
          value
        }
        profitFactor {
          value
        }
        expectancy {
          value
        }
        expectancyInterval {
          low
        }
        sharpe {
          value
        }
      }
    }
    breakdown(by: $by, filter: $filter) {
      key
      performance {
        asOf
        firstEntryAt
        closedTrades
        totalPnl
      }
    }
  }
`);

export type Board = ResultOf<typeof LeaderboardQuery>;

export function askLeaderboard(fetch: typeof globalThis.fetch, { by, sort }: BoardAddress, filter: TradeFilter) {
  const variables = { by: BY[by], sort: SORTS[sort], minTrades: MIN_TRADES, minDays: MIN_DAYS, filter };
  return createGraphql(fetch).query(LeaderboardQuery, variables);
}
