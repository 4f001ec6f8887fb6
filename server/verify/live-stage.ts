import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startExchange } from '../simulator/exchange.ts';
import type { Exchange } from '../simulator/exchange.ts';
import { CREATE_SIGNAL } from '../testkit/documents.ts';
import type { Payload, SignalInput } from '../testkit/documents.ts';
import { until } from '../testkit/waiting.ts';
import { nextMessage } from './children.ts';
import type { Ask, Plant, ServerStats } from './live-server.ts';
import { rigDatabase } from './rig-database.ts';
import type { RigDatabase } from './rig-database.ts';
import type { RigArguments } from './rig.ts';

const ANSWER_DEADLINE_MS = 60_000;
/** As many connections as a rig may need, from one address. */
const ROOM = {
  HTTP_MAX_CONNECTIONS: '40000',
  SOCKETS_MAX_SOCKETS: '40000',
  SOCKETS_MAX_SOCKETS_PER_ADDRESS: '40000',
  API_COST_CAPACITY: '1000000000',
  API_COST_PER_SECOND: '1000000000',
};

interface Node {
  readonly process: ChildProcess;
  readonly url: string;
  readonly token: string;
}

/**
 * The whole product with the server in a process of its own, on a database of its own, with an exchange that does as it is told. Split,
 * the server is an API node for subscribers, and another process closes trades and takes signals; they tell each other by NOTIFY.
 */
export class LiveStage {
  readonly exchange: Exchange;
  readonly #database: RigDatabase;
  readonly #environment: Readonly<Record<string, string>>;
  #server: Node | undefined;
  #writer: Node | undefined;
  /** What the servers wrote to stderr. */
  errors = '';

  private constructor(exchange: Exchange, database: RigDatabase, environment: Readonly<Record<string, string>>) {
    this.exchange = exchange;
    this.#database = database;
    this.#environment = environment;
  }

  static async start(
    rig: RigArguments,
    settings: Readonly<Record<string, string>> = {},
    plant?: Plant,
    isSplit = false,
  ): Promise<LiveStage> {
    const database = await rigDatabase(rig.database);
    const stage = new LiveStage(await startExchange(), database, { ...ROOM, ...settings, ...(plant && { PLANT: plant }) });
    try {
      if (isSplit) stage.#writer = await stage.#fork({});
      await stage.startServer();
      await stage.#symbolsKnown();
      return stage;
    } catch (error) {
      await stage.end();
      throw error;
    }
  }

  /** Of the server that subscribers use. */
  get graphqlUrl(): string {
    return `${this.#server?.url ?? ''}/graphql`;
  }

  get databaseUrl(): string {
    return this.#database.url;
  }

  async startServer(): Promise<void> {
    // The same port after a restart, so that clients find it again.
    const PORT = this.#server ? new URL(this.#server.url).port : String(await lastingPort());
    this.#server = await this.#fork({ PORT, ...(this.#writer && { ROLE: 'api' }) });
  }

  async #fork(own: Readonly<Record<string, string>>): Promise<Node> {
    const env = {
      ...process.env,
      PORT: '0',
      DATABASE_URL: this.#database.url,
      ...this.exchange.environment(),
      ...this.#environment,
      ...own,
    };
    const server = fork(join(import.meta.dirname, 'live-server.ts'), {
      env,
      execArgv: [...process.execArgv, '--expose-gc'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    server.stderr?.on('data', (chunk: Buffer) => (this.errors += String(chunk)));
    const told = await nextMessage<{ url: string; token: string }>(server).catch(() => {
      throw new Error(`the server did not start: ${this.errors}`);
    });
    return { process: server, ...told };
  }

  stopServer(): Promise<void> {
    return this.#stop(this.#server);
  }

  async #stop(node: Node | undefined): Promise<void> {
    if (!node || !isRunning(node)) return;
    const server = node.process;
    const exited = once(server, 'exit');
    server.send('stop' satisfies Ask);
    await Promise.race([exited, sleep(25_000, undefined, { ref: false })]);
    server.kill('SIGKILL');
    await exited;
  }

  get isAlive(): boolean {
    return this.#server !== undefined && isRunning(this.#server);
  }

  async stats(collected = false): Promise<ServerStats> {
    const server = this.#server!.process;
    const answer = nextMessage<{ stats: ServerStats }>(server);
    server.send((collected ? 'collected' : 'stats') satisfies Ask);
    return (await answer).stats;
  }

  /** Ports of the clients whose connections the server holds. */
  async peers(): Promise<ReadonlySet<number>> {
    const server = this.#server!.process;
    const answer = nextMessage<{ peers: number[] }>(server);
    server.send('peers' satisfies Ask);
    return new Set((await answer).peers);
  }

  async query<T>(query: string, variables: object = {}, token?: string): Promise<T> {
    const response = await this.#post(JSON.stringify({ query, variables }), token);
    const { data, errors } = (await response.json()) as { data?: T; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data as T;
  }

  /** Again and again while there is no connection: after a restart everyone comes at once. What was sent twice is in the record twice. */
  async #post(body: string, token: string | undefined): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    return until(
      () =>
        fetch(`${(this.#writer ?? this.#server)!.url}/graphql`, { method: 'POST', headers, body }).catch((error: unknown) =>
          error instanceof TypeError ? undefined : Promise.reject(error),
        ),
      'an answer of the server',
      ANSWER_DEADLINE_MS,
    );
  }

