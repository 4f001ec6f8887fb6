import { unanswered } from '#lib/graphql/loaded.ts';
import { readBoard } from './address.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, parent, depends }) => {
  depends('live:leaderboard');
  const address = readBoard(url.searchParams);
  // The very filter of the figures above, also when a period that ends today has become another one since.
  const { filter } = (await parent()).answer;
  const code = await import('./board.ts').catch(() => null);
  return { address, board: code ? await code.askLeaderboard(fetch, address, filter) : unanswered };
};
