import { createGraphql, mapLoaded } from '#lib/graphql/client.ts';
import { ClosedTradesQuery } from '#lib/graphql/documents.ts';
import { historyVariables, readHistory } from '#lib/url/history.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('live:snapshot');
  const address = readHistory(url.searchParams);
  const history = await createGraphql(fetch).query(ClosedTradesQuery, historyVariables(address));
  return { address, history: mapLoaded(history, (data) => data.trades) };
};
