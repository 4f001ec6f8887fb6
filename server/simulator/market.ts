import type { Clock } from '../src/kernel/clock.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { Broadcast } from './connection.ts';
import type { Connection } from './connection.ts';
import { Shaping } from './shaping.ts';
import { aggTradeFrame, bookTickerFrame } from './frames.ts';
import type { Frame } from './frames.ts';
import { listingOf } from './listing.ts';
import type { Listing, SymbolDefinition } from './listing.ts';
import type { AggTrade } from './tape.ts';

export interface MarketOptions {
  readonly marketType: MarketType;
  readonly clock: Clock;
  /** First aggregate trade id of a symbol whose definition names none. */
  readonly firstAggId: number;
  /** How many trades the tape of each symbol keeps. */
  readonly maxTapeTrades: number;
}

/** How far back aggTrades reaches, and what a request beyond it gets: Binance does not document which of the two. */
export interface TapeHorizon {
  readonly reachMs: number;
  readonly beyond: 'EMPTY' | 'ERROR';
}

/** One market: its symbols with their tapes, and who is subscribed to what. It knows nothing of sockets and paths. */
export class Market {
  readonly marketType: MarketType;
  readonly listings = new Map<string, Listing>();
  readonly connections = new Set<Connection>();
  /** Symbols that printed since the all-symbol stream last beat. */
  readonly moved = new Set<Listing>();
  /** What is done to events on their way to subscribers. */
  readonly shaping: Shaping;
  /** Null: all of the tape can be asked for. */
  tapeHorizon: TapeHorizon | null = null;
  /** How long REST takes to know of a print that the stream has told. */
  restLagMs = 0;
  readonly #byLowerCase = new Map<string, Listing>();
  readonly #subscribers = new Map<string, Set<Connection>>();
  readonly #silenced = new Set<string>();
  readonly #options: MarketOptions;

  constructor(options: MarketOptions) {
    this.marketType = options.marketType;
    this.#options = options;
    this.shaping = new Shaping(options.clock);
  }

  /** Lists a symbol, or replaces a listed one, tape and all. */
  list(definition: SymbolDefinition): Listing {
    const listing = listingOf(definition, { firstAggId: this.#options.firstAggId, maxTrades: this.#options.maxTapeTrades });
    this.listings.set(listing.symbol, listing);
    this.#byLowerCase.set(listing.symbol.toLowerCase(), listing);
    if (definition.price !== undefined) {
      listing.tape.append({ price: definition.price, quantity: '1', timeMs: this.nowMs(), buyerIsMaker: false });
    }
    return listing;
  }

  /** Takes a symbol off the list: REST knows it no more, its streams are acknowledged and silent. */
  unlist(symbol: string): void {
    this.listings.delete(symbol);
    this.#byLowerCase.delete(symbol.toLowerCase());
  }

  /** The symbol a stream name speaks of; undefined for an unknown one and for the all-symbol streams. */
  listingOfStream(stream: string): Listing | undefined {
    return this.#byLowerCase.get(stream.slice(0, stream.indexOf('@')));
  }

  /** Tells subscribers of a trade that is on the tape. */
  announce(listing: Listing, trade: AggTrade): void {
    const name = listing.symbol.toLowerCase();
    this.moved.add(listing);
    this.broadcast(`${name}@aggTrade`, () => aggTradeFrame(listing, trade, this.nowMs()));
    this.broadcast(`${name}@bookTicker`, () => bookTickerFrame(listing, trade, this.nowMs()));
  }

  /** Sends an event to a stream's subscribers; `frame` is asked only when there are any, and sends nothing when it gives none. */
  broadcast(stream: string, frame: () => Frame | undefined): void {
    const subscribers = this.#subscribers.get(stream);
    if (!subscribers || this.#isSilent(stream)) return;
    const made = frame();
    if (!made) return;
    this.shaping.send(new Broadcast(stream, made), subscribers);
  }

  /** Sends text or bytes as they are to a stream's subscribers. */
  sendRaw(stream: string, raw: string | Uint8Array): void {
    for (const connection of this.#subscribers.get(stream) ?? []) connection.send(raw);
  }

  /** While silent, nothing is sent on the stream (on all of them when none is named), though sockets stay open and REST goes on. */
  silence(stream: string | undefined, on: boolean): void {
    if (on) this.#silenced.add(stream ?? '*');
    else this.#silenced.delete(stream ?? '*');
  }

  addSubscriber(stream: string, connection: Connection): void {
    const subscribers = this.#subscribers.get(stream);
    if (subscribers) subscribers.add(connection);
    else this.#subscribers.set(stream, new Set([connection]));
  }

  removeSubscriber(stream: string, connection: Connection): void {
    const subscribers = this.#subscribers.get(stream);
    subscribers?.delete(connection);
    if (subscribers?.size === 0) this.#subscribers.delete(stream);
  }

  /** Streams with at least one subscriber. */
  streams(): readonly string[] {
    return [...this.#subscribers.keys()];
  }

  nowMs(): number {
    return this.#options.clock.now().getTime();
  }

  #isSilent(stream: string): boolean {
    return this.#silenced.has('*') || this.#silenced.has(stream);
  }
}
