import type { ResultOf } from 'gql.tada';
import { createGraphql } from '#lib/graphql/later/client.ts';
import { PartQueries, type EquityPoint } from '#lib/graphql/later/page-query.ts';
import { graphql } from '#lib/graphql/later/tada.ts';
import type { Loaded } from '#lib/graphql/loaded.ts';
import type { TradeFilter } from '#lib/url/filters.ts';
import { BY, FIELDS } from '../_parts/later/by.ts';
import { chooseLines, type Choice, type CompareAddress } from './address.ts';

/** Of each line. */
const CURVE_POINTS = 200;

export const ComparisonQuery = graphql(`
  query Comparison($by: BreakdownKey!, $filter: TradeFilter) {
    performance(filter: $filter) {
      asOf
      sequence
      firstEntryAt
      closedTrades
    }
    breakdown(by: $by, filter: $filter) {
      key
      performance {
        closedTrades
        wins
        losses
        flats
        totalPnl
        winRate {
          value
        }
        expectancy {
          value
        }
        profitFactor {
          value
        }
        maxDrawdown
        maxDrawdownPct
      }
    }
  }
`);

export interface Comparison extends ResultOf<typeof ComparisonQuery> {
  choice: Choice;
  /** Of the shown rows, in their order. */
  curves: Loaded<EquityPoint[]>[];
}

/** All rows, and the lines of those that are shown. */
export async function askComparison(
  fetch: typeof globalThis.fetch,
  { by, pick }: CompareAddress,
  filter: TradeFilter,
): Promise<Loaded<Comparison>> {
  const api = createGraphql(fetch);
  const rows = await api.query(ComparisonQuery, { by: BY[by], filter });
  if (!rows.ok) return rows;
  const keys = rows.data.breakdown.filter(({ performance }) => performance.closedTrades > 0).map(({ key }) => key);
  const choice = chooseLines(keys, pick);
  const curves = choice.shown.map(async (key): Promise<Loaded<EquityPoint[]>> => {
    const curve = await api.query(PartQueries.curve, { filter: { ...filter, [FIELDS[by]]: [key] }, points: CURVE_POINTS });
    return curve.ok ? { ok: true, data: curve.data.equityCurve } : curve;
  });
  return { ok: true, data: { ...rows.data, choice, curves: await Promise.all(curves) } };
}
