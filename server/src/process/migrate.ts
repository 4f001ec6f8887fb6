import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../kernel/log.ts';
import { codeOf, messageOf, StartFault } from './start-fault.ts';

export interface MigrateOptions {
  /** prisma/migrations. */
  readonly folder: string;
  readonly log: Log;
  /** How long to wait for another process that is migrating, and for any lock a migration needs. */
  readonly lockTimeoutMs: number;
  /** How long to wait for a database that does not answer yet, since it starts at the same time. */
  readonly startTimeoutMs: number;
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hex, as Prisma records it. */
  readonly checksum: string;
}

/** The same advisory lock as `prisma migrate` takes, so the two wait for each other. */
const PRISMA_LOCK = 72_707_369;

/** Prisma's own table, column by column, so that `prisma migrate status` and `deploy` agree with what is done here. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies the migrations that the database lacks, in order, each in a transaction of its own, and returns their names.
 * Any number of processes may do so at once.
 *
 * Throws a StartFault, having changed nothing, when the database was migrated by a newer version, a migration was edited after it was
 * applied, or one is recorded as failed; and when a migration fails, with the ones before it applied.
 */
export async function migrate(url: string, { folder, log, lockTimeoutMs, startTimeoutMs }: MigrateOptions): Promise<string[]> {
  const migrations = readMigrations(folder);
  const client = await connect(url, startTimeoutMs, log);
  try {
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    await client.query(`SELECT pg_advisory_lock(${PRISMA_LOCK})`); // ends with the connection
    await client.query(CREATE_TABLE);
    const missing = await findMissing(client, migrations);
    for (const migration of missing) {
      await apply(client, migration);
      log.info({ migration: migration.name }, 'applied migration');
    }
    return missing.map(({ name }) => name);
  } catch (error) {
    if (error instanceof StartFault) throw error;
    if (codeOf(error) === '55P03') throw new StartFault('another process has been migrating this database for too long');
    throw new StartFault(`the database cannot be migrated: ${messageOf(error)}`);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * The names of the migrations that a database lacks, with nothing changed; 'ALL' where it was never migrated. Throws a StartFault where
 * `migrate` would, and where the database cannot be reached.
 */
export async function pendingMigrations(
  url: string,
  { folder, log, startTimeoutMs }: Omit<MigrateOptions, 'lockTimeoutMs'>,
): Promise<string[] | 'ALL'> {
  const client = await connect(url, startTimeoutMs, log);
  try {
    const { rows } = await client.query<{ exists: boolean }>(`SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS exists`);
    return rows[0]?.exists ? (await findMissing(client, readMigrations(folder))).map(({ name }) => name) : 'ALL';
  } finally {
    await client.end().catch(() => {});
  }
}

/** Codes of a database that is not there yet: nobody listens, its name is not known yet, it is starting, the network is not up. */
const NOT_YET = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', '57P03'];
const RETRY_EVERY_MS = 500;

async function connect(url: string, timeoutMs: number, log: Log): Promise<pg.Client> {
  const deadline = performance.now() + timeoutMs;
  for (let tries = 1; ; tries += 1) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs });
    client.on('error', () => {}); // a connection cut in between is told by the query's own error
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (!NOT_YET.includes(codeOf(error) ?? '') || performance.now() >= deadline)
        throw new StartFault(`the database cannot be reached: ${messageOf(error)}`);
      if (tries === 1) log.info({ reason: messageOf(error) }, 'waiting for the database');
    }
    await sleep(RETRY_EVERY_MS);
  }
}

export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .toSorted()
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .map((name) => {
      const bytes = readFileSync(join(folder, name, 'migration.sql'));
      return { name, sql: bytes.toString(), checksum: createHash('sha256').update(bytes).digest('hex') };
    });
}

async function findMissing(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT "migration_name" AS name, "checksum", "finished_at" IS NOT NULL AS finished
     FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL ORDER BY "started_at"`,
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of rows) {
    const migration = known.get(name);
    if (migration === undefined)
      throw new StartFault(`the database has the migration ${name}, which this version does not know: start the newer version`);
    if (!finished) throw new StartFault(`the migration ${name} is recorded as failed: see "prisma migrate resolve"`);
    if (migration.checksum !== checksum)
      throw new StartFault(`the migration ${name} was changed after it was applied: put the original file back`);
  }
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw new StartFault(`the migration ${name} failed and was rolled back: ${messageOf(error)}`);
  }
}