  async createSignal(input: Partial<SignalInput>): Promise<Payload> {
    return (await this.query<{ createSignal: Payload }>(CREATE_SIGNAL, { input }, (this.#writer ?? this.#server)!.token)).createSignal;
  }

  /** A LONG from 100. */
  async open(symbol: string, takeProfit = '110', note?: string): Promise<void> {
    const rest = { entryPrice: '100', takeProfit, stopLoss: '50', ...(note !== undefined && { note }) };
    const input = { symbol, marketType: 'FUTURES', direction: 'LONG', ...rest } as const;
    const { trade, userErrors } = await this.createSignal(input);
    if (!trade) throw new Error(`no trade: ${JSON.stringify(userErrors)}`);
  }

  /** A signal that waits: exactly one event. */
  async pend(): Promise<void> {
    const rest = { entryPrice: '100', takeProfit: '110', stopLoss: '50', status: 'PENDING' };
    const { signal, userErrors } = await this.createSignal({ symbol: 'BTCUSDT', marketType: 'FUTURES', direction: 'LONG', ...rest });
    if (!signal) throw new Error(`no signal: ${JSON.stringify(userErrors)}`);
  }

  tick(symbol: string, price: string): void {
    this.exchange.tick({ marketType: 'FUTURES', symbol, price });
  }

  /** Resolves once a price was applied. */
  async priced(symbol: string, price: string): Promise<void> {
    await until(async () => {
      const { prices } = await this.query<{ prices: { price: string }[] }>(
        'query ($symbols: [SymbolInput!]!) { prices(symbols: $symbols) { price } }',
        { symbols: [{ symbol, marketType: 'FUTURES' }] },
      );
      return prices[0]?.price === price ? true : undefined;
    }, `${symbol} at ${price}`);
  }

  /** The whole record, by query. */
  async events(): Promise<{ sequence: number; kind: string }[]> {
    const all: { sequence: number; kind: string }[] = [];
    for (;;) {
      const { events } = await this.query<{ events: { sequence: string; __typename: string }[] }>(
        'query ($after: String) { events(after: $after) { __typename sequence } }',
        { after: String(all.at(-1)?.sequence ?? 0) },
      );
      if (events.length === 0) return all;
      all.push(...events.map(({ sequence, __typename }) => ({ sequence: Number(sequence), kind: __typename })));
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.#stop(this.#server), this.#stop(this.#writer)]);
    await this.exchange.stop();
    await this.#database.end();
  }

  /** Resolves once the server has the exchange's symbols. */
  async #symbolsKnown(): Promise<void> {
    await until(async () => {
      const { userErrors } = await this.createSignal({
        symbol: 'NOSUCH',
        marketType: 'FUTURES',
        direction: 'LONG',
        takeProfit: '2',
        stopLoss: '1',
      });
      return userErrors[0]?.code === 'SYMBOL_UNKNOWN' ? true : undefined;
    }, 'the symbols');
  }
}

function isRunning({ process }: Node): boolean {
  return process.exitCode === null && process.signalCode === null;
}

/**
 * A free port that no client is given for its own end (those are 32768 and above on Linux, 49152 elsewhere): one who comes back while the
 * server is away would sooner or later be connected with itself, and keep the port from the server.
 */
async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, () => resolve(true));
    });
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
