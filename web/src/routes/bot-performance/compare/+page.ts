import { unanswered } from '#lib/graphql/loaded.ts';
import { readCompare } from './address.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, parent, depends }) => {
  depends('live:comparison');
  const address = readCompare(url.searchParams);
  // The very filter of the figures above, also when a period that ends today has become another one since.
  const { filter } = (await parent()).answer;
  const code = await import('./comparison.ts').catch(() => null);
  return { address, comparison: code ? await code.askComparison(fetch, address, filter) : unanswered };
};
