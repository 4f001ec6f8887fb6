import TinyQueue from 'tinyqueue';
import type { Cancel, Clock } from '../src/kernel/clock.ts';

interface Timer {
  dueMs: number;
  readonly order: number;
  readonly intervalMs: number | null;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Time that goes on only when told: by steps, by leaps as after a machine's sleep, and with a wall clock that can be set wrong. */
export class VirtualClock implements Clock {
  readonly #timers = new TinyQueue<Timer>([], (one, other) => one.dueMs - other.dueMs || one.order - other.order);
  #startMs: number;
  #elapsedMs = 0;
  #order = 0;

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  now(): Date {
    return new Date(this.nowMs);
  }

  /** Wall clock, ms since 1970 UTC. */
  get nowMs(): number {
    return Math.floor(this.#startMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.#add(delayMs, null, run);
  }

  every(intervalMs: number, run: () => void): Cancel {
    return this.#add(intervalMs, intervalMs, run);
  }

  /** How long until the next timer falls due; undefined without any. */
  get nextInMs(): number | undefined {
    for (let next = this.#timers.peek(); next; next = this.#timers.peek()) {
      if (!next.isCancelled) return Math.max(0, next.dueMs - this.#elapsedMs);
      this.#timers.pop();
    }
    return undefined;
  }

  /** Goes on by `ms`, running what falls due on the way at its own time. */
  advance(ms: number): void {
    const untilMs = this.#elapsedMs + ms;
    this.#runThrough(untilMs, false);
    this.#elapsedMs = untilMs;
  }

  /** Goes on by `ms` at once: timers that fell due meanwhile run once, late. */
  leap(ms: number): void {
    this.#elapsedMs += ms;
    this.#runThrough(this.#elapsedMs, true);
  }

  /** Sets the wall clock forward, or back, while monotonic time goes on as before. */
  setWall(byMs: number): void {
    this.#startMs += byMs;
  }

  #runThrough(untilMs: number, isLeap: boolean): void {
    for (let next = this.#timers.peek(); next && next.dueMs <= untilMs; next = this.#timers.peek()) {
      this.#timers.pop();
      if (next.isCancelled) continue;
      if (!isLeap) this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      if (next.intervalMs !== null) {
        next.dueMs = this.#elapsedMs + next.intervalMs;
        this.#timers.push(next);
      }
      next.run();
    }
  }

  #add(delayMs: number, intervalMs: number | null, run: () => void): Cancel {
    const timer: Timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: ++this.#order, intervalMs, run, isCancelled: false };
    this.#timers.push(timer);
    return () => {
      timer.isCancelled = true;
    };
  }
}
