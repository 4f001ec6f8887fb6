import { error } from '@sveltejs/kit';
import { browser } from '$app/env';
import { RATE_LIMITED, UNREACHABLE } from '#lib/graphql/loaded.ts';
import { nextAnswer } from '#lib/graphql/page-answer.ts';
import { commonText } from '#lib/text/common.ts';
import { embedText } from '#lib/text/later/embed.ts';
import { readFilters } from '#lib/url/filters.ts';
import type { PageLoad } from './$types';
import { requestOf, WIDGETS } from './widgets.ts';

export const load: PageLoad = async ({ data, fetch, params, url, depends }) => {
  depends('live:snapshot');
  const widget = WIDGETS.find((known) => known === params.widget);
  if (widget === undefined) error(404, embedText.noWidget(WIDGETS.join(', ')));
  const { filters } = readFilters(url.searchParams);
  const answer = await nextAnswer(data.first, fetch, requestOf(widget, url.searchParams, Date.now()));
  const { performance } = answer.snapshot;
  if (!performance.ok && performance.code === UNREACHABLE && !browser) error(503, commonText.error.unreachable);
  if (!performance.ok && performance.code === RATE_LIMITED && !browser) error(429, commonText.error.rateLimited);
  return { widget, filters, answer };
};
