import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { Plugin } from 'graphql-yoga';
import { PLAYGROUND_TABS } from './playground-tabs.ts';

interface Page {
  readonly html: string;
  /** The page has 9 MB, of which a compressed copy is kept. */
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The playground: what a browser gets that opens the API's address. It is one page that asks nobody but this server for anything. */
export function playground(): Plugin {
  let made: Promise<Page> | undefined;
  return {
    async onRequest({ request, endResponse, fetchAPI }) {
      if (request.method !== 'GET' || !request.headers.get('accept')?.includes('text/html')) return;
      const { html, gzipped, headers } = await (made ??= makePage());
      if (request.headers.get('if-none-match') === headers['etag'])
        return endResponse(new fetchAPI.Response(null, { status: 304, headers }));
      const takesGzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
      endResponse(
        takesGzip
          ? new fetchAPI.Response(gzipped, { headers: { ...headers, 'content-encoding': 'gzip' } })
          : new fetchAPI.Response(html, { headers }),
      );
    },
  };
}

async function makePage(): Promise<Page> {
  const html = renderGraphiQL({
    title: 'Bot Performance API',
    defaultTabs: PLAYGROUND_TABS.map(({ query, variables = '', headers = '' }) => ({ query, variables, headers })),
    subscriptionsProtocol: 'WS',
    credentials: 'omit',
    shouldPersistHeaders: false, // a token must not stay in the browser
  });
  return {
    html,
    gzipped: Uint8Array.from(await promisify(gzip)(html)),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyOf(html),
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
      etag: `"${sha256(html)}"`,
    },
  };
}

/** Only the page's own script runs; its editor writes styles of its own and has its workers in blobs. */
function policyOf(html: string): string {
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  return [
    "default-src 'none'",
    `script-src 'sha256-${sha256(script)}'`,
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    "connect-src 'self'",
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
