import type { Cancel, Clock } from '../src/kernel/clock.ts';

interface Timer {
  dueMs: number;
  readonly intervalMs: number | null;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on. */
export class ManualClock implements Clock {
  readonly #startMs: number;
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;

  constructor(start = new Date('2026-01-01T00:00:00Z')) {
    this.#startMs = start.getTime();
  }

  now(): Date {
    return new Date(this.#startMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  /** Timers that were set and neither ran out nor were cancelled. */
  get waiting(): number {
    return this.#timers.size;
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.#add({ dueMs: this.#elapsedMs + delayMs, intervalMs: null, run });
  }

  every(intervalMs: number, run: () => void): Cancel {
    return this.#add({ dueMs: this.#elapsedMs + intervalMs, intervalMs, run });
  }

  /** Goes on by `ms`, running what falls due on the way at its own time, earliest first. */
  advance(ms: number): void {
    const untilMs = this.#elapsedMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= untilMs).sort((one, other) => one.dueMs - other.dueMs);
      if (!next) break;
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      if (next.intervalMs === null) this.#timers.delete(next);
      else next.dueMs += next.intervalMs;
      next.run();
    }
    this.#elapsedMs = untilMs;
  }

  #add(timer: Timer): Cancel {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
