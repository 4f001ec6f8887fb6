import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataFolderInUse, lockFolder, openDataFolder } from './data-folder.ts';
import type { Unlock } from './data-folder.ts';
import { findBinaries } from './postgres-binaries.ts';
import { initialise, isRunning, refuseOtherMajorVersion, runningPort, startServer, stopServer, SUPERUSER } from './postgres-cluster.ts';
import type { ServerOptions } from './postgres-cluster.ts';
import { createHome, findHome, preparePostgresFolder } from './postgres-home.ts';
import type { PostgresHome } from './postgres-home.ts';
import { codeOf, messageOf, StartFault } from './start-fault.ts';

export interface EmbeddedPostgresOptions extends ServerOptions {
  /** The data folder; created when missing. */
  readonly dataDir: string;
  /** How long to wait for an earlier process that is just leaving the data folder. */
  readonly lockTimeoutMs: number;
  /** Where root keeps what PostgreSQL's user must reach and cannot in the data folder. */
  readonly systemFolder?: string;
}

export interface EmbeddedPostgres {
  /** postgresql://… with the password: never log it. */
  readonly url: string;
  /** The folder with the database: the data folder, or one outside. */
  readonly home: string;
  /** Whether it was started now or found running, left by a killed process or used by another. */
  readonly origin: 'started' | 'found';
  /** Stops PostgreSQL and frees the data folder; a database that another process owns is left alone. Again does nothing. */
  stop(): Promise<void>;
}

const DEFAULT_SYSTEM_FOLDER = '/var/lib/bot-performance';
const DATABASE = 'bot_performance';
const RETRY_EVERY_MS = 100;

/**
 * Starts the data folder's own PostgreSQL, or finds the one that a killed process left running, and owns it until `stop`.
 *
 * Throws a StartFault for everything an operator can mend: a folder that cannot be written or is in use (DataFolderInUse), a database of
 * another major version, a start that failed.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = openDataFolder(options.dataDir);
  const unlocks: Unlock[] = [await lockWhenFree(dataDir, options.lockTimeoutMs)];
  const unlock = () => unlocks.reverse().forEach((each) => each());
  try {
    const systemFolder = options.systemFolder ?? DEFAULT_SYSTEM_FOLDER;
    const home = findHome(dataDir) ?? createHome(dataDir, systemFolder);
    if (home.home !== dataDir) {
      unlocks.push(lockFolder(home.home)); // a copy of the data folder would lead to the same database
      options.log.info({ home: home.home }, `the database is kept in ${home.home}: PostgreSQL's user cannot enter ${dataDir}`);
    }
    const binaries = findBinaries(home.account, systemFolder);
    refuseOtherMajorVersion(home, binaries);
    preparePostgresFolder(home);
    await initialise(home, binaries, options);
    // One that is just going down answers no more and is gone a moment later: then it is started like any other.
    let url = (await isRunning(home, binaries)) ? await connect(home, options.startTimeoutMs) : undefined;
    const found = url !== undefined;
    if (!found) await startServer(home, binaries, options);
    url ??= await connect(home, options.startTimeoutMs);
    if (url === undefined)
      throw new StartFault(`the embedded PostgreSQL in ${home.home} ended right after its start (see ${home.logFile})`);
    options.log.info({ home: home.home, version: binaries.version }, found ? 'found the PostgreSQL left running' : 'started PostgreSQL');
    let stopping: Promise<void> | undefined;
    const stop = () => (stopping ??= stopServer(home, binaries, options).finally(unlock));
    return { url, home: home.home, origin: found ? 'found' : 'started', stop };
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * For a command beside a server that may be running: uses the running server's database, or starts it for as long as the command takes.
 */
export async function useEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres({ ...options, lockTimeoutMs: 0 });
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error;
    return { ...(await attach(options, error)), origin: 'found', stop: async () => {} };
  }
}

async function lockWhenFree(folder: string, timeoutMs: number): Promise<Unlock> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return lockFolder(folder);
    } catch (error) {
      if (!(error instanceof DataFolderInUse) || performance.now() >= deadline) throw error;
    }
    await sleep(RETRY_EVERY_MS);
  }
}

async function attach(options: EmbeddedPostgresOptions, inUse: DataFolderInUse): Promise<{ url: string; home: string }> {
  const dataDir = openDataFolder(options.dataDir);
  const deadline = performance.now() + options.startTimeoutMs;
  while (performance.now() < deadline) {
    const home = findHome(dataDir);
    const url = home === undefined ? undefined : await connect(home, options.startTimeoutMs);
    if (home !== undefined && url !== undefined) return { url, home: home.home };
    await sleep(RETRY_EVERY_MS); // the other process is still starting it
  }
  throw inUse;
}

/** Waits until the database answers, creates the product's one if it is not there, and gives its URL; undefined when PostgreSQL is not running. */
async function connect(home: PostgresHome, timeoutMs: number): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const port = runningPort(home);
    if (port === undefined) return undefined;
    try {
      await createDatabase(urlOf(home.password, port, 'postgres'));
      return urlOf(home.password, port, DATABASE);
    } catch (error) {
      if (codeOf(error) === '28P01') throw new StartFault(`the password in ${home.dataDir}/postgres.json is not the database's`);
      if (performance.now() > deadline)
        throw new StartFault(`the embedded PostgreSQL in ${home.home} does not answer (see ${home.logFile}): ${messageOf(error)}`);
    }
    await sleep(RETRY_EVERY_MS);
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // a connection cut in between is told by the query's own error
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function urlOf(password: string, port: number, database: string): string {
  return `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}
