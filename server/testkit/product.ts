import pg from 'pg';
import { afterAll } from 'vitest';
import { startExchange } from '../simulator/exchange.ts';
import type { Exchange } from '../simulator/exchange.ts';
import type { ExchangeOptions } from '../simulator/exchange-options.ts';
import type { Clock } from '../src/kernel/clock.ts';
import type { Log } from '../src/kernel/log.ts';
import { compose } from '../src/process/compose.ts';
import { configFrom } from '../src/process/environment.ts';
import { startServer } from '../src/process/server.ts';
import type { RunningServer } from '../src/process/server.ts';
import { BotsStore } from '../src/signals/bots.store.ts';
import type { Scope } from '../src/signals/scopes.ts';
import type { Collector } from './collector.ts';
import { freshDatabase } from './database.ts';
import { ACTIVATE_SIGNAL, CANCEL_SIGNAL, CREATE_SIGNAL, ONE_TRADE, PRICES } from './documents.ts';
import type { HookAnswer, MarketType, Payload, SignalInput, Trade } from './documents.ts';
import { subscribe } from './subscriptions.ts';
import type { Transport } from './subscriptions.ts';
import { until } from './waiting.ts';

export interface ProductOptions {
  /** An exchange of the caller's own, who stops it; otherwise one is started, and stopped with the product. */
  readonly exchange?: Exchange;
  readonly exchangeOptions?: ExchangeOptions;
  readonly databaseUrl?: string;
  /** Settings that differ from the defaults and from `QUICK`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** With the built pages, for a browser; there can be one such product in a test file. */
  readonly pages?: boolean;
}

export interface Stored {
  readonly signals: number;
  readonly trades: number;
  readonly events: number;
  /** The sequence of the newest event. */
  readonly head: number;
}

/** Delays that would only make tests slow, and limits that many viewers at one address would meet. */
const QUICK = {
  API_COST_CAPACITY: '1000000000',
  API_COST_PER_SECOND: '1000000000',
  API_MAX_HEAVY_REQUESTS: '1000000',
  API_EXECUTION_TIMEOUT_MS: '20000', // a loaded machine

  FEED_RECONNECT_MIN_MS: '20',
  FEED_RECONNECT_MAX_MS: '100',
  FEED_GAP_GRACE_MS: '20',
  FEED_REPAIR_RETRY_MIN_MS: '20',
  FEED_REPAIR_RETRY_MAX_MS: '100',
  DATABASE_STATEMENT_TIMEOUT_MS: '20000', // a loaded machine
  DATABASE_CONNECT_TIMEOUT_MS: '20000',
  LEADERSHIP_LEASE_MS: '60000',
};

const running = new Set<Product>();
afterAll(async () => {
  for (const product of running) await product.end();
});

/** Starts simulator and server on free ports, on a database of their own; all of it ends with the test file. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const exchange = options.exchange ?? (await startExchange({ beatMs: 100, ...options.exchangeOptions }));
  const product = new Product(exchange, options.databaseUrl ?? (await freshDatabase()), options);
  running.add(product);
  await product.start();
  return product;
}

/** The whole product, spoken to as bots and viewers do: HTTP, WebSocket, SSE, and SQL for the operator. */
export class Product {
  readonly exchange: Exchange;
  readonly databaseUrl: string;
  /** What the server logged as an error. */
  readonly logged: { readonly message: string; readonly fields: object }[] = [];
  readonly #options: ProductOptions;
  readonly #pool: pg.Pool;
  #server: RunningServer | undefined;

  constructor(exchange: Exchange, databaseUrl: string, options: ProductOptions) {
    this.exchange = exchange;
    this.databaseUrl = databaseUrl;
    this.#options = options;
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  }

  get #running(): RunningServer {
    if (!this.#server) throw new Error('the server is stopped');
    return this.#server;
  }

  /** Without a slash at the end. */
  get url(): string {
    return this.#running.url;
  }

  get graphqlUrl(): string {
    return `${this.url}/graphql`;
  }

