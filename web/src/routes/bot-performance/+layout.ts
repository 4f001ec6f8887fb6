import { error } from '@sveltejs/kit';
import { browser } from '$app/env';
import { RATE_LIMITED, UNREACHABLE } from '#lib/graphql/loaded.ts';
import { nextAnswer } from '#lib/graphql/page-answer.ts';
import { commonText } from '#lib/text/common.ts';
import type { LayoutLoad } from './$types';
import { readView, requestOf } from './view.ts';

export const load: LayoutLoad = async ({ data, fetch, route, url, depends }) => {
  depends('live:snapshot');
  const view = readView(url.searchParams);
  // Worked out also where it is not sent: what this function has read of the address decides whether it runs again.
  const request = requestOf(route.id, view, Date.now());
  const { first, stage } = data;
  const answer = await nextAnswer(first, fetch, request);
  // A page that is open keeps what it shows when the server goes away; a new one has nothing to show.
  const codes = Object.values(answer.snapshot).map((part) => (part.ok ? '' : part.code));
  if (!browser && codes.every((code) => code === UNREACHABLE)) error(503, commonText.error.unreachable);
  if (!browser && codes.every((code) => code === RATE_LIMITED)) error(429, commonText.error.rateLimited);
  return { view, answer, stage };
};
