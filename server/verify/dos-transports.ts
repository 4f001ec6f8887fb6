import { once } from 'node:events';
import type { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';

/** Attacks on the way in rather than by a document: what is wrong with how it was answered; undefined: nothing. */
export interface AttackOnTransport {
  readonly name: string;
  readonly run: (target: Target) => Promise<string | undefined>;
}

export interface Target {
  readonly url: string;
  /** The address to come from. */
  readonly from: string;
}

/** How the server lets go of a connection, at the latest. */
const LONGEST_MS = 12_000;
const QUERY = JSON.stringify({ query: '{ settings { capitalBase } }' });
const MUTATION = 'mutation{cancelSignal(id:"x"){userErrors{code}}}';

/** What `events.once` is not: no rejection by an error that comes first. */
export function closeOf(connection: EventEmitter): Promise<number> {
  return new Promise((resolve) => connection.once('close', resolve));
}

/** Sends bytes over a connection of its own, with pauses between the pieces, and gives all that comes back until it ends or is reset. */
export async function exchangeBytes({ url, from }: Target, pieces: readonly (string | Buffer)[], pauseMs = 0): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress: from });
  let text = '';
  let isOpen = true;
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  socket.on('error', () => {});
  const ended = closeOf(socket).then(() => (isOpen = false));
  await Promise.race([once(socket, 'connect').catch(() => {}), ended]);
  const sending = (async () => {
    for (const piece of pieces) {
      if (!isOpen) return;
      if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), ended]);
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  })();
  const late = setTimeout(() => {
    text += ' STILL OPEN';
    socket.destroy();
  }, LONGEST_MS);
  await ended;
  await sending;
  clearTimeout(late);
  return text;
}

const head = (lines: readonly string[], method = 'POST', path = '/graphql'): string =>
  [`${method} ${path} HTTP/1.1`, 'host: x', 'connection: close', ...lines].join('\r\n') + '\r\n\r\n';

/** One request as bytes, which must be answered with one of the statuses, or where `resets`, by hanging up. */
function bytes(name: string, statuses: readonly number[], pieces: () => readonly (string | Buffer)[], { pauseMs = 0, resets = false } = {}): AttackOnTransport {
  return {
    name,
    run: async (target) => {
      const text = await exchangeBytes(target, pieces(), pauseMs);
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
      if (text.endsWith('STILL OPEN')) return 'the connection stays open';
      return statuses.includes(status) || (resets && status === 0) ? undefined : `answered ${text.slice(0, 120)}`;
    },
  };
} // prettier-ignore

const posted = (type: string, body: string, more: readonly string[] = []): readonly string[] => [
  head([`content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`, ...more]) + body,
];
const chunked = (pieces: number, size: number): readonly string[] => [
  head(['content-type: application/json', 'transfer-encoding: chunked']),
  ...Array.from({ length: pieces }, () => `${size.toString(16)}\r\n${' '.repeat(size)}\r\n`),
];

/** A WebSocket that sends and is then watched: its close code, or what came. */
async function webSocket({ url, from }: Target, protocol: string, use: (socket: WebSocket, heard: string[]) => void): Promise<{ code: number; heard: string[] }> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocol, { localAddress: from, maxPayload: 1e9 });
  const heard: string[] = [];
  socket.on('error', () => {});
  socket.on('message', (data) => heard.push(String(data)));
  socket.once('open', () => use(socket, heard));
  const late = setTimeout(() => socket.terminate(), LONGEST_MS);
  const code = await closeOf(socket);
  clearTimeout(late);
  return { code, heard };
} // prettier-ignore

const INIT = '{"type":"connection_init"}';
/** Sends the rest once the server has taken the first. */
const afterInit = (socket: WebSocket, messages: readonly string[]): void => {
  socket.once('message', () => messages.forEach((text) => socket.send(text)));
  socket.send(INIT);
};
const subscribe = (id: string, query: string): string => JSON.stringify({ id, type: 'subscribe', payload: { query } });

function closes(name: string, codes: readonly number[], use: (socket: WebSocket) => void): AttackOnTransport {
  return {
    name,
    run: async (target) => {
      const { code } = await webSocket(target, 'graphql-transport-ws', use);
      return codes.includes(code) ? undefined : `closed ${code}`;
    },
  };
}

/** The socket stays and says so. */
function tells(name: string, word: string, use: (socket: WebSocket) => void): AttackOnTransport {
  return {
    name,
    run: async (target) => {
      const { code, heard } = await webSocket(target, 'graphql-transport-ws', (socket, said) => {
        socket.on('message', () => said.some((text) => text.includes(word)) && socket.close(1000));
        use(socket);
      });
      return heard.some((text) => text.includes(word)) && code === 1000
        ? undefined
        : `closed ${code}, heard ${heard.at(-1)?.slice(0, 120)}`;
    },
  };
}

