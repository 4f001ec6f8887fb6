/** Stops a timer; calling it again does nothing. */
export type Cancel = () => void;

/**
 * Time and timers, handed in so that tests run without waiting.
 * `now` is the host's wall clock, for what is stored and shown; `monotonicMs` only ever grows, for ages and timeouts.
 */
export interface Clock {
  now(): Date;
  monotonicMs(): number;
  /** Calls once after `delayMs`. */
  after(delayMs: number, run: () => void): Cancel;
  /** Calls every `intervalMs` until cancelled. */
  every(intervalMs: number, run: () => void): Cancel;
}
