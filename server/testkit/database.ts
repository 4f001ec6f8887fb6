import { afterAll, inject } from 'vitest';
import { openDatabase, type Database, type DatabaseLimits } from '../src/process/database.ts';
import { silentLog } from './silent-log.ts';

/** As in production, but with room for a loaded machine. */
const LIMITS: DatabaseLimits = {
  maxConnections: 20,
  connectTimeoutMs: 20_000,
  statementTimeoutMs: 20_000,
  idleInTransactionTimeoutMs: 20_000,
  transactionTimeoutMs: 20_000,
};

/** The URL of a database of this caller's own on the run's PostgreSQL, with every migration applied. It ends with the run. */
export function freshDatabase(): Promise<string> {
  return ask('/migrated');
}

/** The same with the past that a demo makes at its first start, which is minutes old at most: a demo on it starts again. */
export function demoDatabase(): Promise<string> {
  return ask('/demo');
}

/** The same without a single table. */
export function emptyDatabase(): Promise<string> {
  return ask('/empty');
}

/** Opens a fresh database; it is closed after the test file. Call it in `beforeAll` or at the top of the file. */
export async function openFreshDatabase(limits: Partial<DatabaseLimits> = {}): Promise<Database & { readonly url: string }> {
  const url = await freshDatabase();
  const database = openDatabase(url, { ...LIMITS, ...limits }, silentLog);
  afterAll(() => database.close());
  return { ...database, url };
}

async function ask(path: string): Promise<string> {
  const response = await fetch(`${inject('databaseService')}${path}`, { method: 'POST' });
  const text = await response.text();
  if (!response.ok) throw new Error(`no test database: ${text}`);
  return text;
}
