import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { TRANSPORTS } from '../../testkit/subscriptions.ts';
import { until } from '../../testkit/waiting.ts';

const COSTLY = `query ($n: Int) { ${Array.from({ length: 10 }, (_, i) => `a${i}: trades(first: $n) { edges { node { signal { id } } } }`).join(' ')} }`;

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: { data?: unknown; errors?: { message: string; extensions: { code: string; errorId?: string } }[]; extensions?: Record<string, unknown> };
} // prettier-ignore

/** A POST from an address of 127.0.0.0/8, which counts by itself. */
function ask(product: Product, body: unknown, { from = '127.0.0.1', headers = {}, path = '/graphql', method = 'POST' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, localAddress: from, headers: { 'content-type': 'application/json', ...headers } };
    const asked = request(`${product.url}${path}`, options, (response) => {
      const parse = (raw: string): Answer => ({ status: response.statusCode!, headers: response.headers, body: raw.startsWith('{') ? (JSON.parse(raw) as Answer['body']) : {} });
      text(response).then((raw) => resolve(parse(raw)), reject);
    });
    asked.once('error', reject).end(method === 'GET' ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
} // prettier-ignore
const codes = ({ body }: Answer): (string | undefined)[] => (body.errors ?? []).map(({ extensions }) => extensions?.code);

describe('what a request may cost', () => {
  test('goes by the variables each time, in either order', async () => {
    expect((await ask(product, { query: COSTLY, variables: { n: 1 } })).status).toBe(200);
    const refused = await ask(product, { query: COSTLY, variables: { n: 100 } });
    expect([refused.status, codes(refused)]).toEqual([400, ['QUERY_TOO_COSTLY']]);
    expect((await ask(product, { query: COSTLY, variables: { n: 1 } })).body.extensions).toMatchObject({ cost: { requested: 70, maximum: 2_000 } });
  }); // prettier-ignore

  test('a page size that is null is the page size of nobody: what else is asked counts', async () => {
    const query = `query ($n: Int = 1) { ${Array.from({ length: 10 }, (_, i) => `a${i}: trades(first: $n, last: 100) { edges { node { signal { id } } } }`).join(' ')} }`;
    expect(codes(await ask(product, { query, variables: { n: null } }))).toEqual(['QUERY_TOO_COSTLY']);
    const points = async (variables: object) =>
      ((await ask(product, { query: 'query ($n: Int = 2) { equityCurve(points: $n) { time } }', variables })).body.extensions as { cost: { requested: number } }).cost.requested;
    expect(await points({ n: null })).toBeGreaterThan(await points({}));
  }); // prettier-ignore

  test('a subscription by POST is an event stream or nothing, however it is written', async () => {
    const query = 'subscription { marketFeedsUpdated { marketType } }';
    for (const headers of [{ accept: 'application/json' }, { accept: '*/*' }, { accept: 'application/graphql-response+json' }]) {
      const refused = await ask(product, { query }, { headers });
      expect([refused.status, codes(refused)], headers.accept).toEqual([406, ['EVENT_STREAM_NOT_ACCEPTED']]);
    }
    for (const accept of ['text/*', 'multipart/mixed'])
      expect((await ask(product, { query }, { headers: { accept } })).status, accept).toBe(406);
  });

  test('JSON in an address that is none is the caller’s fault', async () => {
    const { status, body } = await ask(product, undefined, { method: 'GET', path: '/graphql?query=%7B__typename%7D&variables=%7Bbad' });
    expect([status, body.errors?.[0]?.extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });

  test('is told in the headers of every answer, and in extensions where the cost was judged', async () => {
    const { headers, body } = await ask(product, { query: '{ settings { capitalBase } }' }, { from: '127.1.0.1' });
    expect(headers['ratelimit-policy']).toMatch(/^"cost";q=\d+;w=\d+$/);
    expect(headers['ratelimit']).toMatch(/^"cost";r=\d+;t=\d+$/);
    expect(body.extensions).toMatchObject({ cost: { requested: 1 }, rateLimit: { limit: 1_000_000_000 } });
    for (const query of ['{', '{ nosuch }']) {
      const refused = await ask(product, { query }, { from: '127.1.0.1' });
      expect([refused.headers['ratelimit'], refused.body.extensions]).toEqual([expect.stringMatching(/r=\d/), undefined]);
    }
  });

  test('is limited per address; the others are served, and the pages of that visitor too', async () => {
    const tight = await startProduct({
      env: { API_COST_CAPACITY: '112', API_COST_PER_SECOND: '1', API_MAX_COST: '100', API_REFUSED_COST: '20' },
    });
    const query = { query: '{ trades(first: 20) { edges { node { id } } } }' };
    const answers = await Array.fromAsync(Array.from({ length: 5 }), () => ask(tight, query, { from: '127.1.0.2' }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(codes(answers[4]!)).toEqual(['RATE_LIMITED']);
    // The fourth was looked at before it was refused, which took what was left; the fifth was not.
    expect(answers.slice(3).map(({ headers }) => headers['ratelimit'])).toEqual([
      expect.stringMatching(/r=[012];/),
      expect.stringMatching(/r=[012];/),
    ]);
    expect(Number(answers[4]!.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(tight, query, { from: '127.1.0.3' })).status).toBe(200);
    const forged = { headers: { 'x-page-visitor': 'guess 127.1.0.9', 'x-forwarded-for': '192.0.2.7' }, from: '127.1.0.2' };
    expect((await ask(tight, query, forged)).status).toBe(429);
    const refused = tight.subscribe('subscription { openPositionsUpdated { positions { id } } }', {}, 'WS');
    await until(() => refused.ended, 'the refusal');
    expect(refused.errors).toMatchObject([{ extensions: { code: expect.stringMatching(/QUERY_TOO_COSTLY|RATE_LIMITED/) as string } }]);
    await tight.end();
  });
});

test.each(TRANSPORTS)('a subscription is limited like a query: shape, variables and cost (%s)', async (transport) => {
  const cases = [
    [`subscription { tradeClosed { trade { ${'signal { trade { '.repeat(6)} id ${'} } '.repeat(6)} } } }`, {}, 'QUERY_TOO_DEEP'],
    ['subscription ($s: [SymbolInput!]) { priceTicks(symbols: $s) { price } }', { s: Array.from({ length: 251 }, () => 1) }, 'LIST_TOO_LONG'],
    [`subscription { openPositionsUpdated { ${Array.from({ length: 20 }, (_, i) => `a${i}: positions { id }`).join(' ')} } }`, {}, 'QUERY_TOO_COSTLY'],
    ['subscription ($a: String) { events(after: $a) { sequence } }', { a: `bpt_live_${'A'.repeat(43)}` }, 'TOKEN_NOT_IN_HEADER'],
  ] as const; // prettier-ignore
  for (const [query, variables, code] of cases) {
    const subscription = product.subscribe(query, variables, transport);
    await until(() => subscription.ended ?? subscription.errors[0], code);
    expect(subscription.errors).toMatchObject([{ extensions: { code } }]);
    expect(JSON.stringify(subscription.errors)).not.toContain('"http"');
    subscription.stop();
  }
});

test('a fault of the server is masked with an id on every transport, and the log has it', async () => {
  const broken = await startProduct();
  await broken.sql('ALTER TABLE paper_trades RENAME TO trades_away');
  for (const transport of TRANSPORTS) {
    const subscription = broken.subscribe('subscription { performanceUpdated { totalPnl } }', {}, transport);
    await until(() => subscription.errors[0], 'the error');
    const told = JSON.stringify(subscription.errors);
    const id = /log as ([0-9a-f-]{36})/.exec(told)?.[1];
    expect(told).not.toMatch(/trades_away|paper_trades|relation|prisma|SELECT/i);
    expect(broken.logged.map(({ fields }) => (fields as { errorId?: string }).errorId)).toContain(id);
    subscription.stop();
  }
  await broken.end();
});

describe('what is refused before it is read', () => {
  const BEARER = `bpt_live_${'A'.repeat(43)}_000000`;
  test.each([
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['text', { headers: { 'content-type': 'text/plain' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['something compressed', { headers: { 'content-encoding': 'gzip' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a token in the address', { path: `/graphql?x=${BEARER}` }, 400, 'TOKEN_NOT_IN_HEADER'],
    ['an access_token in the address', { path: '/graphql?access_token=1', method: 'GET' }, 400, 'TOKEN_NOT_IN_HEADER'],
  ] as const)('%s', async (_, options, status, code) => {
    const answer = await ask(product, { query: '{ __typename }' }, options);
    expect([answer.status, codes(answer)]).toEqual([status, [code]]);
  });

  test('a body that is too large, whether it says so or not', async () => {
    const body = JSON.stringify({ query: `{ __typename } #${'x'.repeat(33_000)}` });
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }])
      expect(codes(await ask(product, body, { headers }))).toEqual(['REQUEST_ENTITY_TOO_LARGE']);
  });
});

test('an error does not give a huge value back, but names its place', async () => {
  const input = { symbol: 'BTCUSDT', direction: 'x'.repeat(20_000), takeProfit: '1', stopLoss: '1' };
  const { body } = await ask(product, { query: 'mutation ($input: CreateSignalInput!) { createSignal(input: $input) { duplicate } }', variables: { input } });
  expect(body.errors?.[0]?.message.length).toBeLessThan(320);
  expect(body.errors?.[0]?.message).toContain('input');
}); // prettier-ignore

test('an answer that takes too long is given up', async () => {
  const slow = await startProduct({ env: { API_EXECUTION_TIMEOUT_MS: '100' } });
  await slow.sql('CREATE SCHEMA held; ALTER TABLE signals RENAME TO held_signals');
  await slow.sql('CREATE VIEW signals AS SELECT s.* FROM held_signals s, (SELECT pg_sleep(1)) AS wait');
  expect(codes(await ask(slow, { query: '{ signals { totalCount } }' }))).toEqual(['EXECUTION_TIMEOUT']);
  await slow.sql('DROP VIEW signals; ALTER TABLE held_signals RENAME TO signals');
  await slow.end();
});
