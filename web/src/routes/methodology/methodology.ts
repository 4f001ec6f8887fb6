import { createGraphql } from '#lib/graphql/later/client.ts';
import { graphql } from '#lib/graphql/later/tada.ts';

const MethodologyQuery = graphql(`
  query Methodology {
    methodology {
      version
      capitalBase
      figures {
        field
        name
        unit
        formula
        explanation
        source
        working
      }
      exampleTrades {
        number
        direction
        quantity
        entryPrice
        exitPrice
        stopLoss
        entryTime
        exitTime
        grossPnl
        fees
        realizedPnl
        ambiguous
      }
      undefinedReasons {
        code
        text
      }
    }
  }
`);

export const askMethodology = (fetch: typeof globalThis.fetch) => createGraphql(fetch).query(MethodologyQuery, {});
