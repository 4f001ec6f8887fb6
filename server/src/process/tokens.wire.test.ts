import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CHILD_ENVIRONMENT } from '../../testkit/child-environment.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';
import { ALL_SCOPES } from '../signals/scopes.ts';
import type { Scope } from '../signals/scopes.ts';

const SYMBOLS = [{ marketType: 'FUTURES', symbol: 'BTCUSDT', price: '100' }] as const;
const LONG = { symbol: 'BTCUSDT', marketType: 'FUTURES', direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' } as const;

/** Each command is a process of its own, which takes seconds on a loaded machine. */
const MANY = { timeout: 120_000 };

let product: Product;
beforeAll(async () => {
  product = await startProduct({ exchangeOptions: { symbols: SYMBOLS } });
});

/** `npm run bot` in a process of its own, on the database of the server that runs. */
function cli(...args: string[]): Promise<{ code: number; data: unknown }> {
  return new Promise((resolve) => {
    const env = { ...CHILD_ENVIRONMENT, DATABASE_URL: product.databaseUrl };
    execFile(process.execPath, [join(import.meta.dirname, 'bot-cli.ts'), ...args, '--json'], { env }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, data: stdout === '' ? null : JSON.parse(stdout) }),
    );
  });
}
interface Made {
  readonly tokenId: string;
  readonly token: string;
}
const make = async (...args: string[]): Promise<Made> => (await cli(...args)).data as Made;

interface Opened {
  readonly socket: WebSocket;
  readonly acknowledged: Promise<boolean>;
  readonly closed: Promise<number>;
}

/** A subscriber's socket, introduced with a token in a header or in connection_init. */
function open(authorization: { readonly header?: string; readonly init?: unknown; readonly name?: string }): Opened {
  const headers = authorization.header === undefined ? {} : { authorization: authorization.header };
  const socket = new WebSocket(product.graphqlUrl.replace('http', 'ws'), 'graphql-transport-ws', { headers });
  const payload = authorization.init === undefined ? {} : { payload: { [authorization.name ?? 'authorization']: authorization.init } };
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', ...payload })));
  const closed = once(socket, 'close').then(([code]) => code as number);
  const acknowledged = Promise.race([
    once(socket, 'message').then(([data]) => String(data).includes('connection_ack')),
    closed.then(() => false),
  ]);
  return { socket, acknowledged, closed };
}

describe('what a token may do', MANY, () => {
  const MUTATIONS: Record<
    string,
    {
      readonly needs: Scope;
      readonly run: (token: string, id: string) => Promise<{ userErrors: readonly { code: string; message: string }[] }>;
    }
  > = {
    createSignal: { needs: 'signals:create', run: (token) => product.createSignal(token, LONG) },
    activateSignal: { needs: 'signals:change', run: (token, id) => product.activateSignal(token, id) },
    cancelSignal: { needs: 'signals:change', run: (token, id) => product.cancelSignal(token, id) },
  };

  test.for(ALL_SCOPES.flatMap((scope) => Object.keys(MUTATIONS).map((mutation) => [scope, mutation] as const)))(
    '%s: %s',
    async ([scope, mutation]) => {
      const { needs, run } = MUTATIONS[mutation]!;
      const slug = `${scope} ${mutation}`;
      const all = await product.bot(slug);
      const { signal } = await product.createSignal(all, { ...LONG, status: 'PENDING' });
      const { token } = await make('rotate', slug, '--scope', scope);
      const { userErrors } = await run(token, signal?.id ?? '');
      if (scope === needs) expect(userErrors).toEqual([]);
      else expect(userErrors).toMatchObject([{ code: 'FORBIDDEN', message: expect.stringContaining(needs) }]);
    },
  );
});

describe('rotation', MANY, () => {
  test('leaves the older token valid until it is revoked, while the server runs', async () => {
    const older = await make('create', 'Rotating');
    const newer = await make('rotate', 'Rotating');
    const accepted = async (token: string) => (await product.createSignal(token, LONG)).userErrors.length === 0;
    expect([await accepted(older.token), await accepted(newer.token)]).toEqual([true, true]);
    expect(await cli('rotate', 'Rotating')).toEqual({ code: 1, data: null });
    expect(await cli('revoke', older.tokenId)).toMatchObject({ code: 0, data: { bot: 'rotating', tokenId: older.tokenId } });
    expect([await accepted(older.token), await accepted(newer.token)]).toEqual([false, true]);
  });

  test('shows when a token was last used', async () => {
    const { token, tokenId } = await make('create', 'Used');
    const lastUsed = async () =>
      (await product.sql<{ at: Date | null }>('SELECT last_used_at AS at FROM bot_tokens WHERE id = $1', [tokenId]))[0]?.at;
    expect(await lastUsed()).toBeNull();
    await product.createSignal(token, LONG);
    const at = await until(async () => (await lastUsed()) ?? undefined, 'the use to be stored');
    expect(Math.abs(Date.now() - at.getTime())).toBeLessThan(60_000);
    for (let each = 0; each < 5; each += 1) await product.createSignal(token, LONG);
    expect(await lastUsed()).toEqual(at);
  });
});

