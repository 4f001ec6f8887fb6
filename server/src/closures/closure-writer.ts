import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { RecordEvent } from '../record/event.ts';
import type { SymbolKey } from '../ticks/tick.ts';
import type { Closure } from './closure.ts';

export interface ClosureWriterLimits {
  /** Closures written in one statement. */
  readonly batchSize: number;
  /** Wait after a failed write; doubles up to the maximum. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
}

export interface ClosureSink {
  /** Closes the trades that are still open; answers what the record tells of it, in order. */
  close(closures: readonly Closure[], at: Date): Promise<RecordEvent[]>;
  /** True for an error that the same closure will always meet, such as a violated CHECK. */
  isRefusal(error: unknown): boolean;
}

interface Queued {
  readonly key: SymbolKey;
  readonly closure: Closure;
}

/**
 * Writes closures in the order in which they were decided and keeps each until it is durable. The queue needs no bound
 * of its own: a trade is in it at most once, and the watch list let go of it.
 */
export class ClosureWriter {
  readonly #sink: ClosureSink;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: ClosureWriterLimits;
  readonly #onWritten: (events: readonly RecordEvent[]) => void;
  #queue: Queued[] = [];
  #writing: Promise<void> | undefined;
  #stopped = false;
  #wakeFromRetry: (() => void) | undefined;

  constructor(sink: ClosureSink, clock: Clock, log: Log, limits: ClosureWriterLimits, onWritten: (events: readonly RecordEvent[]) => void) {
    this.#sink = sink;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    this.#onWritten = onWritten;
  }

  add(key: SymbolKey, closure: Closure): void {
    this.#queue.push({ key, closure });
    this.#begin();
  }

  /** True while a closure of the symbol is decided but not durable. */
  isPending(key: SymbolKey): boolean {
    return this.#queue.some((queued) => queued.key === key);
  }

  /** Tries what is queued once more and gives up then: what was not written is decided again after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wakeFromRetry?.();
    await this.#writing;
  }

  #begin(): void {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      // A closure added after the last look at the queue but before this moment took that writing for one still under way.
      if (this.#queue.length > 0 && !this.#stopped) this.#begin();
    });
  }

  async #writeAll(): Promise<void> {
    let waitMs = this.#limits.retryMinMs;
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, this.#limits.batchSize);
      try {
        const events = await this.#write(batch.map(({ closure }) => closure));
        this.#queue = this.#queue.slice(batch.length);
        waitMs = this.#limits.retryMinMs;
        this.#onWritten(events);
      } catch (error) {
        if (this.#stopped) return;
        this.#log.error({ err: error, waiting: this.#queue.length, retryInMs: waitMs }, 'closures could not be written');
        await this.#wait(waitMs);
        waitMs = Math.min(waitMs * 2, this.#limits.retryMaxMs);
      }
    }
  }

  /** A closure that the database refuses must not hold up its neighbours: then each is written alone. */
  async #write(closures: readonly Closure[]): Promise<RecordEvent[]> {
    try {
      return await this.#sink.close(closures, this.#clock.now());
    } catch (error) {
      if (!this.#sink.isRefusal(error)) throw error;
      const [only] = closures;
      if (closures.length === 1 && only) {
        this.#log.error({ err: error, tradeId: only.tradeId }, 'the database refuses a closure; the trade stays open');
        return [];
      }
      const events: RecordEvent[] = [];
      for (const closure of closures) events.push(...(await this.#write([closure])));
      return events;
    }
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(delayMs, resolve);
      this.#wakeFromRetry = () => {
        cancel();
        resolve();
      };
    });
  }
}
