import type { MarketType } from '../src/ticks/tick.ts';

/** Request weight per IP and minute. */
export const REQUEST_WEIGHT_PER_MINUTE: Readonly<Record<MarketType, number>> = { SPOT: 6_000, FUTURES: 2_400 };

const MINUTE_MS = 60_000;

/** Weight used in the running minute, which begins on the wall clock's minute as Binance's does. */
export class WeightMeter {
  readonly #limit: number;
  #minute = 0;
  #used = 0;
  #peak = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The most that was used in any one minute. */
  get peak(): number {
    return this.#peak;
  }

  /** Adds to the minute's weight and returns it. */
  add(weight: number, nowMs: number): number {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#used = 0;
    }
    this.#used += weight;
    this.#peak = Math.max(this.#peak, this.#used);
    return this.#used;
  }

  /** Seconds until weight is free again; undefined while the limit is kept. */
  retryAfterSeconds(nowMs: number): number | undefined {
    return this.#used <= this.#limit ? undefined : Math.ceil((MINUTE_MS - (nowMs % MINUTE_MS)) / 1_000);
  }
}
