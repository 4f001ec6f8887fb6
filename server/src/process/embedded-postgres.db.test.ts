import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { copyProgram } from '../../testkit/program-copy.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { startEmbeddedPostgres, useEmbeddedPostgres } from './embedded-postgres.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';

const here = { node: process.execPath, script: join(import.meta.dirname, '../../testkit/hold-postgres.ts') };
const NOBODY = { uid: 65_534, gid: 65_534 };
const asRoot = process.getuid?.() === 0;
if (!asRoot) console.warn('skipped: the tests of PostgreSQL under another user, which only root can start');

let base: string;
let dataDir: string;
let systemFolder: string;
const holders: Holder[] = [];
const opened: EmbeddedPostgres[] = [];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'embedded '));
  chmodSync(base, 0o755);
  dataDir = join(base, `it's a "data" folder $HOME`);
  systemFolder = join(base, 'system');
});
afterEach(async () => {
  for (const holder of holders.splice(0)) await holder.end();
  for (const postgres of opened.splice(0)) await postgres.stop();
  // What a killed holder left is found, and stopped by whoever found it.
  if (existsSync(join(dataDir, 'postgres/cluster/postmaster.pid'))) await (await start().catch(() => undefined))?.stop();
  rmSync(base, { recursive: true, force: true });
});

/** Test data need not survive a power cut. */
const OPTIONS = { log: silentLog, settings: { fsync: 'off' }, startTimeoutMs: 60_000, stopTimeoutMs: 20_000, lockTimeoutMs: 0 };

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: folder, systemFolder, ...OPTIONS });
  opened.push(postgres);
  return postgres;
}

/** A process of its own that holds the database. */
interface Holder {
  readonly process: ChildProcess;
  readonly url: string;
  readonly home: string;
  readonly origin: string;
  end(signal?: NodeJS.Signals): Promise<void>;
}

