import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../kernel/log.ts';
import { run } from './account.ts';
import { DataFolderInUse, lockFolder, openDataFolder, readIfPresent, type Unlock } from './data-folder.ts';
import { findBinaries, majorVersion, program, type PostgresBinaries } from './postgres-binaries.ts';
import { createHome, findHome, keepPort, preparePostgresFolder, type PostgresHome } from './postgres-home.ts';
import { codeOf, messageOf, StartFault } from './start-fault.ts';

export interface EmbeddedPostgresOptions {
  /** The data folder; created when missing. */
  readonly dataDir: string;
  readonly log: Log;
  /** How long PostgreSQL may take until it answers, crash recovery included. */
  readonly startTimeoutMs: number;
  /** How long a clean stop may take before its connections are cut. */
  readonly stopTimeoutMs: number;
  /** How long to wait for an earlier process that is just leaving the data folder. */
  readonly lockTimeoutMs: number;
  /** Where root keeps what PostgreSQL's user must reach and cannot in the data folder. */
  readonly systemFolder?: string;
  /** PostgreSQL settings over the ones below; values without spaces. */
  readonly settings?: Readonly<Record<string, string>>;
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
const SUPERUSER = 'postgres';
const PORT_TRIES = 3;
const RETRY_EVERY_MS = 100;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  max_wal_size: '512MB',
  // A commit that was answered is on the disk.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The log file grows by starts and faults of the server itself, not by refused statements or their values.
  log_min_messages: 'log',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
};

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
      options.log.info({ home: home.home }, `the database is kept in ${home.home}: its user ${home.account?.name} cannot enter ${dataDir}`);
    }
    const binaries = findBinaries(home.account, systemFolder);
    refuseOtherMajorVersion(home, binaries);
    preparePostgresFolder(home);
    await initialise(home, binaries);
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

function refuseOtherMajorVersion(home: PostgresHome, binaries: PostgresBinaries): void {
  const found = readIfPresent(join(home.cluster, 'PG_VERSION'))?.trim();
  const ours = majorVersion(binaries);
  if (found === undefined || found === ours) return;
  throw new StartFault(
    `the database in ${home.cluster} is of PostgreSQL ${found} and this program brings PostgreSQL ${ours}; it was left untouched. ` +
      `Dump it with a PostgreSQL ${found} (pg_dumpall), move the folder ${home.dataDir} away, start once, stop, and restore the dump`,
  );
}

/** Makes the cluster beside its place and moves it there when complete, so that a start that was cut short leaves no half of one. */
async function initialise(home: PostgresHome, binaries: PostgresBinaries): Promise<void> {
  if (existsSync(home.cluster)) return;
  const unfinished = `${home.cluster}.new`;
  const passwordFile = join(home.home, 'postgres', 'password.new');
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  // Readable for PostgreSQL's user only: the folder is its own, 0700.
  writeFileSync(passwordFile, home.password, { flag: 'wx', mode: home.account === undefined ? 0o600 : 0o644 });
  const args = ['-D', unfinished, '-U', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--no-instructions'];
  // The same order of texts on every platform.
  const locale = ['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  const { code, output } = await run(program(binaries, 'initdb'), [...args, ...locale], home.account, { output: true });
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw new StartFault(`the database could not be created in ${home.home}: ${lastLines(output)}`);
  renameSync(unfinished, home.cluster);
}

async function isRunning(home: PostgresHome, binaries: PostgresBinaries): Promise<boolean> {
  const { code } = await run(program(binaries, 'pg_ctl'), ['status', '-D', home.cluster], home.account, { output: true });
  return code === 0;
}

async function startServer(home: PostgresHome, binaries: PostgresBinaries, options: EmbeddedPostgresOptions): Promise<void> {
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).map(([name, value]) => `-c ${name}=${value}`);
  for (let tries = 1; ; tries += 1) {
    const port = await freePort(tries === 1 ? home.port : undefined);
    keepPort(home, port);
    const args = ['start', '-w', '-t', String(Math.ceil(options.startTimeoutMs / 1000)), '-D', home.cluster, '-l', home.logFile];
    const words = ['-o', [`-p ${port}`, ...settings].join(' ')];
    const { code } = await run(program(binaries, 'pg_ctl'), [...args, ...words], home.account, { output: false });
    if (code === 0) return;
    const log = lastLines(readIfPresent(home.logFile) ?? '');
    // Another program may have taken the port since it was seen free.
    if (tries < PORT_TRIES && log.includes('could not bind')) continue;
    throw new StartFault(`the embedded PostgreSQL in ${home.home} did not start (see ${home.logFile}): ${log}`);
  }
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

async function stopServer(home: PostgresHome, binaries: PostgresBinaries, options: EmbeddedPostgresOptions): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    const args = ['stop', '-w', '-m', mode, '-t', String(Math.ceil(options.stopTimeoutMs / 1000)), '-D', home.cluster];
    const { code, output } = await run(program(binaries, 'pg_ctl'), args, home.account, { output: true });
    if (code === 0 || !(await isRunning(home, binaries))) return;
    options.log.warn({ mode, output }, 'PostgreSQL did not stop');
  }
}

/** The port in postmaster.pid, whose fourth line it is; undefined when PostgreSQL is not running or not yet listening. */
function runningPort(home: PostgresHome): number | undefined {
  try {
    const port = Number.parseInt(readFileSync(join(home.cluster, 'postmaster.pid'), 'utf8').split('\n')[3] ?? '', 10);
    return Number.isNaN(port) ? undefined : port;
  } catch {
    return undefined;
  }
}

function urlOf(password: string, port: number, database: string): string {
  return `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** A port of this machine that nobody listens on: the wanted one if it is free. */
async function freePort(wanted: number | undefined): Promise<number> {
  for (const port of wanted === undefined ? [0] : [wanted, 0]) {
    const server = createServer();
    const free = await new Promise<number | undefined>((resolve) => {
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    await new Promise((resolve) => server.close(resolve));
    if (free !== undefined) return free;
  }
  throw new StartFault('no port of 127.0.0.1 is free');
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join(' | ');
}
