import type { Timers } from './timers.ts';

/** A clock that starts itself anew without time passing is a fault and must fail, not hang. */
const RUNS_LIMIT = 10_000;

/** A clock for tests: time passes only when `pass` is called, and what is due then runs in order. */
export class ManualTimers implements Timers {
  #now: number;
  #due: { at: number; run: () => void }[] = [];

  constructor(startMs = Date.parse('2026-11-22T12:00:00.000Z')) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const entry = { at: this.#now + delayMs, run };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  afterFrame(run: () => void): () => void {
    return this.after(0, run);
  }

  pass(ms: number): void {
    const end = this.#now + ms;
    for (let runs = 0; ; runs++) {
      if (runs > RUNS_LIMIT) throw new Error(`timers start each other without end at ${new Date(this.#now).toISOString()}`);
      const next = this.#due.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#due = this.#due.filter((entry) => entry !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}
