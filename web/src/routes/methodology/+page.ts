import { error } from '@sveltejs/kit';
import { refusalStatus } from '#lib/graphql/later/refusal-status.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
  const { askMethodology } = await import('./methodology.ts');
  const asked = await askMethodology(fetch);
  if (!asked.ok) error(refusalStatus(asked.code), asked.code);
  return { method: asked.data.methodology };
};
