import type { Handle, HandleFetch } from '@sveltejs/kit/hooks';
import { GRAPHQL_URL } from '$app/env/private';
import { DISPLAY_COOKIE, displayAttributes, readDisplay } from '#lib/display/display.ts';

export const handle: Handle = async ({ event, resolve }) => {
  const embedded = event.route.id?.startsWith('/embed/') === true;
  // Inside another page the choices are that page's, in the address: a visitor's own cookie is not sent there.
  event.locals.display = readDisplay(embedded ? event.url.searchParams : event.cookies.get(DISPLAY_COOKIE));
  const attributes = Object.entries(displayAttributes(event.locals.display))
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ');
  const response = await resolve(event, {
    // urql reads it of every answer, also of one that was written into the page.
    filterSerializedResponseHeaders: (name) => name === 'content-type',
    transformPageChunk: ({ html }) => html.replace('%bp.display%', attributes),
  });
  const policy = response.headers.get('content-security-policy');
  if (embedded && policy) response.headers.set('content-security-policy', policy.replace("frame-ancestors 'self'", 'frame-ancestors *'));
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'strict-origin-when-cross-origin');
  return response;
};

/** Written by the server into each request for a page: for whom the page asks the API, whose limits hold for each visitor apart. */
const VISITOR_HEADER = 'x-page-visitor';

/** Pages ask for `/graphql` of their own origin; on the server that goes straight to the API, without the way through the proxy. */
export const handleFetch: HandleFetch = ({ event, request, fetch }) => {
  const url = new URL(request.url);
  if (url.origin !== event.url.origin || url.pathname !== '/graphql') return fetch(request);
  const asked = new Request(GRAPHQL_URL, request);
  const visitor = event.request.headers.get(VISITOR_HEADER);
  if (visitor !== null) asked.headers.set(VISITOR_HEADER, visitor);
  return fetch(asked);
};
