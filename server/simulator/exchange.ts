import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cancel, Clock } from '../src/kernel/clock.ts';
import { parsePlainDecimal } from '../src/kernel/decimal.ts';
import { systemClock } from '../src/process/system-clock.ts';
import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { BEAT_MS, beat } from './beats.ts';
import { Broadcast } from './connection.ts';
import type { Connection } from './connection.ts';
import type { ConnectionInfo, ExchangeOptions, TickInput } from './exchange-options.ts';
import { fittingTickSize } from './listing.ts';
import type { Listing, SymbolDefinition } from './listing.ts';
import type { Market } from './market.ts';
import { Faults } from './faults.ts';
import { Place } from './place.ts';
import type { RestFault, SeenRequest } from './rest.ts';
import { Seen } from './seen.ts';
import type { SeenMessage } from './seen.ts';
import { UNPRICED_SYMBOLS } from './symbols.ts';
import type { AggTrade } from './tape.ts';

/** Starts a stand-in for Binance on 127.0.0.1. Rejects with the system's error when a port cannot be had. */
export async function startExchange(options: ExchangeOptions = {}): Promise<Exchange> {
  const exchange = new Exchange(options);
  await exchange.listen(options.port ?? 0);
  return exchange;
}

/** A small exchange on two ports, spot and futures, and the verbs by which a script drives it. Made by `startExchange`. */
export class Exchange {
  /** What goes wrong beyond the verbs of this class. */
  readonly faults: Faults;
  readonly #places: Readonly<Record<MarketType, Place>>;
  readonly #seen = new Seen();
  readonly #clock: Clock;
  readonly #beatMs: number;
  #stopBeats: Cancel = () => {};
  #ports: Readonly<Record<MarketType, number>> = { SPOT: 0, FUTURES: 0 };

  constructor(options: ExchangeOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#beatMs = options.beatMs ?? BEAT_MS;
    const parts = {
      ...options,
      clock: this.#clock,
      seen: this.#seen,
      otherRequest: (request: IncomingMessage, response: ServerResponse) => options.otherRequests?.(this, request, response) ?? false,
    };
    this.#places = { SPOT: new Place('SPOT', parts), FUTURES: new Place('FUTURES', parts) };
    this.faults = new Faults(this.#places);
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
    this.#stopBeats = this.#clock.every(this.#beatMs, () => {
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

  /** Lists a symbol of which nothing is known but a price: with a tick size that fits it, and nothing on the tape. */
  listSymbolFor(marketType: MarketType, symbol: string, price: string): void {
    this.listSymbol({ marketType, symbol, tickSize: fittingTickSize(price) });
  }

  /** All symbols, or those of one market. */
  listings(marketType?: MarketType): readonly Listing[] {
    return MARKET_TYPES.filter((type) => !marketType || type === marketType).flatMap((type) => [...this.#market(type).listings.values()]);
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
    this.#tell(listing, trade, input.broadcast ?? true);
    return trade;
  }

  /** Prints a trade with its own id, which must be past the last one, and sends it to the subscribers unless told otherwise. */
  print(marketType: MarketType, symbol: string, trade: AggTrade, broadcast = true): void {
    const listing = this.#listing(marketType, symbol);
    this.#tell(listing, listing.tape.put(trade), broadcast);
  }

  #tell(listing: Listing, trade: AggTrade, broadcast: boolean): void {
    const market = this.#market(listing.marketType);
    if (market.restLagMs > 0) listing.tape.holdBack(market.nowMs() + market.restLagMs);
    if (broadcast) market.announce(listing, trade);
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

  /** Tells every spot connection that its server is about to go, as Binance documents for spot only; it goes `closeAfterMs` later, if at all. */
  announceShutdown(options: { closeAfterMs?: number; code?: number } = {}): void {
    const E = this.#clock.now().getTime();
    const notice = new Broadcast('!serverShutdown', (scale) => ({ e: 'serverShutdown', E: E * scale }));
    const connections = this.#connections('SPOT');
    for (const connection of connections) connection.deliver(notice);
    const { closeAfterMs, code = 1001 } = options;
    if (closeAfterMs === undefined) return;
    const close = () => connections.forEach((connection) => connection.drop(code));
    if (closeAfterMs === 0) close();
    else this.#clock.after(closeAfterMs, close);
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
    return this.#seen.requests.filter((request) => !marketType || request.marketType === marketType);
  }

  /** The websocket messages received so far, oldest first. */
  messages(marketType?: MarketType): readonly SeenMessage[] {
    return this.#seen.messages.filter((message) => !marketType || message.marketType === marketType);
  }

  /** Resolves as soon as `holds` does; it is asked again after every connection, message, subscription and request. Rejects after `timeoutMs`. */
  when(holds: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    return this.#seen.waiting.until(holds, what, timeoutMs);
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
