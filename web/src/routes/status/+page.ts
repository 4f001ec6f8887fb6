import { error } from '@sveltejs/kit';
import { refusalStatus } from '#lib/graphql/later/refusal-status.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
  const { askStatus } = await import('./health.ts');
  const asked = await askStatus(fetch);
  if (!asked.ok) error(refusalStatus(asked.code), asked.code);
  return { status: asked.data };
};
