import { existsSync, lchownSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../kernel/log.ts';
import { run } from './account.ts';
import { readIfPresent } from './data-folder.ts';
import { majorVersion, program } from './postgres-binaries.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { keepPort } from './postgres-home.ts';
import type { PostgresHome } from './postgres-home.ts';
import { StartFault } from './start-fault.ts';

/** The name that the cluster's owner, and only user, has inside the database. */
export const SUPERUSER = 'postgres';
const START_TRIES = 5;
const RETRY_AFTER_MS = 200;
/** Above the greatest pid that Linux gives, 2^22. */
const IMPOSSIBLE_PID = '2147483647';

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

export interface ServerOptions {
  readonly log: Log;
  /** How long PostgreSQL may take until it answers, crash recovery included. */
  readonly startTimeoutMs: number;
  /** How long a clean stop may take before its connections are cut. */
  readonly stopTimeoutMs: number;
  /** PostgreSQL settings over the ones above; values without spaces. */
  readonly settings?: Readonly<Record<string, string>>;
}

export function refuseOtherMajorVersion(home: PostgresHome, binaries: PostgresBinaries): void {
  const found = readIfPresent(join(home.cluster, 'PG_VERSION'))?.trim();
  const ours = majorVersion(binaries);
  if (found === undefined || found === ours) return;
  throw new StartFault(
    `the database in ${home.cluster} is of PostgreSQL ${found} and this program brings PostgreSQL ${ours}; it was left untouched. ` +
      `Dump it with a PostgreSQL ${found} (pg_dumpall), move the folder ${home.dataDir} away, start once, stop, and restore the dump`,
  );
}

/** Makes the cluster beside its place and moves it there when complete, so that a start that was cut short leaves no half of one. */
export async function initialise(
  home: PostgresHome,
  binaries: PostgresBinaries,
  { settings }: Pick<ServerOptions, 'settings'>,
): Promise<void> {
  if (existsSync(home.cluster)) return;
  const unfinished = `${home.cluster}.new`;
  const passwordFile = join(home.folder, 'password.new');
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, home.password, { flag: 'wx', mode: 0o600 });
  if (home.account !== undefined) lchownSync(passwordFile, home.account.uid, home.account.gid);
  const args = [
    '-D',
    basename(unfinished),
    '-U',
    SUPERUSER,
    '--pwfile',
    basename(passwordFile),
    '--auth',
    'scram-sha-256',
    '--no-instructions',
    ...(settings?.['fsync'] === 'off' ? ['--no-sync'] : []),
  ];
  // The same order of texts on every platform.
  const locale = ['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  const { code, output } = await runProgram('initdb', [...args, ...locale], home, binaries);
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw new StartFault(`the database could not be created in ${home.home}: ${lastLines(output)}`);
  renameSync(unfinished, home.cluster);
}

/** Runs one of PostgreSQL's programs where its files are, with short names: pg_ctl hands paths to a shell, which would read "$" in them. */
function runProgram(
  name: 'initdb' | 'pg_ctl',
  args: readonly string[],
  home: PostgresHome,
  binaries: PostgresBinaries,
  { output } = { output: true },
) {
  return run(program(binaries, name), args, { account: home.account, cwd: home.folder, output });
}

export async function isRunning(home: PostgresHome, binaries: PostgresBinaries): Promise<boolean> {
  if (process.platform === 'linux') buryZombie(home);
  const { code } = await runProgram('pg_ctl', ['status', '-D', basename(home.cluster)], home, binaries);
  return code === 0;
}

/**
 * A killed server stays in the process table until its parent asks for it, and where a container's first process is slow to do so or never
 * does, it counts as alive for pg_ctl and for PostgreSQL itself. So its pid in postmaster.pid is replaced by one that cannot exist. The
 * rest of the file stays: by it PostgreSQL makes sure that no child of the dead server still writes.
 */
function buryZombie(home: PostgresHome): void {
  const file = join(home.cluster, 'postmaster.pid');
  const [pid = '', ...rest] = readIfPresent(file)?.split('\n') ?? [];
  const [, state] = /\) (\w)/.exec(readIfPresent(`/proc/${Number.parseInt(pid, 10)}/stat`) ?? '') ?? [];
  if (state === 'Z') writeFileSync(file, [IMPOSSIBLE_PID, ...rest].join('\n'));
}

export async function startServer(home: PostgresHome, binaries: PostgresBinaries, options: ServerOptions): Promise<void> {
  const settings = Object.entries({ ...SETTINGS, ...options.settings }).map(([name, value]) => `-c ${name}=${value}`);
  for (let tries = 1; ; tries += 1) {
    const port = await freePort(tries === 1 ? home.port : undefined);
    keepPort(home, port);
    const args = [
      'start',
      '-w',
      '-t',
      String(Math.ceil(options.startTimeoutMs / 1000)),
      '-D',
      basename(home.cluster),
      '-l',
      basename(home.logFile),
    ];
    const words = ['-o', [`-p ${port}`, ...settings].join(' ')];
    const { code } = await runProgram('pg_ctl', [...args, ...words], home, binaries, { output: false });
    if (code === 0) return;
    const log = lastLines(readIfPresent(home.logFile) ?? '');
    // Another program may have taken the port since it was seen free; a killed server's children end a moment after it.
    if (tries < START_TRIES && /could not bind|pre-existing shared memory block/.test(log)) {
      await sleep(RETRY_AFTER_MS);
      continue;
    }
    throw new StartFault(`the embedded PostgreSQL in ${home.home} did not start (see ${home.logFile}): ${log}`);
  }
}

export async function stopServer(home: PostgresHome, binaries: PostgresBinaries, options: ServerOptions): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    const args = ['stop', '-w', '-m', mode, '-t', String(Math.ceil(options.stopTimeoutMs / 1000)), '-D', basename(home.cluster)];
    const { code, output } = await runProgram('pg_ctl', args, home, binaries);
    if (code === 0 || !(await isRunning(home, binaries))) return;
    options.log.warn({ mode, output }, 'PostgreSQL did not stop');
  }
}

/** The port in postmaster.pid, whose fourth line it is; undefined when PostgreSQL is not running or not yet listening. */
export function runningPort(home: PostgresHome): number | undefined {
  try {
    const port = Number.parseInt(readFileSync(join(home.cluster, 'postmaster.pid'), 'utf8').split('\n')[3] ?? '', 10);
    return Number.isNaN(port) ? undefined : port;
  } catch {
    return undefined;
  }
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
