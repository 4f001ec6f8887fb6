import { appendFileSync, cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyDatabase } from '../../testkit/database.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { historyFaults } from '../../tools/schema-diff.ts';
import { migrate, readMigrations } from './migrate.ts';

const real = join(import.meta.dirname, '../../../prisma/migrations');
let folder: string;
let url: string;

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'migrations-')), 'migrations');
  cpSync(real, folder, { recursive: true });
  url = await emptyDatabase();
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const run = () => migrate(url, { folder, log: silentLog, lockTimeoutMs: 30_000, startTimeoutMs: 30_000 });

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query<Record<string, unknown>>(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

function add(name: string, sql: string): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'migration.sql'), sql);
}

describe('migrate', () => {
  test('applies everything once, in order, and records it as Prisma does', async () => {
    add('99990101000000_later', 'CREATE TABLE later (id int)');
    const names = readMigrations(folder).map(({ name }) => name);
    expect(await run()).toEqual(names);
    expect(await run()).toEqual([]);
    const rows = await query(
      'SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at, finished_at >= started_at AS done FROM _prisma_migrations ORDER BY started_at',
    );
    expect(rows).toEqual(
      readMigrations(folder).map(({ name, checksum }) => ({
        migration_name: name,
        checksum,
        applied_steps_count: 1,
        logs: null,
        rolled_back_at: null,
        done: true,
      })),
    );
  });

  test('`prisma migrate status` agrees, and sees an edited file', async () => {
    expect(await historyFaults(url, folder)).toEqual(['no table of migrations', 'databaseIsBehind']);
    const [first] = await run();
    expect(await historyFaults(url, folder)).toEqual([]);
    appendFileSync(join(folder, first ?? '', 'migration.sql'), '-- edited');
    expect(await historyFaults(url, folder)).toEqual([`edited: ${first}`]);
  });

  test('twenty processes at once apply each migration once', async () => {
    const applied = await Promise.all(Array.from({ length: 20 }, run));
    expect(applied.flat()).toEqual(readMigrations(folder).map(({ name }) => name));
  });

  test('a failing migration is rolled back whole, the ones before it stay, and a mended file is applied', async () => {
    add('99990101000000_bad', 'CREATE TABLE half (id int); SELECT 1/0');
    await expect(run()).rejects.toThrow('the migration 99990101000000_bad failed and was rolled back: division by zero');
    expect(await query("SELECT to_regclass('half') AS half, to_regclass('signals') IS NOT NULL AS signals")).toEqual([
      { half: null, signals: true },
    ]);
    writeFileSync(join(folder, '99990101000000_bad', 'migration.sql'), 'CREATE TABLE whole (id int)');
    expect(await run()).toEqual(['99990101000000_bad']);
  });

  test('refuses a file that changed after it was applied', async () => {
    const [first] = await run();
    appendFileSync(join(folder, first ?? '', 'migration.sql'), '\n-- a comment');
    await expect(run()).rejects.toThrow(`the migration ${first} was changed after it was applied`);
  });

  test('refuses a database of a newer version and applies nothing', async () => {
    add('99990101000000_newer', 'CREATE TABLE newer (id int)');
    await run();
    rmSync(join(folder, '99990101000000_newer'), { recursive: true });
    add('88880101000000_missing', 'CREATE TABLE missing (id int)');
    await expect(run()).rejects.toThrow('the database has the migration 99990101000000_newer, which this version does not know');
    expect(await query("SELECT to_regclass('missing') AS missing")).toEqual([{ missing: null }]);
  });

  test('refuses a migration that Prisma recorded as failed', async () => {
    const [first] = await run();
    await query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(run()).rejects.toThrow(`the migration ${first} is recorded as failed`);
  });

  test('gives up waiting for another migrating process', async () => {
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await other.query('SELECT pg_advisory_lock(72707369)'); // the lock of `prisma migrate`
    await expect(migrate(url, { folder, log: silentLog, lockTimeoutMs: 50, startTimeoutMs: 30_000 })).rejects.toThrow(
      'another process has been migrating',
    );
    await other.end();
  });

  test('one clear line when the database cannot be reached', async () => {
    await expect(
      migrate('postgresql://127.0.0.1:1/none', { folder, log: silentLog, lockTimeoutMs: 1_000, startTimeoutMs: 0 }),
    ).rejects.toThrow('the database cannot be reached: connect ECONNREFUSED 127.0.0.1:1');
  });

  test('waits for a database that starts at the same time', async () => {
    const [target, relay] = [new URL(url), createServer()];
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    const { port } = relay.address() as AddressInfo;
    const real = Number.parseInt(target.port, 10);
    relay.close();
    await once(relay, 'close');
    let refused = 0;
    const log = {
      ...silentLog,
      info: (_: object, message: string) =>
        void (message === 'waiting for the database' && ((refused += 1), relay.listen(port, '127.0.0.1'))),
    };
    relay.on('connection', (socket) => void socket.pipe(connect(real, '127.0.0.1')).pipe(socket));
    target.port = String(port);
    expect(await migrate(target.href, { folder, log, lockTimeoutMs: 30_000, startTimeoutMs: 30_000 })).toHaveLength(
      readMigrations(folder).length,
    );
    expect(refused).toBe(1);
    relay.close();
  });
});
