import { expect, test } from 'vitest';
import { parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import pg from 'pg';
import { freshDatabase } from '../../testkit/database.ts';
import { fillRecord } from '../../testkit/fill-record.ts';
import { startProduct } from '../../testkit/product.ts';
import { costOf } from '../graphql/cost.ts';
import { schema } from '../graphql/schema.ts';
import { LIMITS } from './limits.ts';

/** An address with these points and hardly any more. */
const POINTS = { API_COST_CAPACITY: '2000', API_COST_PER_SECOND: '1' };

test('wrong tokens in addresses of webhooks are paid for like refusals, and no more are looked up than that', async () => {
  const product = await startProduct({ env: POINTS });
  const right = await product.bot('Right');
  expect((await product.hook('freqtrade', right, 'a: b')).status).toBe(422);
  const answers = await Promise.all(Array.from({ length: 100 }, () => product.hook('tradingview', 'wrong', 'a: b')));
  const count = (code: string) => answers.filter(({ userErrors }) => userErrors[0]?.code === code).length;
  const lookedUp = count('UNAUTHENTICATED') + count('TOO_MANY_WRONG_TOKENS');
  expect(lookedUp).toBeGreaterThanOrEqual(3);
  expect(lookedUp).toBeLessThanOrEqual(2_000 / 200 + 8);
  expect(lookedUp + count('RATE_LIMITED')).toBe(100);
  const response = await fetch(`${product.url}/hooks/tradingview/${right}`, { method: 'POST', body: 'a: b' });
  expect([response.status, Number(response.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect(await response.json()).toMatchObject({ signalId: null, userErrors: [{ field: [], code: 'RATE_LIMITED' }] });
});

test('a right token passes from an address with failures while there are points', async () => {
  const product = await startProduct({ env: { ...POINTS, API_COST_CAPACITY: '4000' } });
  const right = await product.bot('Right');
  for (let each = 0; each < 12; each += 1) await product.hook('tradingview', 'wrong', 'a: b');
  expect(await product.hook('tradingview', 'wrong', 'a: b')).toMatchObject({
    status: 429,
    userErrors: [{ code: 'TOO_MANY_WRONG_TOKENS' }],
  });
  expect((await product.hook('freqtrade', right, 'a: b')).status).toBe(422);
});

test('a message to a webhook costs what createSignal costs', async () => {
  // With what a webhook answers asked back.
  const document = parse('mutation { createSignal(input: {}) { signal { id } trade { id } duplicate userErrors { field code message } } }');
  const costs = costOf(schema, document, document.definitions[0] as OperationDefinitionNode, {});
  expect(Number(LIMITS.hooks.cost.standard)).toBe(costs);
  const product = await startProduct({ env: POINTS });
  const right = await product.bot('Right');
  const answer = (): Promise<{ extensions: { rateLimit: { remaining: number } } }> =>
    fetch(product.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query": "{ __typename }"}',
    }).then((response) => response.json() as never);
  const before = (await answer()).extensions.rateLimit.remaining;
  for (let each = 0; each < 10; each += 1) await product.hook('freqtrade', right, 'a: b');
  const spent = before - (await answer()).extensions.rateLimit.remaining;
  expect(spent).toBeGreaterThan(10 * 12);
  expect(spent).toBeLessThanOrEqual(10 * (12 + 5) + 5);
});

test('a download is paid for as well', async () => {
  const product = await startProduct({ env: { ...POINTS, API_COST_CAPACITY: '2100' } });
  const download = () => fetch(`${product.url}/bot-performance/export.csv`);
  for (let each = 0; each < 2; each += 1) expect((await download()).status).toBe(200);
  const refused = await download();
  expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
  expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } }] });
});

test('figures are paid for by who is first to ask for them, by the trades that had to be worked out', async () => {
  const databaseUrl = await freshDatabase();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await fillRecord((text) => client.query(text), { trades: 3_000, openEvery: 100 }).finally(() => client.end());
  const product = await startProduct({ databaseUrl, env: { API_COST_CAPACITY: '20000', API_COST_PER_SECOND: '1' } });
  let remaining = 20_000;
  const costs = async (filter: string): Promise<number> => {
    const query = `{ performance(filter: ${filter}) { expectancyInterval { low } } }`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(product.graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const before = remaining;
    ({ remaining } = ((await response.json()) as { extensions: { rateLimit: { remaining: number } } }).extensions.rateLimit);
    return before - remaining;
  };
  const first = await costs('{}');
  const again = await costs('{}');
  const worked = (3_000 * 50 + 2_970 * 500) / 1_000;
  expect(first - again).toBeGreaterThan(worked - 5); // some come back meanwhile
  expect(first - again).toBeLessThanOrEqual(worked + 2);
  // The same trades by another filter: they are read, and their interval is known.
  const sameTrades = await costs('{ from: "2019-01-01T00:00:00Z" }');
  expect(sameTrades - again).toBeGreaterThan(150 - 5);
  expect(sameTrades - again).toBeLessThanOrEqual(150 + 2);
});
