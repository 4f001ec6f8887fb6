import { unanswered } from '#lib/graphql/loaded.ts';
import { readFilters } from '#lib/url/filters.ts';
import { readCompare } from './address.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url, depends }) => {
  depends('live:comparison');
  const address = readCompare(url.searchParams);
  const { filters } = readFilters(url.searchParams);
  const code = await import('./comparison.ts').catch(() => null);
  return { address, comparison: code ? await code.askComparison(fetch, address, filters, Date.now()) : unanswered };
};
