import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../src/process/migrate.ts';
import { fillRecord } from '../testkit/fill-record.ts';
import { silentLog } from '../testkit/silent-log.ts';
import { rigDatabase } from './rig-database.ts';
import type { GiveDatabase, RigDatabase } from './rig-database.ts';

/** A database with a long record in it; `look` sees it before anything else does. */
export async function filledDatabase(
  give: GiveDatabase | undefined,
  trades: number,
  openEvery: number,
  look: (client: pg.Client) => Promise<void> = async () => {},
): Promise<RigDatabase> {
  const database = await rigDatabase(give, { fsync: 'off' });
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => {}); // told by the query that meets it
  const migrations = join(import.meta.dirname, '../../prisma/migrations');
  try {
    await migrate(database.url, { folder: migrations, log: silentLog, lockTimeoutMs: 10_000, startTimeoutMs: 10_000 });
    await client.connect();
    await fillRecord((text) => client.query(text), { trades, openEvery });
    await look(client);
    await client.end();
    return database;
  } catch (error) {
    await database.end(); // and with it the client
    throw error;
  }
}
