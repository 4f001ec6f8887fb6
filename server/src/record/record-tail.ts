import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import type { RecordEvent } from './event.ts';

export interface RecordTailLimits {
  /** Events read at once. */
  readonly pageSize: number;
  /** How often the record is read when nobody said that something was written; covers writes of other processes. */
  readonly pollIntervalMs: number;
}

/** What the tail reads; RecordStore is it. */
export interface RecordReader {
  head(): Promise<bigint>;
  readAfter(sequence: bigint, limit: number): Promise<RecordEvent[]>;
}

/**
 * Follows the track record and tells its listeners of each event once, in order.
 *
 * The stored sequence is the truth, `wake` and `wrote` are only hints, so events are announced in the order of their sequence even
 * where two commits answer the other way round, and a lost hint costs latency but never an event.
 */
export class RecordTail implements Service {
  readonly name = 'record tail';
  readonly #reader: RecordReader;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: RecordTailLimits;
  readonly #listeners = new Set<(event: RecordEvent) => void>();
  #position = 0n;
  #reading: Promise<void> | undefined;
  #again = false;
  #stopPolling: Cancel | undefined;

  constructor(reader: RecordReader, clock: Clock, log: Log, limits: RecordTailLimits) {
    this.#reader = reader;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
  }

  /** The newest sequence that was announced. */
  get position(): bigint {
    return this.#position;
  }

  async start(): Promise<void> {
    this.#position = await this.#reader.head();
    this.#stopPolling = this.#clock.every(this.#limits.pollIntervalMs, () => this.wake());
  }

  async stop(): Promise<void> {
    this.#stopPolling?.();
    this.#stopPolling = undefined;
    await this.#reading;
  }

  /** Says that something may have been written. Never throws and never waits. */
  wake(): void {
    this.#again = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
      // A wake that came after the last look at `#again` but before this moment took that reading for one still under way.
      if (this.#again && this.#stopPolling) this.wake();
    });
  }

  /** Says what was just written: told at once where it follows what was told last, else read in its turn. Never throws and never waits. */
  wrote(events: readonly RecordEvent[]): void {
    if (events.length === 0) return this.wake(); // its answer may have been lost, and it is only seen to be written
    for (const event of events) {
      if (event.sequence > this.#position + 1n || !this.#stopPolling) return this.wake();
      this.#tell(event);
    }
  }

  /** Calls `listener` for each event from now on; it must not throw and must not wait. */
  onEvent(listener: (event: RecordEvent) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #readAll(): Promise<void> {
    while (this.#again && this.#stopPolling) {
      this.#again = false;
      try {
        const events = await this.#reader.readAfter(this.#position, this.#limits.pageSize);
        for (const event of events) this.#tell(event);
        if (events.length === this.#limits.pageSize) this.#again = true;
      } catch (error) {
        // The next wake or poll tries again from the same place.
        this.#log.warn({ err: error }, 'the track record could not be read');
      }
    }
  }

  /** What was read may have been said by its writer meanwhile. */
  #tell(event: RecordEvent): void {
    if (event.sequence <= this.#position) return;
    this.#position = event.sequence;
    for (const listener of this.#listeners) listener(event);
  }
}
