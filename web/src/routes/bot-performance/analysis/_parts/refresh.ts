import type { Timers } from '#lib/live/timers.ts';

/** The charts are asked for anew at most this often. */
const AT_MOST_EVERY_MS = 1_000;

/** Asks again after closures: at once after the first, and once for all that come within a second; the last is never left out. */
export class Refresh {
  #timers: Timers;
  #ask: () => Promise<void>;
  #askedAt = -Infinity;
  #cancel: (() => void) | null = null;
  #asking = false;
  #again = false;

  constructor(timers: Timers, ask: () => Promise<void>) {
    this.#timers = timers;
    this.#ask = ask;
  }

  soon(): void {
    if (this.#asking) this.#again = true;
    else this.#cancel ??= this.#timers.after(Math.max(0, this.#askedAt + AT_MOST_EVERY_MS - this.#timers.now()), () => void this.#run());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#again = false;
  }

  async #run(): Promise<void> {
    this.#cancel = null;
    this.#askedAt = this.#timers.now();
    this.#asking = true;
    await this.#ask().catch(() => undefined); // the next closure asks again
    this.#asking = false;
    if (!this.#again) return;
    this.#again = false;
    this.soon();
  }
}
