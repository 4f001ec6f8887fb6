import type { Cancel } from '../kernel/clock.ts';
import { Mailbox, MailboxOverflow } from './mailbox.ts';

/** A stored stream whose every message matters, and its live end. */
export interface EventSource<T extends { readonly sequence: bigint }> {
  /** The newest sequence that was announced to listeners. */
  readonly position: bigint;
  onEvent(listener: (event: T) => void): Cancel;
  readAfter(sequence: bigint, limit: number): Promise<T[]>;
}

export interface EventStreamLimits {
  /** Live messages that may wait for one reader. */
  readonly mailboxCapacity: number;
  /** Stored messages read at once while a subscriber catches up. */
  readonly replayPageSize: number;
}

/**
 * The events after `after`, each once and in order: first the stored ones, page by page as fast as the subscriber reads,
 * then live ones. There is no gap and no repeat in between, as the live end is taken hold of in the same turn in which the
 * last stored page is seen to reach it. A reader that falls behind further than its mailbox holds is served from storage again.
 */
export class EventStream<T extends { readonly sequence: bigint }> implements AsyncIterableIterator<T> {
  readonly #source: EventSource<T>;
  readonly #limits: EventStreamLimits;
  readonly #until: bigint | undefined;
  #last: bigint;
  #page: T[] = [];
  #live: Mailbox<T> | undefined;
  #closed = false;

  /** Without `after`, the stream begins with the next event; with `until`, it ends with that one and never goes live. */
  constructor(source: EventSource<T>, after: bigint | undefined, limits: EventStreamLimits, until?: bigint) {
    this.#source = source;
    this.#limits = limits;
    this.#until = until;
    this.#last = after ?? source.position;
    if (until === undefined && this.#last >= source.position) this.#goLive();
  }

  async next(): Promise<IteratorResult<T>> {
    while (!this.#closed) {
      if (this.#live) {
        try {
          const result = await this.#live.next();
          return result.done ? result : this.#deliver(result.value);
        } catch (error) {
          if (!(error instanceof MailboxOverflow)) throw error;
          this.#live = undefined;
          continue;
        }
      }
      const stored = this.#page.shift();
      const last = stored?.sequence ?? this.#last;
      if (this.#until !== undefined && (stored ? last > this.#until : last >= this.#until)) await this.return();
      else if (stored) return this.#deliver(stored);
      else if (this.#until === undefined && this.#last >= this.#source.position) this.#goLive();
      else this.#page = await this.#source.readAfter(this.#last, this.#limits.replayPageSize);
    }
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<T>> {
    this.#closed = true;
    this.#page = [];
    await this.#live?.return();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #deliver(event: T): IteratorResult<T> {
    this.#last = event.sequence;
    return { value: event, done: false };
  }

  #goLive(): void {
    const seen = this.#last;
    let stopListening: Cancel = () => {};
    const mailbox = new Mailbox<T>(this.#limits.mailboxCapacity, () => stopListening());
    stopListening = this.#source.onEvent((event) => {
      // Storage can be ahead of the announcements: what was replayed is not repeated.
      if (event.sequence > seen) mailbox.push(event);
    });
    this.#live = mailbox;
  }
}

/** Maps what matches of a stream and passes `return` on, so that a subscriber that leaves lets go of its source at once. */
export function pick<T, R>(source: AsyncIterableIterator<T>, take: (value: T) => R | undefined): AsyncIterableIterator<R> {
  return {
    async next() {
      for (;;) {
        const result = await source.next();
        if (result.done) return { value: undefined, done: true };
        const taken = take(result.value);
        if (taken !== undefined) return { value: taken, done: false };
      }
    },
    async return() {
      await source.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
