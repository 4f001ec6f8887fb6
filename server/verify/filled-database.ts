import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/process/embedded-postgres.ts';
import { migrate } from '../src/process/migrate.ts';
import { fillRecord } from '../testkit/fill-record.ts';
import { silentLog } from '../testkit/silent-log.ts';

export interface FilledDatabase {
  readonly url: string;
  /** Ends it and takes its folder away. */
  stop(): Promise<void>;
}

/** A PostgreSQL of its own with a long record in it; `look` sees it before anything else does. */
export async function filledDatabase(
  trades: number,
  openEvery: number,
  look: (client: pg.Client) => Promise<void> = async () => {},
): Promise<FilledDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'bot-performance-verify-'));
  chmodSync(folder, 0o755); // as root, PostgreSQL's user must be able to enter it
  const limits = { startTimeoutMs: 60_000, stopTimeoutMs: 20_000, lockTimeoutMs: 0 };
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: silentLog, settings: { fsync: 'off' }, ...limits });
  const migrations = join(import.meta.dirname, '../../prisma/migrations');
  await migrate(postgres.url, { folder: migrations, log: silentLog, lockTimeoutMs: 10_000, startTimeoutMs: 10_000 });
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await fillRecord((text) => client.query(text), { trades, openEvery });
  await look(client);
  await client.end();
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
