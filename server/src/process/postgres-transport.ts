import pg from 'pg';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Transport } from './bus.ts';
import { PROCESS_NAME } from './database.ts';
import type { Limits } from './limits.ts';
import { messageOf } from './start-fault.ts';

export interface PostgresTransportOptions {
  readonly url: string;
  readonly limits: Pick<Limits['bus'], 'probeIntervalMs' | 'retryMs'>;
  readonly clock: Clock;
  readonly log: Log;
}

const CHANNEL = 'bot_performance';
/** https://www.postgresql.org/docs/18/sql-notify.html: "must be specified as shorter than 8000 bytes". */
const MAX_BYTES = 7_999;
/** Prepared once on the connection. */
const NOTIFY = { name: 'notify', text: 'SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text' };
/** Messages that may wait while others are being sent. */
const MAX_WAITING = 1_000;

/**
 * PostgreSQL's LISTEN and NOTIFY on a connection of their own. What is published while an earlier batch is on its way goes as one batch
 * more, so that a burst is few transactions: while one with a notification commits, all others with one wait. Behind a NAT such a
 * connection can die without a word; hence the probe.
 */
export class PostgresTransport implements Transport {
  readonly #options: PostgresTransportOptions;
  #isStopping = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #client: pg.Client | undefined;
  #waiting: string[] = [];
  #isSending = false;

  constructor(options: PostgresTransportOptions) {
    this.#options = options;
  }

  start(receive: (text: string) => void, connected: () => void): void {
    this.#running = this.#run(receive, connected);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake?.();
    await this.#running;
  }

  send(text: string): void {
    if (!this.#client || this.#waiting.length >= MAX_WAITING || this.#waiting.includes(text)) return;
    if (Buffer.byteLength(text) > MAX_BYTES) {
      this.#options.log.error({ bytes: Buffer.byteLength(text) }, 'a message is too long for the bus');
      return;
    }
    this.#waiting.push(text);
    if (!this.#isSending) void this.#sendAll(this.#client);
  }

  async #sendAll(client: pg.Client): Promise<void> {
    this.#isSending = true;
    while (this.#client === client && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      // A failure is one of the connection, which ends with it.
      await client.query({ ...NOTIFY, values: [CHANNEL, batch] }).catch(() => {});
    }
    this.#isSending = false;
  }

  async #run(receive: (text: string) => void, connected: () => void): Promise<void> {
    const { limits, log } = this.#options;
    while (!this.#isStopping) {
      try {
        await this.#listen(receive, connected);
      } catch (error) {
        if (!this.#isStopping) log.warn({ reason: messageOf(error) }, 'the connection for news of other processes was lost');
      }
      if (!this.#isStopping) await this.#pause(limits.retryMs);
    }
  }

  async #listen(receive: (text: string) => void, connected: () => void): Promise<void> {
    const { url, limits } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      application_name: PROCESS_NAME,
      connectionTimeoutMillis: limits.probeIntervalMs,
      query_timeout: limits.probeIntervalMs,
      keepAlive: true,
    });
    client.on('error', () => {}); // told by the query that fails next
    client.on('notification', ({ payload = '' }) => receive(payload));
    client.once('end', () => this.#wake?.());
    try {
      await client.connect();
      await client.query(`SET synchronous_commit = off; LISTEN ${CHANNEL}`); // a hint need not survive a power cut
      this.#waiting = [];
      this.#client = client;
      connected();
      while (!this.#isStopping) {
        await this.#pause(limits.probeIntervalMs);
        if (!this.#isStopping) await client.query('SELECT 1');
      }
    } finally {
      this.#client = undefined;
      await Promise.race([client.end(), this.#pause(limits.retryMs)]).catch(() => {}); // it may be gone, or the network dead
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
