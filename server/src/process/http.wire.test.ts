import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../testkit/silent-log.ts';
import { configFrom } from './environment.ts';
import { HttpServer } from './http.ts';
import type { Routes } from './http.ts';

const ROUTES: Routes = {
  graphql: (_, response) => response.end('graphql'),
  graphqlUpgrade: (_, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nhello'),
  endpoints: [
    { path: '/export.csv', handle: (_, response) => response.end('csv') },
    { path: '/hooks/', handle: (request, response) => response.end(`hook ${request.url}`) },
  ],
  web: (request, response) => {
    if (request.url === '/fails') throw new Error('secret detail');
    if (request.url === '/fails-later') return Promise.reject(new Error('secret detail'));
    return response.end(`web ${request.url}`);
  },
  notReady: async () => undefined,
};
const servers: HttpServer[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function open(routes: Partial<Routes> | undefined = {}, environment: Record<string, string> = {}): Promise<HttpServer> {
  const server = new HttpServer(configFrom(environment).limits.http, silentLog, () => 'id-of-the-fault');
  servers.push(server);
  await server.listen(0);
  if (routes !== undefined) server.serve({ ...ROUTES, ...routes });
  return server;
}

/** Sends bytes and gives all that comes back until the server hangs up. */
async function exchange(server: HttpServer, request: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  return text(socket);
}

describe('the HTTP port', () => {
  test('routes by path, whatever the query', async () => {
    const { url } = await open();
    const paths = ['/graphql?x=1', '/graphql/', '/', '/export.csv?bot=a', '/export.csv/', '/hooks/a/b', '/hooks', '/healthz', '/readyz'];
    const answers = paths.map(async (path) => (await fetch(url + path)).text());
    expect(await Promise.all(answers)).toEqual([
      'graphql',
      'web /graphql/',
      'web /',
      'csv',
      'web /export.csv/',
      'hook /hooks/a/b',
      'web /hooks',
      'ok\n',
      'ready\n',
    ]);
  });

  test('answers 503 until it serves and after it drains, but says that it lives', async () => {
    const server = new HttpServer(configFrom({}).limits.http, silentLog, () => 'id-of-the-fault');
    servers.push(server);
    await server.listen(0);
    const early = await fetch(`${server.url}/graphql`);
    expect([early.status, early.headers.get('retry-after'), early.headers.get('connection')]).toEqual([503, '1', 'close']);
    expect(await early.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVER_UNAVAILABLE', retryAfterSeconds: 1 } }] });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    server.serve(ROUTES);
    expect((await fetch(`${server.url}/graphql`)).status).toBe(200);
    server.drain();
    await expect(fetch(`${server.url}/graphql`)).rejects.toThrow();
  });

  test('says why it is not ready', async () => {
    const { url } = await open({ notReady: async () => 'the database does not answer' });
    const response = await fetch(`${url}/readyz`);
    expect([response.status, await response.text()]).toEqual([503, 'the database does not answer\n']);
  });

  test.each(['/fails', '/fails-later'])('answers 500 without details where a handler %s', async (path) => {
    const { url } = await open();
    const response = await fetch(url + path);
    expect([response.status, response.headers.get('cache-control')]).toEqual([500, 'no-store']);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: 'id-of-the-fault' } }] });
    expect(body).not.toContain('secret');
    const seen = await fetch(url + path, { headers: { accept: 'text/html,*/*' } });
    expect([seen.status, await seen.text()]).toEqual([500, expect.stringMatching(/^Something went wrong .* id-of-the-fault\.\n$/)]);
  });

  test('sends the security headers with every answer', async () => {
    const { url } = await open();
    for (const path of ['/', '/graphql', '/healthz', '/fails']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    }
  });

  test('hands on WebSocket upgrades of /graphql only', async () => {
    const server = await open();
    const upgrade = (path: string) =>
      exchange(server, `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
    expect(await upgrade('/graphql')).toContain('101 Switching Protocols');
    expect(await upgrade('/other')).toMatch(/^HTTP\/1\.1 404 [^]*"code":"NOT_FOUND"/);
  });

  test('hangs up on a request whose headers or body never end', async () => {
    const server = await open(
      { web: async (request, response) => response.end(await text(request)) },
      { HTTP_HEADERS_TIMEOUT_MS: '300', HTTP_REQUEST_TIMEOUT_MS: '600' },
    );
    const [slowHead, slowBody] = await Promise.all([
      exchange(server, 'GET / HTTP/1.1\r\nhost: x\r\n'),
      exchange(server, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf'),
    ]);
    expect(slowHead).toContain('408 Request Timeout');
    expect(slowBody).toMatch(/408 Request Timeout|^$/);
  });

  test('says that a body took too long, with the code of the API', async () => {
    const server = await open({ web: async (request, response) => response.end(await text(request)) }, { HTTP_BODY_TIMEOUT_MS: '300' });
    const answer = await exchange(server, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*connection: close[^]*"code":"REQUEST_TIMEOUT"/i);
  });

  test('refuses headers that are too large', async () => {
    const server = await open({}, { HTTP_MAX_HEADER_BYTES: '1024' });
    expect(await exchange(server, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(2_000)}\r\n\r\n`)).toContain(
      '431 Request Header Fields Too Large',
    );
  });

  test('waits a moment for a port that is just given back', async () => {
    const first = await open();
    const second = new HttpServer(configFrom({}).limits.http, silentLog, () => 'id-of-the-fault');
    servers.push(second);
    const listening = second.listen(first.port);
    first.close();
    await listening;
    expect(second.port).toBe(first.port);
  });
});
