import { Decimal } from '../src/kernel/decimal.ts';

/** Gives a number from 0 up to, not including, 1. */
export type Random = () => number;

/** A small seeded generator (mulberry32): the same seed gives the same prices. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * How far a price wanders in a second, as a part of itself (one standard deviation). A level d₁ above and one d₂ below are
 * left behind after d₁·d₂/σ² on average: with 0.6 % and 0.3 % that is 37 s, so a visitor of the demo sees trades close.
 */
const VOLATILITY_PER_ROOT_SECOND = 0.0007;

/** The price is drawn back to its home with this time constant, so that a demo left running for days stays believable. */
const PULL_BACK_SECONDS = 1_800;

/** A random walk of one symbol's price: geometric, with a weak pull back to its home, which is where it starts if nothing else is said. */
export class PriceWalk {
  readonly #homePrice: number;
  readonly #random: Random;
  /** Logarithm of price over home price. */
  #offset: number;

  constructor(startPrice: number, random: Random, homePrice = startPrice) {
    this.#homePrice = homePrice;
    this.#random = random;
    this.#offset = Math.log(startPrice / homePrice);
  }

  /** The price after another `elapsedMs`. */
  step(elapsedMs: number): number {
    const seconds = elapsedMs / 1_000;
    this.#offset *= Math.exp(-seconds / PULL_BACK_SECONDS);
    this.#offset += VOLATILITY_PER_ROOT_SECOND * Math.sqrt(seconds) * normal(this.#random);
    return this.#homePrice * Math.exp(this.#offset);
  }
}

/** Time until the next print: now and then several at once, now and then a breath of a second or more. */
export function waitMs(meanMs: number, random: Random): number {
  return Math.min(8 * meanMs, Math.max(10, -Math.log(1 - random()) * meanMs));
}

/**
 * A price on the symbol's ladder, in plain digits with at least `minDecimals` places: a taker who buys pays the next tick up,
 * one who sells gets the next tick down. Never below one tick.
 */
export function onLadder(price: number, tickSize: string, takerBuys: boolean, minDecimals: number): string {
  const tick = new Decimal(tickSize);
  const ticks = new Decimal(price).div(tick).toDecimalPlaces(0, takerBuys ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR);
  return Decimal.max(ticks, 1).times(tick).toFixed(Math.max(minDecimals, tick.decimalPlaces()));
}

/** A quantity worth some hundred dollars as a rule and far more at times, with as many decimals as suit the price. */
export function quantityFor(price: number, random: Random): string {
  const worth = 150 * Math.exp(1.4 * normal(random));
  const decimals = Math.min(5, Math.max(0, Math.ceil(Math.log10(price))));
  const quantity = Math.max(worth / price, 10 ** -decimals);
  return quantity.toFixed(decimals);
}

/** A standard normal number (Box-Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
