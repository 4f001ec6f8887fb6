import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/process/embedded-postgres.ts';
import { silentLog } from '../testkit/silent-log.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Gives the URL of a database without rows that somebody else takes away. */
export type GiveDatabase = () => Promise<string>;

export interface RigDatabase {
  readonly url: string;
  end(): Promise<void>;
}

/** All that this process has begun to start. To end one again changes nothing. */
const started: Promise<RigDatabase>[] = [];

/**
 * The database that a rig is given; without one, one on a PostgreSQL of its own, as durable as an operator's unless `settings` say else.
 * A signal that ends the rig ends that too, also while it is being started: it is a process of its own and would outlive it.
 */
export async function rigDatabase(give: GiveDatabase | undefined, settings: Readonly<Record<string, string>> = {}): Promise<RigDatabase> {
  if (give) return { url: await give(), end: () => Promise.resolve() };
  if (started.length === 0) for (const signal of SIGNALS) process.on(signal, interrupted);
  const database = startDatabase(settings);
  started.push(database);
  return database;
}

/** A second signal changes nothing: a Ctrl-C comes twice, from the terminal and from tools/run.mjs. */
function interrupted(): void {
  const ends = started.map(async (database) => (await database).end());
  void Promise.allSettled(ends).then(() => process.exit(1));
}

async function startDatabase(settings: Readonly<Record<string, string>>): Promise<RigDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bot-performance-rig-'));
  chmodSync(dataDir, 0o755); // as root, PostgreSQL's user must be able to enter it
  const limits = { startTimeoutMs: 60_000, stopTimeoutMs: 20_000, lockTimeoutMs: 0 };
  const removeFolder = (): void => rmSync(dataDir, { recursive: true, force: true });
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, log: silentLog, settings, ...limits });
    return { url: postgres.url, end: () => postgres.stop().finally(removeFolder) };
  } catch (error) {
    removeFolder();
    throw error;
  }
}
