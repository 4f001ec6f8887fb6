import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/process/embedded-postgres.ts';
import { DataFolderInUse } from '../src/process/data-folder.ts';
import { migrate } from '../src/process/migrate.ts';
import { CHILD_ENVIRONMENT } from './child-environment.ts';
import { silentLog } from './silent-log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for a database; see database.ts. */
    databaseService: string;
  }
}

const PREFIX = 'bot-performance-test-';
const ABANDONED_AFTER_MS = 60 * 60_000;
const TEMPLATE = 'migrated';
const DEMO_TEMPLATE = 'demo';
const DEMO_SAYS_IT_RUNS = 'To stop';
const migrations = join(import.meta.dirname, '../../prisma/migrations');

/**
 * Vitest's global setup: one embedded PostgreSQL for the whole run, started when the first test file asks for a database, so that runs
 * without database tests do not pay for it. Each request makes one database more: POST /migrated, /empty or /demo answers with its URL.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<TestServer> | undefined;
  const service = createServer((request, response) => {
    starting ??= TestServer.start();
    starting
      .then((server) => server.create(request.url ?? ''))
      .then(
        (url) => response.end(url),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  project.provide('databaseService', `http://127.0.0.1:${(service.address() as AddressInfo).port}`);
  return async () => {
    await new Promise((resolve) => service.close(resolve));
    const server = await starting?.catch(() => undefined); // a failed start was told to whoever asked
    await server?.stop();
  };
}

class TestServer {
  private readonly postgres: EmbeddedPostgres;
  private readonly folder: string;
  private created = 0;
  private demo: Promise<void> | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(postgres: EmbeddedPostgres, folder: string) {
    this.postgres = postgres;
    this.folder = folder;
  }

  static async start(): Promise<TestServer> {
    await removeAbandoned();
    const folder = mkdtempSync(join(tmpdir(), PREFIX));
    chmodSync(folder, 0o755); // as root, PostgreSQL's user must be able to enter it
    const server = new TestServer(await startServer(folder), folder);
    await server.query(`CREATE DATABASE ${TEMPLATE}`);
    await migrate(server.urlOf(TEMPLATE), { folder: migrations, log: silentLog, lockTimeoutMs: 30_000, startTimeoutMs: 30_000 });
    return server;
  }

  /** A new database: a copy of the migrated one, of one that a demo has made its past in, or an empty one. */
  async create(path: string): Promise<string> {
    if (path === '/demo') await (this.demo ??= this.makeDemo());
    return this.copy({ '/migrated': TEMPLATE, '/demo': DEMO_TEMPLATE }[path] ?? 'template0', `test_${(this.created += 1)}`);
  }

  /** One at a time, since a template cannot be copied twice at once. */
  private copy(template: string, name: string): Promise<string> {
    const made = this.queue.then(() => this.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`));
    this.queue = made.catch(() => {});
    return made.then(() => this.urlOf(name));
  }

  /** Every demo has the same past, which takes seconds to make: here a demo makes it, and is ended as soon as it runs. */
  private async makeDemo(): Promise<void> {
    const env = { ...CHILD_ENVIRONMENT, DATABASE_URL: await this.copy(TEMPLATE, DEMO_TEMPLATE), PORT: '0' };
    const child = spawn(process.execPath, [join(import.meta.dirname, '../simulator/demo.ts')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    for await (const line of createInterface({ input: child.stdout })) if (line.includes(DEMO_SAYS_IT_RUNS)) child.kill('SIGINT');
    const [code] = (await ended) as [number | null];
    if (code !== 0) throw new Error(`the demo of the template ended with ${code}`);
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private urlOf(database: string): string {
    const url = new URL(this.postgres.url);
    url.pathname = `/${database}`;
    return url.href;
  }

  private async query(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.urlOf('postgres') });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  }
}

/** Test data need not survive a power cut, and several test files connect at once. */
function startServer(folder: string): Promise<EmbeddedPostgres> {
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };
  return startEmbeddedPostgres({
    dataDir: folder,
    log: silentLog,
    startTimeoutMs: 60_000,
    stopTimeoutMs: 20_000,
    lockTimeoutMs: 0,
    settings,
  });
}

/** Stops and removes what runs that were killed left behind; a folder in use is somebody's run. */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    try {
      if (Date.now() - statSync(folder).mtimeMs < ABANDONED_AFTER_MS) continue;
      await (await startServer(folder)).stop();
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (!(error instanceof DataFolderInUse))
        console.warn(`${folder} is left of an earlier test run and cannot be removed: ${String(error)}`);
    }
  }
}