export const TRANSPORTS: readonly AttackOnTransport[] = [
  bytes('F85 an array of requests', [400], () => posted('application/json', `[${QUERY},${QUERY}]`)),
  bytes('F85 a mutation by GET', [405], () => [head([], 'GET', `/graphql?query=${encodeURIComponent(MUTATION)}`)]),
  bytes('F85 a form', [415], () => posted('application/x-www-form-urlencoded', `query=${encodeURIComponent(MUTATION)}`)),
  bytes('F85 multipart', [415], () => posted('multipart/form-data; boundary=x', `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${QUERY}\r\n--x--\r\n`)),
  bytes('F85 text/plain', [415], () => posted('text/plain', QUERY)),
  bytes('F86 25 MB by its length', [413], () => [head(['content-type: application/json', 'content-length: 25000000'])]),
  bytes('F86 2 MB in chunks', [413], () => chunked(200, 10_000), { resets: true }),
  bytes('F86 gzip', [415], () => posted('application/json', 'x'.repeat(1_000), ['content-encoding: gzip'])),
  bytes('F86 a body at 1 byte/s', [408], () => [head(['content-type: application/json', 'content-length: 100']), ...'{"query":"{'], { pauseMs: 1_000, resets: true }),
  bytes('F86 64 KB of headers', [431], () => [head([`x: ${'x'.repeat(65_536)}`])]),
  bytes('F93 a token in the address', [400], () => [head([], 'GET', `/graphql?query={__typename}&token=bpt_live_${'A'.repeat(43)}`)]),
  bytes('F91 a WebSocket with a token in its address', [400], () => [head(['upgrade: websocket'], 'GET', '/graphql?access_token=x').replace('connection: close', 'connection: upgrade')]),
  closes('F91 a message of 17 KB', [1009], (socket) => socket.send('x'.repeat(17_000))),
  closes('F91 a message of 5 MB', [1009, 1006], (socket) => socket.send(Buffer.alloc(5_000_000))),
  closes('F91 a message in 1,000 pieces', [1008, 1009, 1006], (socket) => Array.from({ length: 1_000 }, () => socket.send('x', { fin: false }))),
  closes('F91 no connection_init', [4408], () => {}),
  closes('F91 a second connection_init', [4429], (socket) => [INIT, INIT].forEach((text) => socket.send(text))),
  closes('F91 an id twice', [4409], (socket) => afterInit(socket, [subscribe('1', 'subscription { tradeClosed { sequence } }'), subscribe('1', 'subscription { tradeClosed { sequence } }')])),
  closes('F91 no JSON', [4400], (socket) => socket.send('{'.repeat(10_000))),
  closes('F91 a flood of pings', [4290, 1006], (socket) => { socket.send(INIT); for (let i = 0; i < 5_000; i += 1) socket.send('{"type":"ping"}'); }),
  closes('F91 a flood of control frames', [4290, 1006], (socket) => { for (let i = 0; i < 5_000; i += 1) socket.ping(); }),
  tells('F91 a query over WebSocket', 'SUBSCRIPTIONS_ONLY', (socket) => afterInit(socket, [subscribe('1', '{ settings { capitalBase } }')])),
  tells('F91 a mutation over WebSocket', 'SUBSCRIPTIONS_ONLY', (socket) => afterInit(socket, [subscribe('1', MUTATION)])),
  tells('F58 17 subscriptions on a WebSocket', 'TOO_MANY_SUBSCRIPTIONS', (socket) => afterInit(socket, [...Array.from({ length: 17 }, (_, i) => subscribe(String(i), 'subscription { tradeClosed { sequence } }'))])),
  tells('F91 a subscription after 150 pings', 'RATE_LIMITED', (socket) => afterInit(socket, [...Array.from({ length: 150 }, () => '{"type":"ping"}'), subscribe('1', 'subscription { tradeClosed { sequence } }')])),
  {
    name: 'F58 60 WebSockets of one address',
    run: async ({ url, from }) => {
      const sockets = Array.from({ length: 60 }, () => new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { localAddress: from }));
      const ends = await Promise.all(sockets.map((socket) => new Promise<string>((resolve) => {
        socket.once('open', () => resolve('open')).once('unexpected-response', (_, { statusCode }) => resolve(String(statusCode))).on('error', () => resolve('error'));
      })));
      const refused = ends.filter((end) => end === '429').length;
      sockets.forEach((socket) => socket.terminate());
      return refused >= 10 && ends.includes('open') ? undefined : `${refused} refused`;
    },
  },
]; // prettier-ignore
