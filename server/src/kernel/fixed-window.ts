import type { Clock } from './clock.ts';

export interface FixedWindowLimits {
  /** How many a key may have in one window. */
  readonly most: number;
  readonly windowMs: number;
  /** Keys that are counted each for itself; those beyond share one count, so that no flood of keys fills the memory. */
  readonly maxKeys: number;
}

const OTHERS = '';

/**
 * Counts by key within windows that begin for all keys at once. Over the edge of two windows a key may have twice as many; in return
 * there is one number per key and nothing to tidy up.
 */
export class FixedWindow {
  readonly #limits: FixedWindowLimits;
  readonly #clock: Clock;
  readonly #counts = new Map<string, number>();
  #endsAtMs = Number.NEGATIVE_INFINITY;

  constructor(limits: FixedWindowLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Counts one more; false when that is more than the key may have. */
  take(key: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#endsAtMs) {
      this.#counts.clear();
      this.#endsAtMs = nowMs + this.#limits.windowMs;
    }
    const counted = this.#counts.has(key) || this.#counts.size < this.#limits.maxKeys ? key : OTHERS;
    const count = (this.#counts.get(counted) ?? 0) + 1;
    this.#counts.set(counted, count);
    return count <= this.#limits.most;
  }

  /** How long until everything is counted anew. */
  get restMs(): number {
    return Math.max(0, this.#endsAtMs - this.#clock.monotonicMs());
  }
}
