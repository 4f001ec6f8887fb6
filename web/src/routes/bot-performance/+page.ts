import { createGraphql, mapLoaded } from '#lib/graphql/client.ts';
import { EquityCurveQuery } from '#lib/graphql/documents.ts';
import { CURVE_POINTS } from './_parts/equity.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, depends }) => {
  depends('live:snapshot');
  const curve = await createGraphql(fetch).query(EquityCurveQuery, { points: CURVE_POINTS });
  return { curve: mapLoaded(curve, (data) => data.equityCurve) };
};
