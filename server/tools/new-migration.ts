// Writes the SQL of a new migration: what prisma/schema.prisma has and the migrations have not. See `npm run generate`.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/process/embedded-postgres.ts';
import { migrate } from '../src/process/migrate.ts';
import { silentLog } from '../testkit/silent-log.ts';
import { sqlToSchema } from './schema-diff.ts';

const migrations = join(import.meta.dirname, '../../prisma/migrations');
const name = process.argv[2] ?? '';
if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name)) {
  console.error('usage: npm run generate -- migration NAME, with a name such as add_webhooks');
  process.exit(2);
}

const sql = await withScratchDatabase(async (url) => {
  await migrate(url, { folder: migrations, log: silentLog, lockTimeoutMs: 10_000, startTimeoutMs: 10_000 });
  return sqlToSchema(url);
});
if (sql === undefined) {
  console.error('the migrations already make what schema.prisma says: nothing to write');
} else {
  const moment = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(migrations, `${moment}_${name}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'migration.sql'), sql);
  console.error(`wrote ${join(folder, 'migration.sql')}: add the CHECKs and triggers that Prisma does not know`);
}

async function withScratchDatabase<Result>(use: (url: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'bot-performance-scratch-'));
  chmodSync(folder, 0o755); // as root, PostgreSQL's user must be able to enter it
  const limits = { startTimeoutMs: 60_000, stopTimeoutMs: 10_000, lockTimeoutMs: 0 };
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: silentLog, ...limits });
  try {
    return await use(postgres.url);
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
