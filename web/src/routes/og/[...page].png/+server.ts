import { SHARED_MAX_AGE_SECONDS } from '#lib/share/figures.ts';
import { refused } from '#lib/share/refused.ts';
import { pictureText } from '#lib/text/later/picture.ts';
import type { RequestHandler } from './$types';
import { askDrawing, PICTURES } from './pages.ts';
import { drawn } from './render.ts';
import { pictureSvg } from './svg.ts';

/** What is shown where a page is shared: /og/overview.png, history, compare, leaderboard, trades/…; with the page's own address behind. */
export const GET: RequestHandler = async ({ params, url, fetch }) => {
  const nowMs = Date.now();
  const asked = await askDrawing(fetch, params.page, url.searchParams, nowMs);
  if (!asked.ok) return refused(asked.code);
  if (!asked.data) {
    return new Response(pictureText.noPicture([...PICTURES, 'trades/ID'].join(', ')), { status: 404 });
  }
  const { state, picture } = asked.data;
  // A period that ends today is another one tomorrow.
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const png = await drawn(`${params.page}${url.search} ${day} ${state}`, () => pictureSvg(picture));
  return new Response(png, {
    headers: {
      'content-type': 'image/png',
      'cache-control': `public, max-age=${SHARED_MAX_AGE_SECONDS}`,
      'access-control-allow-origin': '*',
    },
  });
};
