import { BADGES, badgeSvg, badgeWords } from '#lib/share/badge.ts';
import { askFigures, SHARED_MAX_AGE_SECONDS } from '#lib/share/figures.ts';
import { refused } from '#lib/share/refused.ts';
import { shareText } from '#lib/text/later/share.ts';
import type { RequestHandler } from './$types';

/** A badge for a README or a site: /badge/win-rate.svg, pnl, trades or since; with the page's filters in the address. */
export const GET: RequestHandler = async ({ params, url, fetch }) => {
  const name = BADGES.find((known) => known === params.metric);
  if (name === undefined) return new Response(shareText.noBadge(BADGES.join(', ')), { status: 404 });
  const figures = await askFigures(fetch, url, Date.now());
  if (!figures.ok) return refused(figures.code);
  return new Response(badgeSvg(badgeWords(name, figures.data)), {
    headers: {
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': `public, max-age=${SHARED_MAX_AGE_SECONDS}`,
      'access-control-allow-origin': '*',
    },
  });
};
