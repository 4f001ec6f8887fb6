import { SHARED_MAX_AGE_SECONDS } from '#lib/share/figures.ts';
import { refused } from '#lib/share/refused.ts';
import { askClosures, atomFeed } from './closures.ts';
import type { RequestHandler } from './$types';

/** The newest closures for feed readers, with the page's filters in the address. */
export const GET: RequestHandler = async ({ url, fetch }) => {
  const nowMs = Date.now();
  const asked = await askClosures(fetch, url, nowMs);
  if (!asked.ok) return refused(asked.code);
  const closures = asked.data.trades.edges.map(({ node }) => node);
  return new Response(atomFeed(closures, url.origin, url.href, nowMs), {
    headers: { 'content-type': 'application/atom+xml; charset=utf-8', 'cache-control': `public, max-age=${SHARED_MAX_AGE_SECONDS}` },
  });
};
