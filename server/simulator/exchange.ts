import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel, Clock } from '../src/kernel/clock.ts';
import { parsePlainDecimal } from '../src/kernel/decimal.ts';
import { systemClock } from '../src/process/system-clock.ts';
import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { BEAT_MS, beat } from './beats.ts';
import { Broadcast } from './connection.ts';
import type { Connection, ConnectionEvents, ConnectionLimits } from './connection.ts';
import { Listener } from './listener.ts';
import type { Listing, SymbolDefinition } from './listing.ts';
import { Market } from './market.ts';
import { RestApi } from './rest.ts';
import type { RestFault, SeenRequest } from './rest.ts';
import type { Route } from './stream-name.ts';
import { UNPRICED_SYMBOLS } from './symbols.ts';
import type { AggTrade } from './tape.ts';
import { Waiting } from './waiting.ts';

export interface ExchangeOptions {
  /** Spot listens here and futures on the next port; 0, the default, takes two free ones. */
  readonly port?: number;
  readonly clock?: Clock;
  /** By default the demo's symbols, none of which has traded yet. */
  readonly symbols?: readonly SymbolDefinition[];
  /** First aggregate trade id of symbols that name none; by default 0 on spot and 1 on futures, as at Binance. */
  readonly firstAggId?: number;
  /** How many trades each symbol's tape keeps; 200,000 by default. */
  readonly maxTapeTrades?: number;
  /** What differs from `BINANCE_LIMITS`, per market. */
  readonly limits?: Partial<Record<MarketType, Partial<ConnectionLimits>>>;
  /** Offer permessage-deflate on websockets; off by default. */
  readonly compression?: boolean;
  /** Takes the plain requests that are not REST calls; gives false when the request is not for it. */
  readonly otherRequests?: (exchange: Exchange, request: IncomingMessage, response: ServerResponse) => boolean;
}

const MEBIBYTE = 1_048_576;
const SHARED_LIMITS = { maxStreams: 1_024, maxControlBytes: 4_088, maxBufferedBytes: 64 * MEBIBYTE, flatErrors: false };

/** The limits that Binance documents, or was seen to keep. */
export const BINANCE_LIMITS: Readonly<Record<MarketType, ConnectionLimits>> = {
  SPOT: { ...SHARED_LIMITS, messagesPerSecond: 5, pingIntervalMs: 20_000, pongTimeoutMs: 60_000 },
  FUTURES: { ...SHARED_LIMITS, messagesPerSecond: 10, pingIntervalMs: 180_000, pongTimeoutMs: 600_000 },
};

/** How many seen requests and messages are kept for assertions. */
const MAX_SEEN = 20_000;

/** A trade to print. */
export interface TickInput {
  readonly marketType: MarketType;
  readonly symbol: string;
  /** Plain decimal digits above zero; sent exactly as given. */
  readonly price: string;
  /** "1" by default. */
  readonly quantity?: string;
  /** Trade time, ms since 1970 UTC; now by default. */
  readonly timeMs?: number;
  readonly buyerIsMaker?: boolean;
  /** False puts it on the tape, where REST finds it, and tells nobody: a trade that fell into a gap. */
  readonly broadcast?: boolean;
}

export interface ConnectionInfo {
  readonly id: number;
  readonly marketType: MarketType;
  /** Path and query as the client asked for them. */
  readonly url: string;
  readonly route: Route;
  readonly streams: readonly string[];
  readonly openedMs: number;
}

/** A text message of a websocket client. */
export interface SeenMessage {
  readonly marketType: MarketType;
  readonly connectionId: number;
  readonly text: string;
  /** ms since 1970 UTC. */
  readonly timeMs: number;
}

interface Place {
  readonly market: Market;
  readonly rest: RestApi;
  readonly listener: Listener;
  refusing: boolean;
}

/** Starts a stand-in for Binance on 127.0.0.1. Rejects with the system's error when a port cannot be had. */
export async function startExchange(options: ExchangeOptions = {}): Promise<Exchange> {
  const exchange = new Exchange(options);
  await exchange.listen(options.port ?? 0);
  return exchange;
}