  /** The settings that the server is started with. */
  get environment(): Record<string, string> {
    return { PORT: '0', DATABASE_URL: this.databaseUrl, ...QUICK, ...this.exchange.environment(), ...this.#options.env };
  }

  // --- Its life ---------------------------------------------------------------------------------------------------------

  async start(): Promise<void> {
    const { clock, pages = false } = this.#options;
    const log: Log = { debug() {}, info() {}, warn() {}, error: (fields, message) => void this.logged.push({ message, fields }) };
    this.#server = await startServer({
      config: configFrom(this.environment),
      compose,
      log,
      ...(!pages && { web: (_, response) => response.writeHead(404).end() }),
      ...(clock && { clock }),
    });
  }

  /** The orderly stop of a deployment. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stops everything for good. */
  async end(): Promise<void> {
    running.delete(this);
    await this.stop();
    await this.#pool.end();
    if (!this.#options.exchange) await this.exchange.stop();
  }

  // --- As a bot ---------------------------------------------------------------------------------------------------------

  /** Creates a bot and gives its token. */
  async bot(name: string, scopes?: readonly Scope[]): Promise<string> {
    const { database, clock, newId, randomBytes } = this.#running;
    return (await new BotsStore(database.prisma).create(name, clock, newId, randomBytes, scopes)).token;
  }

  createSignal(token: string | null, input: Partial<SignalInput>, more: { readonly dryRun?: boolean } = {}): Promise<Payload> {
    return this.#change('createSignal', CREATE_SIGNAL, { input, ...more }, token);
  }

  /** Posts a message to a webhook; a text goes without any header of the sender's own. */
  async hook(source: string, token: string, message: object | string, headers: Record<string, string> = {}): Promise<HookAnswer> {
    const text = typeof message === 'string';
    const body = text ? new TextEncoder().encode(message) : JSON.stringify(message);
    const type = text ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/hooks/${source}/${token}`, { method: 'POST', headers: { ...type, ...headers }, body });
    return { status: response.status, ...((await response.json()) as Omit<HookAnswer, 'status'>) };
  }

  activateSignal(token: string | null, id: string): Promise<Payload> {
    return this.#change('activateSignal', ACTIVATE_SIGNAL, { id }, token);
  }

  cancelSignal(token: string | null, id: string): Promise<Payload> {
    return this.#change('cancelSignal', CANCEL_SIGNAL, { id }, token);
  }

  /** Creates a signal that must be accepted and gives its trade, which must be open. */
  async open(token: string, input: SignalInput): Promise<Trade> {
    const { trade, userErrors } = await this.createSignal(token, input);
    if (!trade) throw new Error(`no trade: ${JSON.stringify(userErrors)}`);
    return trade;
  }

  async #change(field: string, document: string, variables: object, token: string | null): Promise<Payload> {
    const data = await this.query<Record<string, Payload>>(document, variables, token);
    return data[field] as Payload;
  }

  /** Resolves once the server has both markets' symbol lists. */
  async symbolsKnown(token: string): Promise<void> {
    for (const marketType of ['SPOT', 'FUTURES'] as const) {
      await until(async () => {
        // Refused in any case, but for another reason while the list is not known.
        const { userErrors } = await this.createSignal(token, {
          symbol: 'NOSUCH',
          marketType,
          direction: 'LONG',
          takeProfit: '2',
          stopLoss: '1',
        });
        return userErrors[0]?.code === 'SYMBOL_UNKNOWN' ? true : undefined;
      }, `the symbols of ${marketType}`);
    }
  }

  // --- As a viewer ------------------------------------------------------------------------------------------------------

  /** The data of a query or mutation; throws where there are errors. */
  async query<T>(document: string, variables: object = {}, token: string | null = null): Promise<T> {
    const { data, errors } = await this.request<T>(document, variables, token);
    if (errors) throw new Error(JSON.stringify(errors));
    return data as T;
  }

  /** The whole answer, errors and all. */
  async request<T>(
    document: string,
    variables: object = {},
    token: string | null = null,
  ): Promise<{ data?: T; errors?: { message: string; extensions?: Record<string, unknown> }[] }> {
    const response = await fetch(this.graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query: document, variables }),
    });
    return (await response.json()) as { data?: T; errors?: { message: string }[] };
  }

  subscribe<T>(document: string, variables: Record<string, unknown> = {}, transport: Transport = 'WS'): Collector<T> {
    return subscribe<T>(this.graphqlUrl, document, variables, transport);
  }

  async trade(id: string): Promise<Trade> {
    const { trade } = await this.query<{ trade: Trade | null }>(ONE_TRADE, { id });
    if (!trade) throw new Error(`no trade ${id}`);
    return trade;
  }

  whenClosed(id: string, timeoutMs?: number): Promise<Trade> {
    const ask = async (): Promise<Trade | undefined> => {
      const trade = await this.trade(id);
      return trade.status === 'OPEN' ? undefined : trade;
    };
    return until(ask, `the closure of trade ${id}`, timeoutMs);
  }

  /** Resolves once a price of each symbol is known, as the first check of all prices brings it. */
  async pricesKnown(symbols: readonly { readonly marketType: MarketType; readonly symbol: string }[]): Promise<void> {
    const named = symbols.map(({ marketType, symbol }) => ({ marketType, symbol }));
    await until(async () => {
      const { prices } = await this.query<{ prices: object[] }>(PRICES, { symbols: named });
      return prices.length === named.length ? true : undefined;
    }, 'the first check of all prices');
  }

  /** Resolves once a tick of a watched symbol, or a later one, was applied. */
  async whenApplied(marketType: MarketType, symbol: string, tradeId: number): Promise<void> {
    await until(async () => {
      const { prices } = await this.query<{ prices: { aggregateTradeId: string | null }[] }>(PRICES, {
        symbols: [{ marketType, symbol }],
      });
      return Number(prices[0]?.aggregateTradeId ?? -1) >= tradeId ? true : undefined;
    }, `${marketType} ${symbol} ${tradeId}`);
  }

  // --- As the operator --------------------------------------------------------------------------------------------------

  async sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query<Row>(text, [...values])).rows;
  }

  /** How much of everything is stored. */
  async stored(): Promise<Stored> {
    const [row] = await this.sql<Stored>(`SELECT (SELECT count(*) FROM signals)::int AS signals,
      (SELECT count(*) FROM paper_trades)::int AS trades, (SELECT count(*) FROM events)::int AS events,
      (SELECT sequence FROM record_head)::int AS head`);
    if (!row) throw new Error('no answer');
    return row;
  }

  /** The sequence of the newest event. */
  async head(): Promise<number> {
    const [row] = await this.sql<{ sequence: string }>('SELECT sequence FROM record_head');
    return Number(row?.sequence);
  }

  /** The aggregate trade id after which ticks count for a trade. */
  async openedAfter(tradeId: string): Promise<number | null> {
    const [row] = await this.sql<{ id: string | null }>('SELECT opened_after_trade_id AS id FROM paper_trades WHERE id = $1', [tradeId]);
    return row?.id == null ? null : Number(row.id);
  }
}
