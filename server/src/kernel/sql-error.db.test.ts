import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { openDatabase } from '../process/database.ts';
import { isDataRefused, sqlState } from './sql-error.ts';

const ID = '0192f1c0-0000-7000-8000-000000000001';
let database: Awaited<ReturnType<typeof openFreshDatabase>>;

beforeAll(async () => {
  database = await openFreshDatabase();
  await database.pool.query(`INSERT INTO bots (id, slug, name, created_at) VALUES ('${ID}', 'taken', 'Taken', now())`);
});

function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('this must fail'),
    (error: unknown) => error,
  );
}

const STATEMENTS: readonly (readonly [sql: string, state: string, refused: boolean])[] = [
  ['SELECT 1 / 0', '22012', true],
  ["SELECT 'x'::uuid", '22P02', true],
  ["SELECT 'x'::numeric", '22P02', true],
  ['SELECT 1e300::numeric(38,18)', '22003', true],
  ["SELECT '0000-01-01T00:00:00Z'::timestamptz", '22008', true],
  ["INSERT INTO bots (id, slug, name, created_at) VALUES (gen_random_uuid(), 'taken', 'Name', now())", '23505', true],
  ["INSERT INTO bots (id, slug, name, created_at) VALUES (gen_random_uuid(), 'NOT A SLUG', 'Name', now())", '23514', true],
  ["INSERT INTO bots (id, slug, name, created_at) VALUES (gen_random_uuid(), 'free', NULL, now())", '23502', true],
  [
    'INSERT INTO bot_tokens (id, bot_id, hash, scopes, slot, created_at) VALUES (gen_random_uuid(), gen_random_uuid(), sha256($$x$$), $${signals:create}$$, 1, now())',
    '23503',
    true,
  ],
  ['DELETE FROM record_head', '23000', true],
  ['SELECT * FROM nowhere', '42P01', false],
  ['SELEC', '42601', false],
  ["DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = 'deadlock_detected'; END $$", '40P01', false],
  ["DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = 'serialization_failure'; END $$", '40001', false],
  ["DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$", '53100', false],
  ["DO $$ BEGIN RAISE EXCEPTION 'read only' USING ERRCODE = 'read_only_sql_transaction'; END $$", '25006', false],
];

describe('the SQLSTATE of a real error', () => {
  test.for(STATEMENTS)('%s: %s', async ([sql, state, refused]) => {
    const errors = await Promise.all([
      errorOf(database.prisma.$executeRawUnsafe(sql)),
      errorOf(database.prisma.$queryRawUnsafe(sql)),
      errorOf(database.prisma.$transaction([database.prisma.$executeRawUnsafe(sql)])),
      errorOf(database.prisma.$transaction((transaction) => transaction.$executeRawUnsafe(sql))),
      errorOf(database.pool.query(sql)),
    ]);
    expect(errors.map(sqlState)).toEqual(errors.map(() => state));
    expect(errors.map(isDataRefused)).toEqual(errors.map(() => refused));
  });

  test('a parameter that PostgreSQL cannot hold', async () => {
    const error = await errorOf(database.prisma.$queryRaw`SELECT ${'\0'}::text`);
    expect([sqlState(error), isDataRefused(error)]).toEqual(['22021', true]);
  });

  test('through a model’s own methods', async () => {
    const bot = { id: ID.replace(/1$/, '2'), slug: 'taken', name: 'Name', createdAt: new Date(0) };
    const taken = await errorOf(database.prisma.bot.create({ data: bot }));
    expect([sqlState(taken), isDataRefused(taken)]).toEqual(['23505', true]);
    const broken = await errorOf(database.prisma.bot.create({ data: { ...bot, slug: 'NOT A SLUG' } }));
    expect([sqlState(broken), isDataRefused(broken)]).toEqual(['23514', true]);
    const orphan = await errorOf(
      database.prisma.botToken.create({
        data: { id: ID, botId: bot.id, hash: new Uint8Array(32), scopes: ['signals:create'], slot: 1, createdAt: bot.createdAt },
      }),
    );
    expect([sqlState(orphan), isDataRefused(orphan)]).toEqual(['23503', true]);
  });
});

describe('what is not the data’s fault is never refused, so that it is tried again', () => {
  test('a statement that takes too long', async () => {
    const hasty = openDatabase(database.url, { ...LIMITS, statementTimeoutMs: 50 }, silentLog);
    const error = await errorOf(hasty.prisma.$executeRaw`SELECT pg_sleep(10)`).finally(() => hasty.close());
    expect([sqlState(error), isDataRefused(error)]).toEqual(['57014', false]);
  });

  test('a connection that is cut in the middle', async () => {
    const one = openDatabase(database.url, { ...LIMITS, maxConnections: 1 }, silentLog);
    const [row] = await one.prisma.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    const cut = errorOf(one.prisma.$executeRaw`SELECT pg_sleep(10)`);
    await expect.poll(async () => (await database.pool.query('SELECT pg_terminate_backend($1) AS cut', [row?.pid])).rows[0].cut).toBe(true);
    expect(isDataRefused(await cut)).toBe(false);
    await one.close();
  });

  test('a database that is not there', async () => {
    const nowhere = openDatabase('postgresql://127.0.0.1:1/x', LIMITS, silentLog);
    const error = await errorOf(nowhere.prisma.$executeRaw`SELECT 1`).finally(() => nowhere.close());
    expect([sqlState(error), isDataRefused(error)]).toEqual([undefined, false]);
  });

  test.for([undefined, null, 'text', 42, {}, new Error('x'), { code: 'P2002' }, { code: 22012 }, { code: '22' }])(
    '%j has no SQLSTATE',
    (error) => {
      expect([sqlState(error), isDataRefused(error)]).toEqual([undefined, false]);
    },
  );

  test('a chain of causes without end comes to an end', () => {
    const loop: { cause?: unknown } = {};
    loop.cause = loop;
    expect(sqlState(loop)).toBeUndefined();
    expect(sqlState(new Error('outer', { cause: Object.assign(new pg.DatabaseError('inner', 0, 'error'), { code: '23505' }) }))).toBe(
      '23505',
    );
  });
});

const LIMITS = {
  maxConnections: 2,
  connectTimeoutMs: 2_000,
  statementTimeoutMs: 20_000,
  idleInTransactionTimeoutMs: 20_000,
  transactionTimeoutMs: 20_000,
};
