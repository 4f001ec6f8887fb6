import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { PLAYGROUND_TABS } from './playground-tabs.ts';

/** The playground: one page that asks nobody but this server for anything. It has 9 MB, so every answer writes from the same memory. */
export interface PlaygroundPage {
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function makePlaygroundPage(): Promise<PlaygroundPage> {
  const html = renderGraphiQL({
    title: 'Bot Performance API',
    defaultTabs: PLAYGROUND_TABS.map(({ query, variables = '', headers = '' }) => ({ query, variables, headers })),
    subscriptionsProtocol: 'WS',
    credentials: 'omit',
    shouldPersistHeaders: false, // a token must not stay in the browser
  });
  const plain = Buffer.from(html);
  const etag = `"${sha256(html)}"`;
  return {
    plain,
    gzipped: await promisify(gzip)(plain),
    etag,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyOf(html),
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
      etag,
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
