import { unanswered } from '#lib/graphql/loaded.ts';
import { readFilters, toTradeFilter } from '#lib/url/filters.ts';
import { readBoard } from './address.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('live:leaderboard');
  const address = readBoard(url.searchParams);
  const filter = toTradeFilter(readFilters(url.searchParams).filters, Date.now());
  const code = await import('./board.ts').catch(() => null);
  return { address, board: code ? await code.askLeaderboard(fetch, address, filter) : unanswered };
};
