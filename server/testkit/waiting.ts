import { setTimeout as pause } from 'node:timers/promises';

export const DEADLINE_MS = 15_000;
const LOOK_EVERY_MS = 5;

/** Asks again and again until the answer is not undefined; rejects after `timeoutMs`, naming what was waited for. */
export async function until<T>(ask: () => T | undefined | Promise<T | undefined>, what: string, timeoutMs = DEADLINE_MS): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
