import changelog from '../../../../CHANGELOG.md?raw';
import { readChanges } from './_parts/changes.ts';
import type { PageServerLoad } from './$types';

/** The address as the visitor wrote it: what is printed must work where it is pasted. */
export const load: PageServerLoad = ({ url }) => ({ origin: url.origin, releases: readChanges(changelog) });
