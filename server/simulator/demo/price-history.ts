import { normal } from '../price-model.ts';
import type { Random } from '../price-model.ts';
import { firstAggIdAt } from '../symbols.ts';

/** One tick a minute. */
export const TICK_EVERY_MS = 60_000;

/** The simulator's ids rise by one in this time. */
const AGG_ID_MS = 20;

/**
 * The past of one symbol's price: a geometric random walk that ends at a known price. Spot and futures share it. Tick 0 is the oldest.
 */
export class PriceHistory {
  readonly length: number;
  readonly #prices: Float64Array;
  readonly #startMs: number;

  /** `volatility`: standard deviation of a day's change, as a part of the price. The last tick comes before `endMs`. */
  constructor(options: { endPrice: number; endMs: number; days: number; volatility: number; random: Random }) {
    const { endPrice, endMs, days, volatility, random } = options;
    this.length = Math.floor((days * 86_400_000) / TICK_EVERY_MS);
    this.#startMs = endMs - this.length * TICK_EVERY_MS;
    this.#prices = new Float64Array(this.length);
    const perTick = volatility * Math.sqrt(TICK_EVERY_MS / 86_400_000);
    // Walked backwards: a random walk looks the same from its end.
    let offset = 0;
    for (let index = this.length - 1; index >= 0; index--) {
      this.#prices[index] = endPrice * Math.exp(offset);
      offset += perTick * normal(random);
    }
  }

  /** The newest tick at or before a time; -1 before all of them. */
  indexAt(timeMs: number): number {
    const slot = Math.min(this.length - 1, Math.floor((timeMs - this.#startMs) / TICK_EVERY_MS));
    return slot >= 0 && this.timeMsOf(slot) > timeMs ? slot - 1 : slot;
  }

  /** Each tick falls somewhere within its minute, so that times do not all look alike; two are at least `AGG_ID_MS` apart. */
  timeMsOf(index: number): number {
    const part = (Math.imul(index + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
    return this.#startMs + index * TICK_EVERY_MS + Math.floor(part * (TICK_EVERY_MS - AGG_ID_MS));
  }

  /** Aggregate trade id, such as the simulator gave at that time. */
  idOf(index: number): number {
    return firstAggIdAt(new Date(this.timeMsOf(index)));
  }

  /** The price on a ladder of `decimals` places, as the double next to the decimal that `textOf` gives. */
  priceOf(index: number, decimals: number): number {
    const scale = 10 ** decimals;
    return Math.round((this.#prices[index] ?? NaN) * scale) / scale;
  }

  textOf(index: number, decimals: number): string {
    return this.priceOf(index, decimals).toFixed(decimals);
  }
}
