import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { idsFrom } from '../kernel/ids.ts';
import { BotsStore, slugOf } from './bots.store.ts';
import { looksLikeToken, newToken } from './tokens.ts';

const clock = new ManualClock();
let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let store: BotsStore;
const create = (name: string) => store.create(name, clock, idsFrom(clock, randomBytes), randomBytes);

beforeAll(async () => {
  database = await openFreshDatabase();
  store = new BotsStore(database.prisma);
});

describe('slugs', () => {
  test.for([
    ['Trend Rider 2', 'trend-rider-2'],
    ['  --Äpfel & Öl--  ', 'apfel-ol'],
    ['ＦＵＬＬ', 'full'],
    ['a'.repeat(80), 'a'.repeat(64)],
    [`${'a'.repeat(63)} b`, 'a'.repeat(63)],
    ['币安', ''],
    ['...', ''],
    ["Robert'); DROP TABLE bots;--", 'robert-drop-table-bots'],
  ])('%j is %j', ([name, slug]) => {
    expect(slugOf(name!)).toBe(slug);
  });
});

describe('a bot', () => {
  test('gets a token that finds it, of which the database knows only the hash', async () => {
    const { id, slug, token } = await create('Trend Rider');
    expect(slug).toBe('trend-rider');
    expect(looksLikeToken(token)).toBe(true);
    expect(await store.findByToken(token)).toEqual({ id, slug });
    const dump = JSON.stringify(
      await database.pool.query('SELECT b.*, t.*, encode(t.hash, $$escape$$) AS text FROM bots b JOIN bot_tokens t ON t.bot_id = b.id'),
    );
    expect(dump).not.toContain(token.slice(9, 30));
  });

  test('two have different tokens, and each finds its own', async () => {
    const [one, two] = [await create('One'), await create('Two')];
    expect(one.token).not.toBe(two.token);
    expect((await store.findByToken(one.token))?.slug).toBe('one');
    expect((await store.findByToken(two.token))?.slug).toBe('two');
  });

  test('is found by no other text: mistyped, unknown, a hash, nothing', async () => {
    const { token } = await create('Three');
    for (const wrong of [token.slice(0, -1), `${token} `, newToken(randomBytes), '', '\0', 'x'.repeat(1_000_000)])
      expect(await store.findByToken(wrong)).toBeNull();
  });

  test('is not found by a token that was revoked', async () => {
    const { id, token } = await create('Four');
    await database.prisma.botToken.updateMany({ where: { botId: id }, data: { revokedAt: clock.now() } });
    expect(await store.findByToken(token)).toBeNull();
  });

  test('needs a name that gives an address, is short enough and is not taken', async () => {
    await create('Five');
    await expect(create('FIVE!')).rejects.toThrow('address "five"');
    await expect(create('币安')).rejects.toThrow('at least one letter');
    await expect(create('')).rejects.toThrow('at least one letter');
    await expect(create('a'.repeat(65))).rejects.toThrow('at most 64');
    expect((await create(`x${'🚀'.repeat(63)}`)).slug).toBe('x');
    expect(await database.prisma.botToken.count()).toBe(await database.prisma.bot.count());
  });

  test('of two with one name at the same moment one is created, with one token', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => create('Race')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [bot] = await database.prisma.bot.findMany({ where: { slug: 'race' }, include: { tokens: true } });
    expect(bot?.tokens).toHaveLength(1);
    expect(await database.prisma.botToken.count()).toBe(await database.prisma.bot.count());
  });
});
