import { askPage } from '#lib/graphql/later/ask-page.ts';
import type { PageServerLoad } from './$types';
import { requestOf } from './widgets.ts';

/** The first figures, written into the page; after that the browser asks for itself. */
export const load: PageServerLoad = ({ fetch, params, url, untrack }) =>
  untrack(async () => ({ first: await askPage(fetch, requestOf(params.widget, url.searchParams, Date.now())) }));
