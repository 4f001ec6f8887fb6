import type { Clock } from '../kernel/clock.ts';
import { LeakyBucket } from '../kernel/leaky-bucket.ts';

export interface MessageLimits {
  /** Messages of one socket per minute; more are counted, and its subscriptions refused. */
  readonly maxMessagesPerMinute: number;
  /** A socket that sends so many per minute is cut. */
  readonly floodPerMinute: number;
}

/** How much one socket sends, its pings and pongs included. */
export class MessageRate {
  readonly #calm: LeakyBucket;
  readonly #flood: LeakyBucket;
  isAbove = false;

  constructor({ maxMessagesPerMinute, floodPerMinute }: MessageLimits, clock: Pick<Clock, 'monotonicMs'>) {
    this.#calm = new LeakyBucket({ capacity: maxMessagesPerMinute, leakPerSecond: maxMessagesPerMinute / 60 }, clock);
    this.#flood = new LeakyBucket({ capacity: floodPerMinute, leakPerSecond: floodPerMinute / 60 }, clock);
  }

  /** Counts one; false when the socket should be cut. */
  count(): boolean {
    this.isAbove = !this.#calm.take(1);
    return this.#flood.take(1);
  }
}
