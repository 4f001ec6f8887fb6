import type { ResultOf } from 'gql.tada';
import { createGraphql } from '#lib/graphql/later/client.ts';
import { FeedHealth, RecordState } from '#lib/graphql/later/documents.ts';
import { graphql } from '#lib/graphql/later/tada.ts';

export const StatusQuery = graphql(
  `
    query Status {
      marketFeeds {
        ...FeedHealth
      }
      performance {
        ...RecordState
      }
      feedIncidents(first: 20) {
        marketType
        from
        to
        symbols
        source
      }
    }
  `,
  [FeedHealth, RecordState],
);
export type Status = ResultOf<typeof StatusQuery>;

export const askStatus = (fetch: typeof globalThis.fetch) => createGraphql(fetch).query(StatusQuery, {});
