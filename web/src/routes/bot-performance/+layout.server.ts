import { askPage } from '#lib/graphql/later/ask-page.ts';
import type { LayoutServerLoad } from './$types';
import { readView, requestOf } from './view.ts';

/** The figures of the first page, written into it. It must not run again when the address changes: the browser asks for itself then. */
export const load: LayoutServerLoad = ({ fetch, route, url, untrack }) =>
  untrack(async () => ({ first: await askPage(fetch, requestOf(route.id, readView(url.searchParams), Date.now())) }));
