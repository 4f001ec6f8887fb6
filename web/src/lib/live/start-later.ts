import type { Timers } from './timers.ts';

/** The code of what is to start could not be fetched: it is tried again after this. */
const RETRY_MS = 2_000;

/** Starts something whose code is fetched first, however often that takes. The answer ends it. */
export function startLater(timers: Timers, load: () => Promise<{ start(): () => void }>): () => void {
  let ended = false;
  let stop: () => void = () => undefined;
  const attempt = (): void => {
    load().then(
      (loaded) => {
        if (!ended) stop = loaded.start();
      },
      () => {
        if (!ended) stop = timers.after(RETRY_MS, attempt);
      },
    );
  };
  attempt();
  return () => {
    ended = true;
    stop();
  };
}
