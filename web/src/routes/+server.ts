import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** There is one page to show; a list of bots comes when there is more than one. */
export const GET: RequestHandler = () => redirect(302, '/bot-performance');
