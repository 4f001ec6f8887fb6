import type { Cancel, Clock } from '../kernel/clock.ts';

export interface ConflatedSource<T> {
  /** Calls `changed` whenever there is something new to tell. */
  readonly subscribe: (changed: () => void) => Cancel;
  /** What is to be told now; undefined when there is nothing after all. */
  readonly produce: () => T | undefined | Promise<T | undefined>;
}

/**
 * A stream of which only the newest value matters: told at once if asked to, then after each change, at most once per
 * interval. Nothing queues: what changes while the subscriber is busy is told in one value when it asks again.
 */
export class Conflated<T> implements AsyncIterableIterator<T> {
  readonly #source: ConflatedSource<T>;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #unsubscribe: Cancel;
  #changed: boolean;
  #lastToldMs = -Infinity;
  #closed = false;
  #wake: (() => void) | undefined;
  #cancelTimer: Cancel | undefined;

  constructor(source: ConflatedSource<T>, clock: Clock, intervalMs: number, tellAtOnce: boolean) {
    this.#source = source;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#changed = tellAtOnce;
    this.#unsubscribe = source.subscribe(() => {
      this.#changed = true;
      this.#wake?.();
    });
  }

  async next(): Promise<IteratorResult<T>> {
    while (!this.#closed) {
      const waitMs = this.#lastToldMs + this.#intervalMs - this.#clock.monotonicMs();
      if (!this.#changed) await this.#wait(undefined);
      else if (waitMs > 0) await this.#wait(waitMs);
      else {
        this.#changed = false;
        this.#lastToldMs = this.#clock.monotonicMs();
        const value = await this.#produce();
        if (value !== undefined && !this.#closed) return { value, done: false };
      }
    }
    return { value: undefined, done: true };
  }

  return(): Promise<IteratorResult<T>> {
    if (!this.#closed) {
      this.#closed = true;
      this.#unsubscribe();
      this.#wake?.();
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** A failure ends the stream: whoever reads it does not call `return` after one, and the source would never be let go. */
  async #produce(): Promise<T | undefined> {
    try {
      return await this.#source.produce();
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  /** Until `delayMs` has passed, or without one until something changes; in both cases until the stream is closed. */
  #wait(delayMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#wake = undefined;
        this.#cancelTimer?.();
        this.#cancelTimer = undefined;
        resolve();
      };
      if (delayMs === undefined) {
        this.#wake = done;
      } else {
        this.#cancelTimer = this.#clock.after(delayMs, done);
        this.#wake = () => {
          if (this.#closed) done();
        };
      }
    });
  }
}
