import { error } from '@sveltejs/kit';
import { UNREACHABLE } from '#lib/graphql/loaded.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
  const { askStatus } = await import('./health.ts');
  const asked = await askStatus(fetch);
  if (!asked.ok) error(asked.code === UNREACHABLE ? 503 : 500, asked.code);
  return { status: asked.data };
};
