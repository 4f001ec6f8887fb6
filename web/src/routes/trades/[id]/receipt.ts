import type { ResultOf } from 'gql.tada';
import { createGraphql } from '#lib/graphql/later/client.ts';
import { TradeRow } from '#lib/graphql/later/documents.ts';
import { graphql } from '#lib/graphql/later/tada.ts';

/** Everything that is known of one trade, and of the signal that opened it. */
export const ReceiptQuery = graphql(
  `
    query Receipt($id: ID!) {
      marketFeeds {
        simulated
      }
      trade(id: $id) {
        ...TradeRow
        quantity
        riskRewardRatio
        grossPnl
        marketPriceAtEntry
        priceCandles {
          openTime
          closeTime
          open
          high
          low
          close
        }
        maxAdverseExcursion {
          price
          percent
          amount
          resolution
        }
        maxFavourableExcursion {
          price
          percent
          amount
        }
        closedBy {
          source
          aggregateTradeId
          price
          ambiguous
        }
        watch {
          from
          to
          source
        }
        signal {
          receivedAt
          sentAt
          confidence
          note
          bot {
            name
          }
        }
      }
    }
  `,
  [TradeRow],
);

export type ReceiptTrade = NonNullable<ResultOf<typeof ReceiptQuery>['trade']>;

export const askReceipt = (fetch: typeof globalThis.fetch, id: string) => createGraphql(fetch).query(ReceiptQuery, { id });