describe('a socket', MANY, () => {
  test('may be anonymous, also behind a proxy with a password of its own', async () => {
    for (const authorization of [{}, { header: 'Basic eDp5' }]) {
      const { socket, acknowledged } = open(authorization);
      expect(await acknowledged).toBe(true);
      socket.close();
    }
  });

  test.for([
    ['in the header', (token: string) => ({ header: `Bearer ${token}` })],
    ['in connection_init', (token: string) => ({ init: `Bearer ${token}`, name: 'Authorization' })],
  ] as const)('with a token %s ends within a second of its revocation by another process, and no other does', async ([, by]) => {
    const slug = `Socket ${crypto.randomUUID().slice(0, 8)}`;
    const [kept, revoked] = [await make('create', slug), await make('rotate', slug)];
    const [ends, stays, anonymous] = [open(by(revoked.token)), open(by(kept.token)), open({})];
    expect(await Promise.all([ends.acknowledged, stays.acknowledged, anonymous.acknowledged])).toEqual([true, true, true]);
    const closed = ends.closed.then((code) => ({ code, atMs: performance.now() }));
    const isRevoked = 'SELECT revoked_at IS NOT NULL AS is FROM bot_tokens WHERE id = $1';
    // Revoked is a token from the commit on, the first moment at which anybody can see it.
    const revokedAtMs = until(
      async () => ((await product.sql<{ is: boolean }>(isRevoked, [revoked.tokenId]))[0]?.is ? performance.now() : undefined),
      'the revocation',
    );
    expect((await cli('revoke', revoked.tokenId)).code).toBe(0);
    const { code, atMs } = await closed;
    expect(code).toBe(4403);
    expect(atMs - (await revokedAtMs)).toBeLessThan(1_000);
    expect([stays.socket.readyState, anonymous.socket.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    expect(await open(by(revoked.token)).closed).toBe(4403);
    for (const { socket } of [stays, anonymous]) socket.close();
  });

  test('an event stream ends with its token, too, and that of another goes on', async () => {
    const [kept, revoked] = [await make('create', 'Streams'), await make('rotate', 'Streams')];
    const stream = async (token: string) => {
      const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query: 'subscription { marketFeedsUpdated { marketType } }' });
      const response = await fetch(product.graphqlUrl, { method: 'POST', headers, body });
      const reader = response.body!.getReader();
      expect((await reader.read()).done).toBe(false);
      return reader;
    };
    const [ends, stays] = [await stream(revoked.token), await stream(kept.token)];
    await cli('revoke', revoked.tokenId);
    const end = async (): Promise<string> => {
      for (;;) if ((await ends.read()).done) return 'ended';
    };
    await expect(end()).rejects.toThrow('terminated');
    expect((await stays.read()).done).toBe(false);
    await stays.cancel();
  });

  test.for([
    ['a wrong token', { header: 'Bearer bpt_live_wrong' }],
    ['a wrong token in connection_init', { init: 'Bearer bpt_live_wrong' }],
    ['a wrong token under the header’s usual name', { init: 'Bearer bpt_live_wrong', name: 'Authorization' }],
    ['no token where one should be', { init: 'bpt_live_wrong' }],
    ['something else', { init: 7 }],
  ] as const)('with %s is refused', async ([, authorization]) => {
    const { acknowledged, closed } = open(authorization);
    expect([await acknowledged, await closed]).toEqual([false, 4403]);
  });
});

test('wrong tokens are answered with 429 from the eleventh on, on every way in, and right ones pass', async () => {
  const own = await startProduct({ exchangeOptions: { symbols: SYMBOLS } });
  const right = await own.bot('Right');
  const codes: unknown[] = [];
  for (let each = 0; each < 10; each += 1) codes.push((await own.createSignal('wrong', LONG)).userErrors[0]?.code);
  expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED']));
  const body = JSON.stringify({ query: 'mutation { cancelSignal(id: "x") { userErrors { code } } }' });
  const headers = { 'content-type': 'application/json', authorization: 'Bearer wrong' };
  const response = await fetch(own.graphqlUrl, { method: 'POST', headers, body });
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'TOO_MANY_WRONG_TOKENS' } }] });
  expect(await own.hook('tradingview', 'wrong', 'a: b')).toMatchObject({ status: 429, userErrors: [{ code: 'TOO_MANY_WRONG_TOKENS' }] });
  expect((await own.createSignal(right, LONG)).userErrors).toEqual([]);
  expect((await own.hook('freqtrade', right, 'a: b')).status).toBe(422);
});
