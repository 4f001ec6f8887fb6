import { STAGED_STATES } from '$app/env/private';
import { askPage } from '#lib/graphql/later/ask-page.ts';
import type { LayoutServerLoad } from './$types';
import { staged } from './_parts/later/stage.ts';
import { readView, requestOf } from './view.ts';

/** The figures of the first page, written into it. It must not run again when the address changes: the browser asks for itself then. */
export const load: LayoutServerLoad = ({ fetch, route, url, untrack }) =>
  untrack(async () => {
    const first = await askPage(fetch, requestOf(route.id, readView(url.searchParams), Date.now()));
    const stage = STAGED_STATES ? url.searchParams.get('state') : null;
    return stage === null ? { first, stage } : { first: staged(stage, first), stage };
  });
