import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { corruptFrame, streamOf } from './corruptions.ts';
import type { CorruptionName } from './corruptions.ts';
import { aggTradeFrame } from './frames.ts';
import type { Listing } from './listing.ts';
import type { TapeHorizon } from './market.ts';
import type { Place } from './place.ts';
import type { RestFault, RestPause } from './rest.ts';
import type { StreamShape } from './shaping.ts';

/** What goes wrong at an exchange and on the way to it, verb by verb. Each lasts until it is taken back where it takes a state. */
export class Faults {
  readonly #places: Readonly<Record<MarketType, Place>>;

  constructor(places: Readonly<Record<MarketType, Place>>) {
    this.#places = places;
  }

  // --- The stream -------------------------------------------------------------------------------------------------------

  /** Delays, duplicates and disorder of aggregate trades; an empty shape takes them back. */
  shapeStreams(marketType: MarketType, shape: Partial<StreamShape>, seed = 1): void {
    this.#places[marketType].market.shaping.set(shape, seed);
  }

  /** While on, a symbol's stream repeats its last message in place of each new one. */
  freezeStream(marketType: MarketType, symbol: string, on: boolean): void {
    this.#places[marketType].market.shaping.freeze(streamOf(this.#listing(marketType, symbol)), on);
  }

  /** Sends trades of the tape with ids from `fromId` through `throughId` once more, in that order. Gives how many. */
  replayTape(marketType: MarketType, symbol: string, fromId: number, throughId = Infinity): number {
    const listing = this.#listing(marketType, symbol);
    const { market } = this.#places[marketType];
    const trades = listing.tape.fromId(fromId, Number.MAX_SAFE_INTEGER).filter(({ id }) => id <= throughId);
    for (const trade of trades) market.broadcast(streamOf(listing), () => aggTradeFrame(listing, trade, market.nowMs()));
    return trades.length;
  }

  /** Sends a corrupt frame on a symbol's stream, which claims `price` for the next id. */
  corrupt(marketType: MarketType, symbol: string, name: CorruptionName, price: string): void {
    const { market } = this.#places[marketType];
    const listing = this.#listing(marketType, symbol);
    market.sendRaw(streamOf(listing), corruptFrame(name, listing, price, market.nowMs()));
  }

  /** Prints `count` trades at once; `priceAt` gives the price of each. */
  burst(marketType: MarketType, symbol: string, count: number, priceAt: (index: number) => string, timeMs?: number): void {
    const listing = this.#listing(marketType, symbol);
    const { market } = this.#places[marketType];
    for (let index = 0; index < count; index += 1) {
      const print = { price: priceAt(index), quantity: '1', timeMs: timeMs ?? market.nowMs(), buyerIsMaker: false };
      market.announce(listing, listing.tape.append(print));
    }
  }

  // --- Connections ------------------------------------------------------------------------------------------------------

  /** Ends websocket connections with a TCP reset. Gives how many. */
  resetConnections(marketType: MarketType): number {
    const connections = [...this.#places[marketType].market.connections];
    for (const connection of connections) connection.reset();
    return connections.length;
  }

  /** Answers websocket connection attempts with an HTTP status instead; null lets them in again. */
  refuseUpgrades(marketType: MarketType, answer: { status: number; retryAfterSeconds?: number } | null): void {
    this.#places[marketType].refusal = answer;
  }

  /** Nobody listens on the market's port any more: connections are refused by the system. Those that are open are cut. */
  closePort(marketType: MarketType): Promise<void> {
    return this.#places[marketType].listener.stop();
  }

  /** Listens on the same port again. */
  async openPort(marketType: MarketType): Promise<void> {
    await this.#places[marketType].listener.reopen();
  }

  // --- The tape and REST ------------------------------------------------------------------------------------------------

  /** How far back aggTrades reaches, and what a request beyond gets; null for all of the tape. */
  setTapeHorizon(marketType: MarketType, horizon: TapeHorizon | null): void {
    this.#places[marketType].market.tapeHorizon = horizon;
  }

  /** REST knows of prints from now on only this long after the stream told them. */
  setRestLag(marketType: MarketType, lagMs: number): void {
    this.#places[marketType].market.restLagMs = lagMs;
  }

  /** REST gives this trade as a withdrawn one: price and quantity "0", raw ids -1. */
  blankRow(marketType: MarketType, symbol: string, id: number): void {
    this.#listing(marketType, symbol).tape.blank(id);
  }

  /** Every REST request that fits gets this answer, or none at all; null ends it. */
  setRestMode(marketType: MarketType, mode: RestFault | null): void {
    this.#places[marketType].rest.mode = mode;
  }

  /** The pauses that REST has asked for with Retry-After, and how many requests came during each. */
  restPauses(marketType: MarketType): readonly RestPause[] {
    return this.#places[marketType].rest.pauses;
  }

  /** REST requests of both markets that the exchange has not answered yet, on purpose. */
  get heldRequests(): number {
    return this.#places.SPOT.rest.held + this.#places.FUTURES.rest.held;
  }

  /** The most request weight that was used in any one minute. */
  peakWeight(marketType: MarketType): number {
    return this.#places[marketType].rest.peakWeight;
  }

  // --- Symbols ----------------------------------------------------------------------------------------------------------

  /** Takes a symbol off the list, as delisting ends. */
  unlistSymbol(marketType: MarketType, symbol: string): void {
    this.#places[marketType].market.unlist(symbol);
  }

  /** Lists so many symbols more, named <prefix>0USDT and on, each with a first trade at `price`. Gives their names. */
  listMany(marketType: MarketType, count: number, price: string, prefix = 'M'): readonly string[] {
    return Array.from({ length: count }, (_, index) => {
      const symbol = `${prefix}${index}USDT`;
      this.#places[marketType].market.list({ marketType, symbol, price });
      return symbol;
    });
  }

  /** Ends every lasting fault of both markets but those of symbols and closed ports. */
  clear(): void {
    for (const marketType of MARKET_TYPES) {
      const place = this.#places[marketType];
      place.market.shaping.set({});
      place.market.tapeHorizon = null;
      place.market.restLagMs = 0;
      place.refusing = false;
      place.refusal = null;
      place.rest.mode = null;
    }
  }

  #listing(marketType: MarketType, symbol: string): Listing {
    const listing = this.#places[marketType].market.listings.get(symbol);
    if (!listing) throw new RangeError(`${marketType} ${symbol} is not listed`);
    return listing;
  }
}
