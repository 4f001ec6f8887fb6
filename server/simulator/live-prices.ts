import type { Cancel, Clock } from '../src/kernel/clock.ts';
import type { Exchange } from './exchange.ts';
import type { Listing } from './listing.ts';
import { PriceWalk, onLadder, quantityFor, waitMs } from './price-model.ts';
import type { Random } from './price-model.ts';

export interface LivePricesOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Mean time between two prints of one symbol on one market; 250 by default. */
  readonly meanWaitMs?: number;
  /** The price that a symbol is drawn back to; by default, or where undefined, the one it begins with. */
  readonly homePrice?: (symbol: string) => string | undefined;
}

/** After a stall of the process the walk goes on from where it was instead of leaping. */
const MAX_STEP_MS = 2_000;

/**
 * Lets every symbol that has a price trade by itself until cancelled. A symbol listed on both markets follows one walk, so
 * that spot and futures agree.
 */
export function startLivePrices(exchange: Exchange, options: LivePricesOptions): Cancel {
  const bySymbol = Map.groupBy(exchange.listings(), ({ symbol }) => symbol);
  const stops = Array.from(bySymbol.values(), (places) => walk(exchange, places, options));
  return () => {
    for (const stop of stops) stop();
  };
}

function walk(exchange: Exchange, places: readonly Listing[], { clock, random, meanWaitMs = 250, homePrice }: LivePricesOptions): Cancel {
  const startPrice = places.map(({ tape }) => tape.last?.price).find((price) => price !== undefined);
  if (startPrice === undefined) return () => {};
  const symbol = places[0]?.symbol ?? '';
  const prices = new PriceWalk(Number(startPrice), random, Number(homePrice?.(symbol) ?? startPrice));
  let stop: Cancel = () => {};
  let steppedMs = clock.monotonicMs();
  const next = () => {
    stop = clock.after(waitMs(meanWaitMs / places.length, random), () => {
      const nowMs = clock.monotonicMs();
      const price = prices.step(Math.min(MAX_STEP_MS, nowMs - steppedMs));
      steppedMs = nowMs;
      print(exchange, places[Math.floor(random() * places.length)]!, price, random);
      next();
    });
  };
  next();
  return () => stop();
}

function print(exchange: Exchange, { marketType, symbol, tickSize }: Listing, price: number, random: Random): void {
  const takerBuys = random() < 0.5;
  // Binance's spot writes prices with eight decimals, its futures with those of the tick.
  const text = onLadder(price, tickSize, takerBuys, marketType === 'SPOT' ? 8 : 0);
  exchange.tick({ marketType, symbol, price: text, quantity: quantityFor(price, random), buyerIsMaker: !takerBuys });
}
