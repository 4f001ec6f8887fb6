import type { Clock } from '../kernel/clock.ts';

/** An answer is given again for this long, so that a flood of questions is not a flood of queries. */
const REMEMBERED_MS = 1_000;

/** Asks `check` at most once a second, and never twice at once. Undefined: ready; else why not. */
export function rememberedCheck(check: () => Promise<string | undefined>, clock: Clock): () => Promise<string | undefined> {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let answer: Promise<string | undefined> = Promise.resolve(undefined);
  let waiting = false;
  return () => {
    if (!waiting && clock.monotonicMs() - askedAtMs >= REMEMBERED_MS) {
      askedAtMs = clock.monotonicMs();
      waiting = true;
      answer = check().finally(() => (waiting = false));
    }
    return answer;
  };
}
