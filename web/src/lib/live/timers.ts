/** Time as the live parts see it; tests pass a clock that they turn by hand. */
export interface Timers {
  /** Milliseconds since 1970 by this machine's clock. */
  now(): number;
  /** Runs once after the delay; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export const browserTimers: Timers = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