/** A small exchange on two ports, spot and futures, and the verbs by which a script drives it. Made by `startExchange`. */
export class Exchange {
  readonly #places: Readonly<Record<MarketType, Place>>;
  readonly #waiting = new Waiting();
  readonly #requests: SeenRequest[] = [];
  readonly #messages: SeenMessage[] = [];
  readonly #clock: Clock;
  #stopBeats: Cancel = () => {};
  #ports: Readonly<Record<MarketType, number>> = { SPOT: 0, FUTURES: 0 };

  constructor(options: ExchangeOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#places = { SPOT: this.#open('SPOT', options), FUTURES: this.#open('FUTURES', options) };
    for (const definition of options.symbols ?? UNPRICED_SYMBOLS) this.listSymbol(definition);
  }

  /** Opens the two ports. `startExchange` has done so. */
  async listen(port: number): Promise<void> {
    try {
      const spot = await this.#places.SPOT.listener.listen(port);
      this.#ports = { SPOT: spot, FUTURES: await this.#places.FUTURES.listener.listen(port === 0 ? 0 : port + 1) };
    } catch (error) {
      await this.stop();
      throw error;
    }
    let second = 0;
    this.#stopBeats = this.#clock.every(BEAT_MS, () => {
      second += 1;
      for (const marketType of MARKET_TYPES) beat(this.#market(marketType), second);
    });
  }

  get spotWs(): string {
    return `ws://127.0.0.1:${this.#ports.SPOT}`;
  }
  get spotRest(): string {
    return `http://127.0.0.1:${this.#ports.SPOT}`;
  }
  get futuresWs(): string {
    return `ws://127.0.0.1:${this.#ports.FUTURES}`;
  }
  get futuresRest(): string {
    return `http://127.0.0.1:${this.#ports.FUTURES}`;
  }

  /** The four base URLs under the names of the server's settings. */
  environment(): Record<'BINANCE_SPOT_WS' | 'BINANCE_SPOT_REST' | 'BINANCE_FUTURES_WS' | 'BINANCE_FUTURES_REST', string> {
    return {
      BINANCE_SPOT_WS: this.spotWs,
      BINANCE_SPOT_REST: this.spotRest,
      BINANCE_FUTURES_WS: this.futuresWs,
      BINANCE_FUTURES_REST: this.futuresRest,
    };
  }

  // --- The market -----------------------------------------------------------------------------------------------------

  /** Lists a symbol, or lists it anew with an empty tape. */
  listSymbol(definition: SymbolDefinition): void {
    this.#market(definition.marketType).list(definition);
  }

  isListed(marketType: MarketType, symbol: string): boolean {
    return this.#market(marketType).listings.has(symbol);
  }

  /** Changes the status word in exchangeInfo, e.g. to HALT or SETTLING. */
  setStatus(marketType: MarketType, symbol: string, status: string): void {
    this.#listing(marketType, symbol).status = status;
  }

  /** Prints a trade with the symbol's next id and, unless told otherwise, sends it to the subscribers. Throws on an unknown symbol or a wrong number. */
  tick(input: TickInput): AggTrade {
    const { marketType, symbol, price, quantity = '1' } = input;
    const listing = this.#listing(marketType, symbol);
    for (const text of [price, quantity])
      if (!parsePlainDecimal(text)?.gt(0)) throw new RangeError(`not a plain decimal above zero: ${text}`);
    const timeMs = input.timeMs ?? this.#clock.now().getTime();
    const trade = listing.tape.append({ price, quantity, timeMs, buyerIsMaker: input.buyerIsMaker ?? false });
    if (input.broadcast ?? true) this.#market(marketType).announce(listing, trade);
    return trade;
  }

  /** Prints a trade with its own id, which must be past the last one, and sends it to the subscribers. */
  print(marketType: MarketType, symbol: string, trade: AggTrade): void {
    const listing = this.#listing(marketType, symbol);
    this.#market(marketType).announce(listing, listing.tape.put(trade));
  }

  /** Leaves out the symbol's next `count` ids; REST does not know them either. */
  skipIds(marketType: MarketType, symbol: string, count: number): void {
    this.#listing(marketType, symbol).tape.skipIds(count);
  }

  /** The newest trade of the symbol's tape. */
  lastTrade(marketType: MarketType, symbol: string): AggTrade | undefined {
    return this.#listing(marketType, symbol).tape.last;
  }

  // --- Faults ---------------------------------------------------------------------------------------------------------

  /** Ends websocket connections: 1006 without a close frame, any other code with one. Gives how many. */
  dropConnections(options: { marketType?: MarketType; code?: number; reason?: string } = {}): number {
    const connections = this.#connections(options.marketType);
    for (const connection of connections) connection.drop(options.code ?? 1006, options.reason);
    return connections.length;
  }

  /** Open connections become dead links: nothing is read, nothing sent, nobody told. */
  stallConnections(marketType?: MarketType): void {
    for (const connection of this.#connections(marketType)) connection.stall();
  }

  /** Stops sending events, of one stream or of all, while sockets stay open and answer. What is printed meanwhile is not sent later. */
  muteStreams(marketType: MarketType, stream?: string): void {
    this.#market(marketType).silence(stream, true);
  }

  /** Ends what `muteStreams` with the same arguments began. */
  unmuteStreams(marketType: MarketType, stream?: string): void {
    this.#market(marketType).silence(stream, false);
  }

  /** While on, websocket connection attempts are cut off; REST goes on. */
  refuseConnections(on: boolean, marketType?: MarketType): void {
    for (const type of marketType ? [marketType] : MARKET_TYPES) this.#places[type].refusing = on;
  }

  /** Sends the subscribers of a stream any payload: a duplicate, a corrupt row, an unknown event. */
  sendEvent(marketType: MarketType, stream: string, payload: object): void {
    this.#market(marketType).broadcast(stream, () => () => payload);
  }

  /** Sends every connection a text as it is, valid JSON or not. */
  sendText(marketType: MarketType, text: string): void {
    for (const connection of this.#connections(marketType)) connection.send(text);
  }

  /** Tells every spot connection that its server is about to go, as Binance documents for spot only. */
  announceShutdown(): void {
    const E = this.#clock.now().getTime();
    const notice = new Broadcast('!serverShutdown', (scale) => ({ e: 'serverShutdown', E: E * scale }));
    for (const connection of this.#connections('SPOT')) connection.deliver(notice);
  }

  /** Spoils the answer to the next REST request that fits. */
  failRequest(marketType: MarketType, fault: RestFault): void {
    this.#places[marketType].rest.addFault(fault);
  }

  // --- What it saw ----------------------------------------------------------------------------------------------------

  connections(marketType?: MarketType): readonly ConnectionInfo[] {
    return this.#connections(marketType).map(({ id, marketType: type, url, route, streams, openedMs }) => ({
      id,
      marketType: type,
      url,
      route,
      streams: [...streams],
      openedMs,
    }));
  }

  /** Names of the streams with at least one subscriber. */
  streams(marketType: MarketType): readonly string[] {
    return this.#market(marketType).streams();
  }

  /** The REST requests answered so far, oldest first. */
  requests(marketType?: MarketType): readonly SeenRequest[] {
    return this.#requests.filter((request) => !marketType || request.marketType === marketType);
  }

  /** The websocket messages received so far, oldest first. */
  messages(marketType?: MarketType): readonly SeenMessage[] {
    return this.#messages.filter((message) => !marketType || message.marketType === marketType);
  }

  /** Resolves as soon as `holds` does; it is asked again after every connection, message, subscription and request. Rejects after `timeoutMs`. */
  when(holds: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    return this.#waiting.until(holds, what, timeoutMs);
  }

  whenConnected(marketType: MarketType, count = 1): Promise<void> {
    return this.when(() => this.#connections(marketType).length >= count, `${count} ${marketType} connections`);
  }

  whenDisconnected(marketType: MarketType): Promise<void> {
    return this.when(() => this.#connections(marketType).length === 0, `no ${marketType} connection`);
  }

  whenSubscribed(marketType: MarketType, stream: string): Promise<void> {
    return this.when(() => this.streams(marketType).includes(stream), `a subscriber of ${stream} (${marketType})`);
  }

  whenUnsubscribed(marketType: MarketType, stream: string): Promise<void> {
    return this.when(() => !this.streams(marketType).includes(stream), `no subscriber of ${stream} (${marketType})`);
  }

  /** Resolves once `count` requests of the path were answered, those before this call included. */
  whenRequested(marketType: MarketType, path: string, count = 1): Promise<void> {
    return this.when(
      () => this.requests(marketType).filter((request) => request.path === path).length >= count,
      `${count} requests of ${path}`,
    );
  }

  /** Resolves once no connection has more than `maxBytes` waiting to be sent. */
  async drained(marketType: MarketType, maxBytes = 0): Promise<void> {
    await Promise.all(this.#connections(marketType).map((connection) => connection.drained(maxBytes)));
  }

  /** Cuts every connection and closes the ports. */
  async stop(): Promise<void> {
    this.#stopBeats();
    await Promise.all(MARKET_TYPES.map((marketType) => this.#places[marketType].listener.stop()));
  }

  // --------------------------------------------------------------------------------------------------------------------

  #open(marketType: MarketType, options: ExchangeOptions): Place {
    const clock = this.#clock;
    const firstAggId = options.firstAggId ?? (marketType === 'SPOT' ? 0 : 1);
    const market = new Market({ marketType, clock, firstAggId, maxTapeTrades: options.maxTapeTrades ?? 200_000 });
    const wait = (delayMs: number) => new Promise<void>((resolve) => void clock.after(delayMs, resolve));
    const rest = new RestApi(market, wait, (request) => this.#note(this.#requests, request));
    const listener = new Listener({
      marketType,
      clock,
      limits: { ...BINANCE_LIMITS[marketType], ...options.limits?.[marketType] },
      events: this.#eventsOf(market),
      compression: options.compression ?? false,
      isRefusing: () => place.refusing,
      opened: (connection) => {
        market.connections.add(connection);
        this.#waiting.look();
      },
      request: (request, response) => {
        if (!options.otherRequests?.(this, request, response)) void rest.answer(request, response);
      },
    });
    const place: Place = { market, rest, listener, refusing: false };
    return place;
  }

  #eventsOf(market: Market): ConnectionEvents {
    return {
      subscribed: (connection, stream) => {
        market.addSubscriber(stream, connection);
        this.#waiting.look();
      },
      unsubscribed: (connection, stream) => {
        market.removeSubscriber(stream, connection);
        this.#waiting.look();
      },
      received: (connection, text) => {
        const timeMs = this.#clock.now().getTime();
        this.#note(this.#messages, { marketType: market.marketType, connectionId: connection.id, text, timeMs });
      },
      closed: (connection) => {
        market.connections.delete(connection);
        for (const stream of connection.streams) market.removeSubscriber(stream, connection);
        this.#waiting.look();
      },
    };
  }

  #note<T>(seen: T[], item: T): void {
    seen.push(item);
    if (seen.length > MAX_SEEN) seen.splice(0, MAX_SEEN / 10);
    this.#waiting.look();
  }

  #market(marketType: MarketType): Market {
    return this.#places[marketType].market;
  }

  #listing(marketType: MarketType, symbol: string): Listing {
    const listing = this.#market(marketType).listings.get(symbol);
    if (!listing) throw new RangeError(`${marketType} ${symbol} is not listed`);
    return listing;
  }

  #connections(marketType?: MarketType): readonly Connection[] {
    return MARKET_TYPES.filter((type) => !marketType || type === marketType).flatMap((type) => [...this.#market(type).connections]);
  }
}