async function hold({ node, script } = here, account?: { uid: number; gid: number }): Promise<Holder> {
  const child = spawn(node, [script, dataDir, systemFolder], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], ...account });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = once(child, 'close');
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => text as string),
    ended.then(() => undefined),
  ]);
  if (line === undefined) throw new Error(errors.trim());
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    await ended;
  };
  const holder = { ...(JSON.parse(line) as Pick<Holder, 'url' | 'home' | 'origin'>), process: child, end };
  holders.push(holder);
  return holder;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query<Record<string, unknown>>(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

const postmasterPid = (home: string): number => Number.parseInt(readFileSync(join(home, 'postgres/cluster/postmaster.pid'), 'utf8'), 10);

/** Disks of loaded machines are slow, and most tests make a database. */
const PATIENT = { timeout: 120_000 };

describe('the embedded PostgreSQL', PATIENT, () => {
  test('keeps its data, its port and its password over a clean stop', async () => {
    const first = await start();
    expect(first).toMatchObject({ origin: 'started', home: dataDir });
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    await first.stop();
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    const second = await start();
    expect(second).toMatchObject({ origin: 'started', url: first.url });
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('is durable, of version 18, open to this machine only and only with the password', async () => {
    const { settings: _, ...asInProduction } = OPTIONS;
    const postgres = await startEmbeddedPostgres({ dataDir, systemFolder, ...asInProduction });
    opened.push(postgres);
    const { url } = postgres;
    const settings = await query(
      url,
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')",
    );
    expect(settings.map(({ setting }) => setting)).toEqual(['on', 'on', 'on']);
    expect(await query(url, "SELECT current_setting('server_version') LIKE '18.%' AS is18, current_setting('TimeZone') AS zone")).toEqual([
      { is18: true, zone: 'UTC' },
    ]);
    expect(statSync(join(dataDir, 'postgres.json')).mode & 0o777).toBe(0o600);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const others = Object.values(networkInterfaces()).flatMap((each) => each ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'); // prettier-ignore
    for (const { address } of others) await expect(query(url.replace('127.0.0.1', address), 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  test('is found again when its owner was killed, and stopped by the one who found it', async () => {
    const killed = await hold();
    await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = postmasterPid(killed.home);
    await killed.end('SIGKILL');
    const next = await start();
    expect(next).toMatchObject({ origin: 'found', url: killed.url });
    expect(postmasterPid(next.home)).toBe(pid);
    expect(await query(next.url, 'SELECT * FROM kept')).toEqual([{ answer: 42 }]);
    await next.stop();
    await expect(query(next.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  test('recovers what was committed when it was killed too', async () => {
    const killed = await hold();
    await query(killed.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = postmasterPid(killed.home);
    await killed.end('SIGKILL');
    process.kill(pid, 'SIGKILL');
    const next = await start();
    expect(next.origin).toBe('started');
    expect(await query(next.url, 'SELECT * FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('belongs to one process at a time; the lock ends with its process', async () => {
    const holder = await hold();
    await expect(start()).rejects.toThrow(`the data folder ${dataDir} is in use by another process (pid ${holder.process.pid})`);
    await holder.end('SIGKILL');
    expect((await start()).origin).toBe('found');
    await expect(start()).rejects.toThrow(`in use by another process (pid ${process.pid})`);
  });

  test('of two processes that start at once, one gets it and the other says so', async () => {
    const results = await Promise.allSettled([hold(), hold()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringContaining('is in use by another process') },
    });
  });

  test('can be used by a command while a server owns it, and stays when the command is done', async () => {
    const holder = await hold();
    const used = await useEmbeddedPostgres({ dataDir, systemFolder, ...OPTIONS });
    expect(used).toMatchObject({ origin: 'found', url: holder.url });
    await used.stop();
    expect(await query(holder.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('takes another port when its own is taken meanwhile', async () => {
    const first = await start();
    await first.stop();
    const port = Number.parseInt(new URL(first.url).port, 10);
    const thief = createServer().listen(port, '127.0.0.1');
    await once(thief, 'listening');
    const second = await start();
    expect(new URL(second.url).port).not.toBe(String(port));
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    thief.close();
  });

  test('of another major version is refused and left as it is', async () => {
    const postgres = await start();
    await postgres.stop();
    const version = join(postgres.home, 'postgres/cluster/PG_VERSION');
    writeFileSync(version, '17\n');
    const before = snapshot(join(postgres.home, 'postgres'));
    await expect(start()).rejects.toThrow(/is of PostgreSQL 17 and this program brings PostgreSQL 18; it was left untouched.*pg_dumpall/);
    expect(snapshot(join(postgres.home, 'postgres'))).toEqual(before);
    writeFileSync(version, '18\n');
    expect((await start()).origin).toBe('started');
  });

  test('completes a start that was cut short', async () => {
    const postgres = await start();
    await postgres.stop();
    cpSync(join(postgres.home, 'postgres/cluster'), join(postgres.home, 'postgres/cluster.new'), { recursive: true });
    rmSync(join(postgres.home, 'postgres/cluster'), { recursive: true });
    rmSync(join(postgres.home, 'postgres/cluster.new/PG_VERSION'));
    const next = await start();
    expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(postgres.home, 'postgres/cluster.new'))).toBe(false);
  });

  test('says in one line that the data folder cannot be written, or that its password is lost', async () => {
    writeFileSync(join(base, 'file'), '');
    await expect(start(join(base, 'file', 'data'))).rejects.toThrow(
      /^the data folder .*\/file\/data cannot be written \(DATA_DIR\): ENOTDIR.*$/,
    );
    const postgres = await start();
    await postgres.stop();
    rmSync(join(dataDir, 'postgres.json'));
    if (postgres.home === dataDir) await expect(start()).rejects.toThrow("which holds the database's password, is missing");
  });
});

describe('as root', { ...PATIENT, skip: !asRoot }, () => {
  let copies: string;
  let copy: ReturnType<typeof copyProgram>;
  beforeAll(() => {
    copies = mkdtempSync(join(tmpdir(), 'program-'));
    chmodSync(copies, 0o755);
    copy = copyProgram(copies);
  });
  afterAll(() => rmSync(copies, { recursive: true }));

  test('runs as another user, inside the data folder where that user can enter it', async () => {
    const { home } = await start();
    expect(home).toBe(dataDir);
    expect(statSync(join(home, 'postgres/cluster')).uid).not.toBe(0);
    expect(statSync(join(dataDir, 'postgres.json')).uid).toBe(0);
  });

  test('keeps the database outside a folder that only root may enter, and finds it there again', async () => {
    mkdirSync(dataDir, { mode: 0o700 });
    const first = await start();
    expect(first.home.startsWith(`${systemFolder}/`)).toBe(true);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start();
    expect(second.home).toBe(first.home);
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();

    // A removed data folder means a new database; the old one is not touched.
    rmSync(dataDir, { recursive: true });
    mkdirSync(dataDir, { mode: 0o700 });
    const third = await start();
    expect(third.home).toBe(`${first.home}-2`);
    expect(existsSync(join(first.home, 'postgres/cluster/PG_VERSION'))).toBe(true);
    await third.stop();

    // A copy of the data folder leads to the same database, which has one owner all the same.
    const copied = join(base, 'copy');
    cpSync(dataDir, copied, { recursive: true });
    await start();
    await expect(start(copied)).rejects.toThrow(`the data folder ${third.home} is in use by another process`);
  });

  test('an ordinary user has everything in the data folder, and root goes on with it as that user', async () => {
    mkdirSync(dataDir);
    chownSync(dataDir, NOBODY.uid, NOBODY.gid);
    const holder = await hold(copy, NOBODY);
    expect(holder.home).toBe(dataDir);
    expect(statSync(join(dataDir, 'postgres/cluster')).uid).toBe(NOBODY.uid);
    await query(holder.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await holder.end();
    const next = await start();
    expect(await query(next.url, 'SELECT * FROM kept')).toEqual([{ answer: 42 }]);
    expect(statSync(join(dataDir, 'postgres/cluster')).uid).toBe(NOBODY.uid);
  });

  test('an ordinary user is told that a folder cannot be written or is not theirs', async () => {
    mkdirSync(dataDir, { mode: 0o755 });
    await expect(hold(copy, NOBODY)).rejects.toThrow(`the data folder ${dataDir} cannot be written (DATA_DIR): EACCES`);
    await (await start()).stop();
    chmodSync(dataDir, 0o777);
    chmodSync(join(dataDir, 'lock'), 0o666);
    await expect(hold(copy, NOBODY)).rejects.toThrow(/postgres\.json cannot be read: EACCES/);
  });
});

/** Every file below a folder with its time of change. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`).toSorted(); // prettier-ignore
}
