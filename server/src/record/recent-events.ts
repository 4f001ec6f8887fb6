import type { Service } from '../kernel/service.ts';
import type { RecordEvent } from './event.ts';

/** What the newest events are read from and followed by: the store, and the record's tail. */
export interface RecentEventsSource {
  readonly position: bigint;
  onEvent(listener: (event: RecordEvent) => void): unknown;
  readAfter(sequence: bigint, limit: number): Promise<RecordEvent[]>;
}

/**
 * The newest events in memory, so that ten thousand viewers who come back after a restart are told what they missed without a query
 * each. Signal and trade of each are as they are now, as if they had just been read: every change of them is an event itself.
 */
export class RecentEvents implements Service {
  readonly name = 'recent events';
  readonly #source: RecentEventsSource;
  readonly #capacity: number;
  #events: RecordEvent[] = [];

  constructor(source: RecentEventsSource, capacity: number) {
    this.#source = source;
    this.#capacity = capacity;
    source.onEvent((event) => this.#add(event));
  }

  async start(): Promise<void> {
    const after = this.#source.position - BigInt(this.#capacity);
    const stored = await this.#source.readAfter(after > 0n ? after : 0n, this.#capacity);
    const announced = this.#events;
    this.#events = [];
    for (const event of [...stored, ...announced]) this.#add(event);
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** Up to `limit` events after `sequence`, in order: from memory where it reaches back that far, else from storage. */
  async readAfter(sequence: bigint, limit: number): Promise<RecordEvent[]> {
    const reachesBack = this.#events[0] !== undefined && this.#events[0].sequence <= sequence + 1n;
    const start = reachesBack ? this.#events.findIndex((event) => event.sequence > sequence) : -1;
    return start === -1 ? this.#source.readAfter(sequence, limit) : this.#events.slice(start, start + limit);
  }

  /** Storage can be ahead of the announcements: what was read from it is announced once more. */
  #add(event: RecordEvent): void {
    if (event.sequence <= (this.#events.at(-1)?.sequence ?? 0n)) return;
    const { signal, trade } = event;
    this.#events = this.#events.map((earlier) => {
      if (earlier.signal.id !== signal.id) return earlier;
      return earlier.trade === null ? { ...earlier, signal } : { ...earlier, signal, trade: trade ?? earlier.trade };
    });
    this.#events.push(event);
    if (this.#events.length > this.#capacity) this.#events.shift();
  }
}
