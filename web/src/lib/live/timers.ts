/** Time as the live parts see it; tests pass a clock that they turn by hand. */
export interface Timers {
  /** Milliseconds since 1970 by this machine's clock. */
  now(): number;
  /** Runs once after the delay; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs once what a reader has just done has been drawn; the answer cancels it. */
  afterFrame(run: () => void): () => void;
}

/** Lets the browser draw and answer in between. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** A page that is not seen draws no frames. */
const LONGEST_FRAME_MS = 250;

export const browserTimers: Timers = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
  afterFrame(run) {
    let timer = setTimeout(() => {
      cancelAnimationFrame(frame);
      run();
    }, LONGEST_FRAME_MS);
    const frame = requestAnimationFrame(() => {
      clearTimeout(timer);
      timer = setTimeout(run);
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  },
};
