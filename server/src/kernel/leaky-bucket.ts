import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.ts';

export interface BucketSize {
  /** What fits in at once. */
  readonly capacity: number;
  /** What runs out per second. */
  readonly leakPerSecond: number;
}

export interface BucketState {
  readonly limit: number;
  /** What still fits in, rounded down. */
  readonly remaining: number;
  /** Seconds until it is empty again, rounded up. */
  readonly resetSeconds: number;
}

type Time = Pick<Clock, 'monotonicMs'>;

/** Fills with what is taken and runs out steadily; what does not fit in is refused. */
export class LeakyBucket {
  readonly #size: BucketSize;
  readonly #clock: Time;
  #level = 0;
  #atMs: number;

  constructor(size: BucketSize, clock: Time) {
    this.#size = size;
    this.#clock = clock;
    this.#atMs = clock.monotonicMs();
  }

  /** True when it fits in; otherwise nothing is taken. */
  take(points: number): boolean {
    this.#leak();
    if (this.#level + points > this.#size.capacity) return false;
    this.#level += points;
    return true;
  }

  /** Takes what has been spent already: beyond the brim it is owed, up to as much again, or the last of it would be free. */
  charge(points: number): void {
    this.#leak();
    this.#level = Math.min(2 * this.#size.capacity, this.#level + points);
  }

  /** Whole seconds, at least 1, until that much fits in. */
  secondsUntil(points: number): number {
    this.#leak();
    return Math.max(1, Math.ceil((this.#level + points - this.#size.capacity) / this.#size.leakPerSecond));
  }

  state(): BucketState {
    this.#leak();
    const { capacity, leakPerSecond } = this.#size;
    return {
      limit: capacity,
      remaining: Math.max(0, Math.floor(capacity - this.#level)),
      resetSeconds: Math.ceil(this.#level / leakPerSecond),
    };
  }

  #leak(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#level = Math.max(0, this.#level - ((nowMs - this.#atMs) / 1_000) * this.#size.leakPerSecond);
    this.#atMs = nowMs;
  }
}

/** A bucket for each key. The one that was not used for the longest time is forgotten when there are too many. */
export class LeakyBuckets {
  readonly #size: BucketSize;
  readonly #clock: Time;
  readonly #buckets: LRUCache<string, LeakyBucket>;

  constructor(size: BucketSize, maxBuckets: number, clock: Time) {
    this.#size = size;
    this.#clock = clock;
    this.#buckets = new LRUCache({ max: maxBuckets });
  }

  of(key: string): LeakyBucket {
    const known = this.#buckets.get(key);
    if (known) return known;
    const bucket = new LeakyBucket(this.#size, this.#clock);
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
