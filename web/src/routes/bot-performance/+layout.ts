import { error } from '@sveltejs/kit';
import { browser } from '$app/env';
import { createGraphql, mapLoaded, UNREACHABLE } from '#lib/graphql/client.ts';
import { ClosedTradesQuery, FeedsQuery, OpenPositionsQuery, PerformanceQuery, SettingsQuery } from '#lib/graphql/documents.ts';
import { LATEST_LIMIT, type Snapshot } from '#lib/live/live-store.svelte.ts';
import { text } from '#lib/text.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch, depends }) => {
  depends('live:snapshot');
  const api = createGraphql(fetch);
  const [settings, performance, feeds, open, latest] = await Promise.all([
    api.query(SettingsQuery, {}),
    api.query(PerformanceQuery, {}),
    api.query(FeedsQuery, {}),
    api.query(OpenPositionsQuery, {}),
    api.query(ClosedTradesQuery, { first: LATEST_LIMIT, orderBy: { field: 'EXIT_TIME', direction: 'DESC' } }),
  ]);
  // A page that is open keeps what it shows when the server goes away; a new one has nothing to show.
  const nothing = [performance, feeds, open, latest].every((part) => !part.ok && part.code === UNREACHABLE);
  if (nothing && !browser) error(503, text.error.unreachable);
  const snapshot: Snapshot = {
    performance: mapLoaded(performance, (data) => data.performance),
    feeds: mapLoaded(feeds, (data) => data.marketFeeds),
    open: mapLoaded(open, (data) => data.openPositions),
    latest: mapLoaded(latest, (data) => data.trades.edges.map((edge) => edge.node)),
  };
  return { settings: mapLoaded(settings, (data) => data.settings), snapshot };
};
