import { beforeAll, expect, test } from 'vitest';
import { testApi } from '../../testkit/api.ts';
import { openFreshDatabase } from '../../testkit/database.ts';
import { addBot } from '../../testkit/stored-record.ts';
import type { Context } from '../graphql/builder.ts';

let ask: (slug: string) => Promise<unknown>;

beforeAll(async () => {
  const { prisma } = await openFreshDatabase();
  await addBot(prisma, 'trend-rider');
  const api = testApi(() => ({ prisma }) as unknown as Context, { newId: () => 'error-id' });
  ask = async (slug) => {
    const body = JSON.stringify({ query: 'query ($slug: String!) { bot(slug: $slug) { slug } }', variables: { slug } });
    const response = await api.fetch('http://localhost/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return response.json();
  };
});

test('a bot is found by its slug', async () => {
  expect(await ask('trend-rider')).toMatchObject({ data: { bot: { slug: 'trend-rider' } } });
});

test.for(['', 'Trend-Rider', 'trend-rider ', "' OR true --", 'trend-rider\0', '\0', '\ud800'])(
  '%j is no bot, and no fault of the server',
  async (slug) => {
    expect(await ask(slug)).toMatchObject({ data: { bot: null } });
  },
);
