import { redirect } from '@sveltejs/kit';
import { DISPLAY_COOKIE, DISPLAY_COOKIE_SECONDS, readDisplay, writeDisplay } from '#lib/display/display.ts';
import type { RequestHandler } from './$types';

/** Sets the display cookie for visitors without JavaScript and goes back to where they were. */
export const GET: RequestHandler = ({ url, cookies }) => {
  cookies.set(DISPLAY_COOKIE, writeDisplay(readDisplay(url.searchParams)), {
    path: '/',
    maxAge: DISPLAY_COOKIE_SECONDS,
    sameSite: 'lax',
    // Holds no secret, and the page itself changes it.
    httpOnly: false,
    secure: false,
  });
  const to = new URL(url.searchParams.get('to') ?? '/', url);
  redirect(303, to.origin === url.origin ? to.pathname + to.search : '/');
};
