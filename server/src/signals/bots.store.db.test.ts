import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { idsFrom } from '../kernel/ids.ts';
import { BotsStore, slugOf } from './bots.store.ts';
import type { Scope } from './scopes.ts';
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
    const { id, slug, token, tokenId } = await create('Trend Rider');
    expect(slug).toBe('trend-rider');
    expect(looksLikeToken(token)).toBe(true);
    expect(await store.findByToken(token)).toEqual({ id, slug, tokenId, scopes: ['signals:create', 'signals:change'] });
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
    for (const name of ['two\nlines', 'a\tb', 'nul\0', 'turned\u202e', 'half\ud800'])
      await expect(create(name)).rejects.toThrow('plain text');
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

describe('the tokens of a bot', () => {
  const rotate = (name: string, scopes?: readonly Scope[]) => store.rotate(name, clock, idsFrom(clock, randomBytes), randomBytes, scopes);

  test('are two while it changes over, and the older goes on until it is revoked', async () => {
    const older = await create('Rotating');
    const newer = await rotate('rotating');
    expect([await store.findByToken(older.token), await store.findByToken(newer.token)]).toMatchObject([
      { id: older.id },
      { id: older.id },
    ]);
    await expect(rotate('Rotating')).rejects.toThrow('two valid tokens');
    await store.revoke(older.tokenId, clock);
    expect([await store.findByToken(older.token), (await store.findByToken(newer.token))?.slug]).toEqual([null, 'rotating']);
    expect(await store.validTokens('rotating')).toEqual([newer.tokenId]);
    await rotate('rotating'); // the slot is free again
  });

  test('are never three, whoever rotates at the same moment', async () => {
    await create('Racing');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => rotate('racing')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store.validTokens('racing')).toHaveLength(2);
  });

  test('hand on what they may unless it is said', async () => {
    const only = await store.create('Narrow', clock, idsFrom(clock, randomBytes), randomBytes, ['signals:create']);
    const next = await rotate('narrow');
    expect(await store.findByToken(next.token)).toMatchObject({ scopes: ['signals:create'] });
    await store.revoke(only.tokenId, clock);
    expect((await rotate('narrow', ['signals:change'])).scopes).toEqual(['signals:change']);
  });

  test('revoked twice are revoked since the first time; unknown ones and bots are told', async () => {
    const { tokenId } = await create('Revoked');
    const first = await store.revoke(tokenId, clock);
    clock.advance(1_000);
    expect(await store.revoke(tokenId, clock)).toEqual(first);
    expect(await store.revokedAmong([tokenId, crypto.randomUUID()])).toEqual([tokenId]);
    await expect(store.revoke(crypto.randomUUID(), clock)).rejects.toThrow('no token');
    await expect(rotate('nobody')).rejects.toThrow('no bot');
  });

  test('have the time of their last use, stored at most once in so long', async () => {
    const { tokenId } = await create('Used');
    const lastUse = async (): Promise<number | undefined> =>
      (await store.list())
        .flatMap(({ tokens }) => tokens)
        .find(({ id }) => id === tokenId)
        ?.lastUsedAt?.getTime();
    const at = (seconds: number): Date => new Date(clock.now().getTime() + seconds * 1_000);
    expect(await lastUse()).toBeUndefined();
    await store.markUsed(tokenId, at(0), 60_000);
    await store.markUsed(tokenId, at(59), 60_000);
    expect(await lastUse()).toBe(at(0).getTime());
    await store.markUsed(tokenId, at(60), 60_000);
    expect(await lastUse()).toBe(at(60).getTime());
  });
});
