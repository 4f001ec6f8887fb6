import pg from 'pg';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import { PROCESS_NAME } from './database.ts';
import { Closers } from './lifecycle.ts';
import type { Limits } from './limits.ts';
import { messageOf } from './start-fault.ts';

export interface LeadershipOptions {
  readonly url: string;
  readonly limits: Limits['leadership'];
  readonly clock: Clock;
  readonly log: Log;
  /** What runs while this process leads, for a term with this number: started in this order and stopped in reverse. */
  readonly begin: (term: number) => readonly Service[];
}

/** The same in every process; PostgreSQL's advisory locks are per database. */
const LOCK = 7_310_579_628;
const BEATS_PER_LEASE = 6;

/**
 * One worker at a time leads: the one whose session holds an advisory lock. A session that is not heard of for the length of the lease,
 * because its process is paused, its host gone or the network cut, is ended by PostgreSQL itself (idle_session_timeout), and the lock
 * with it. Whoever gets the lock gives itself the next number, and the database refuses writes with an earlier one: a leader that does
 * not know yet that it was replaced can do no harm.
 */
export class Leadership implements Service {
  readonly name = 'leadership';
  readonly #options: LeadershipOptions;
  readonly #decided = Promise.withResolvers<void>();
  #isStopping = false;
  /** Ends the pause of the moment, of which there is one at most. */
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #term: number | undefined;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /** The term that this process leads in; undefined while it does not lead. */
  get term(): number | undefined {
    return this.#term;
  }

  /** Resolves when everything runs that comes with leading, or it is known that another process leads. */
  start(): Promise<void> {
    this.#running = this.#run();
    return this.#decided.promise;
  }

  /** Leaves in order, so that another worker takes over at once. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { limits, log } = this.#options;
    while (!this.#isStopping) {
      try {
        await this.#standAndLead();
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'this worker cannot lead for now; it tries again');
      }
      this.#decided.resolve();
      await this.#pause(limits.retryMs);
    }
  }

  async #standAndLead(): Promise<void> {
    const { log, limits } = this.#options;
    const session = await this.#connect();
    try {
      while (!(await hasLock(session))) {
        if (!this.#isStopping) this.#decided.resolve();
        await this.#pause(limits.retryMs);
        if (this.#isStopping) return;
      }
      const term = await nextTerm(session);
      const services = new Closers(log);
      try {
        this.#term = term;
        for (const service of this.#options.begin(term)) await services.start(service);
        log.info({ term }, 'this process leads');
        this.#decided.resolve();
        const reason = await this.#hold(session);
        log[this.#isStopping ? 'info' : 'warn']({ term, reason }, 'this process leads no more');
      } finally {
        this.#term = undefined;
        await services.close();
      }
    } finally {
      await Promise.race([session.end(), this.#pause(limits.retryMs)]).catch(() => {}); // it may be gone, or the network dead
    }
  }

  /** Resolves with the reason for which leading ends; rejects where the database does not answer. */
  async #hold(session: pg.Client): Promise<string> {
    const { clock, limits } = this.#options;
    session.once('end', () => this.#wake?.());
    for (let heardMs = clock.monotonicMs(); ;) {
      await this.#pause(limits.leaseMs / BEATS_PER_LEASE);
      if (this.#isStopping) return 'stopping';
      const askedMs = clock.monotonicMs();
      if (askedMs - heardMs > limits.leaseMs) return 'this process stood still for longer than the lease';
      await session.query('SELECT 1');
      heardMs = askedMs;
    }
  }

  async #connect(): Promise<pg.Client> {
    const { url, limits } = this.#options;
    const session = new pg.Client({
      connectionString: url,
      application_name: PROCESS_NAME,
      connectionTimeoutMillis: limits.leaseMs,
      query_timeout: limits.leaseMs - limits.leaseMs / BEATS_PER_LEASE,
      keepAlive: true,
    });
    session.on('error', () => {}); // told by the query that fails next
    await session.connect();
    await session.query("SELECT set_config('idle_session_timeout', $1, false)", [`${limits.leaseMs}ms`]);
    return session;
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

async function hasLock(session: pg.Client): Promise<boolean> {
  const { rows } = await session.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LOCK]);
  return rows[0]?.held === true;
}

/** Waits for a write that the previous leader has under way. */
async function nextTerm(session: pg.Client): Promise<number> {
  const { rows } = await session.query<{ term: string }>(
    'UPDATE leadership SET term = term + 1, holder = $1, since = clock_timestamp() RETURNING term',
    [PROCESS_NAME],
  );
  return Number(rows[0]?.term);
}
