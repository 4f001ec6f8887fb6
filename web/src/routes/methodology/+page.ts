import { error } from '@sveltejs/kit';
import { UNREACHABLE } from '#lib/graphql/loaded.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => {
  const { askMethodology } = await import('./methodology.ts');
  const asked = await askMethodology(fetch);
  if (!asked.ok) error(asked.code === UNREACHABLE ? 503 : 500, asked.code);
  return { method: asked.data.methodology };
};
