import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/process/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../src/process/embedded-postgres.ts';
import { migrate } from '../src/process/migrate.ts';
import { silentLog } from '../testkit/silent-log.ts';
import { until } from '../testkit/waiting.ts';
import { Child } from './child.ts';
import { installAudit } from './leader-audit.ts';

const FOLDER = 'bot-performance-leader-';
const NODE = join(import.meta.dirname, 'leader-node.ts');
const SIMULATOR = join(import.meta.dirname, '../simulator/main.ts');
const BOT_CLI = join(import.meta.dirname, '../src/process/bot-cli.ts');
const MIGRATIONS = join(import.meta.dirname, '../../prisma/migrations');
const START_TIMEOUT_MS = 60_000;

/** PostgreSQL, the simulated exchange, two workers and two API nodes, each a process of its own. */
export class LeaderCluster {
  readonly pool: pg.Pool;
  readonly #postgres: EmbeddedPostgres;
  readonly #folder: string;
  readonly #leaseMs: number;
  readonly #exchange: Child;
  readonly #exchangeUrls: Readonly<Record<string, string>>;
  readonly workers: Child[] = [];
  readonly #gone: Child[] = [];
  readonly apis: { readonly child: Child; readonly url: string }[] = [];
  token = '';

  private constructor(postgres: EmbeddedPostgres, folder: string, exchange: Child, urls: Record<string, string>, leaseMs: number) {
    this.#postgres = postgres;
    this.#folder = folder;
    this.#exchange = exchange;
    this.#exchangeUrls = urls;
    this.#leaseMs = leaseMs;
    this.pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
    this.pool.on('error', () => {});
  }

  static async start(leaseMs: number): Promise<LeaderCluster> {
    const folder = mkdtempSync(join(tmpdir(), FOLDER));
    chmodSync(folder, 0o755); // as root, PostgreSQL's user must be able to enter it
    const postgres = await startEmbeddedPostgres({
      dataDir: folder,
      log: silentLog,
      startTimeoutMs: START_TIMEOUT_MS,
      stopTimeoutMs: START_TIMEOUT_MS,
      lockTimeoutMs: 0,
    });
    await migrate(postgres.url, { folder: MIGRATIONS, log: silentLog, lockTimeoutMs: START_TIMEOUT_MS, startTimeoutMs: START_TIMEOUT_MS });
    const exchange = new Child(SIMULATOR, ['--port', '0'], {});
    const urls: Record<string, string> = {};
    for (let line = 0; line < 4; line += 1) {
      const [name = '', url = ''] = (await exchange.line()).split('=');
      urls[name] = url;
    }
    const cluster = new LeaderCluster(postgres, folder, exchange, urls, leaseMs);
    await installAudit(cluster.pool);
    const cli = new Child(BOT_CLI, ['create', 'Rig'], { DATABASE_URL: postgres.url });
    cluster.token = await cli.line();
    await cli.ended();
    await Promise.all([cluster.startWorker(), cluster.startWorker()]);
    for (let node = 0; node < 2; node += 1) {
      const child = new Child(NODE, [], cluster.#environment('api'));
      cluster.apis.push({ child, url: await child.line() });
    }
    return cluster;
  }

  /** A deaf one goes on working when it has lost the lead. */
  async startWorker(isDeaf = false): Promise<Child> {
    const child = new Child(NODE, [], { ...this.#environment('worker'), DEAF: String(isDeaf) });
    await child.line();
    this.workers.push(child);
    return child;
  }

  /** Ends a worker: at once, or in order as a deployment does. */
  async endWorker(worker: Child, how: 'kill' | 'stop'): Promise<void> {
    this.workers.splice(this.workers.indexOf(worker), 1);
    this.#gone.push(worker);
    if (how === 'kill') return worker.kill();
    worker.signal('SIGTERM');
    await worker.ended();
  }

  /** Of PostgreSQL. */
  get postmasterPid(): number {
    return Number(readFileSync(join(this.#postgres.home, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  }

  get complaints(): readonly string[] {
    return [...this.workers, ...this.#gone].flatMap(({ complaints }) => complaints);
  }

  async leader(): Promise<{ term: number; worker: Child | undefined }> {
    const { rows } = await this.pool.query<{ term: string; holder: string }>('SELECT term, holder FROM leadership');
    const pid = Number(rows[0]?.holder.split(' ').at(-1));
    return { term: Number(rows[0]?.term), worker: this.workers.find((worker) => worker.pid === pid) };
  }

  /** Resolves with the time it took until a later term began. */
  async takeover(term: number, sinceMs: number): Promise<number> {
    await until(async () => ((await this.leader()).term > term ? true : undefined), `a term after ${term}`, START_TIMEOUT_MS);
    return performance.now() - sinceMs;
  }

  /** Cuts the session on which leading hangs, as a lost network does. */
  async cutLeader(): Promise<void> {
    await this.pool.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted");
  }

  async query<T>(node: number, query: string, variables: object = {}): Promise<T> {
    const response = await fetch(`${this.apis[node]!.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
    if (!data) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Prints trades at the exchange and gives their ids. */
  async print(lines: readonly object[]): Promise<number[]> {
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    const response = await fetch(`${this.#exchangeUrls['BINANCE_SPOT_REST']}/control/ticks`, { method: 'POST', body });
    return ((await response.json()) as { ids: number[] }).ids;
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.workers, ...this.#gone, ...this.apis.map(({ child }) => child), this.#exchange].map(
        (child) => child.isRunning && child.kill(),
      ),
    );
    await this.pool.end();
    await this.#postgres.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #environment(role: string): Record<string, string> {
    return {
      ...this.#exchangeUrls,
      ROLE: role,
      PORT: '0',
      DATABASE_URL: this.#postgres.url,
      LEADERSHIP_LEASE_MS: String(this.#leaseMs),
      FEED_WEIGHT_SHARE: '1',
      FEED_RECONNECT_MIN_MS: '20',
      FEED_GAP_GRACE_MS: '50',
      FEED_SYMBOL_LIST_INTERVAL_MS: '9000', // new symbols soon
      BUS_SYMBOLS_INTERVAL_MS: '1000',
    };
  }
}
