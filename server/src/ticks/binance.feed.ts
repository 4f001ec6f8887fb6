import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import type { CheckedPrice } from './binance-answers.ts';
import type { Frame } from './binance-frames.ts';
import { BinanceRest } from './binance-rest.feed.ts';
import type { CandleUse, Kline, KlineInterval } from './candle.ts';
import { Delistings } from './delisting.ts';
import { ExchangeClock } from './exchange-clock.ts';
import type { FeedLimits } from './feed-limits.ts';
import { FeedMeter } from './feed-meter.ts';
import { feedState } from './feed-state.ts';
import type { FeedStatus } from './feed-status.ts';
import { MarketChecks } from './market-checks.feed.ts';
import type { MarketWatch, StreamPosition, TickListener } from './market-watch.ts';
import type { PriceBoard } from './price-board.ts';
import { RateWindow } from './rate-window.ts';
import { roomFor } from './stream-plan.ts';
import { StreamShard } from './stream-shard.feed.ts';
import type { SymbolList } from './symbol-list.ts';
import { SymbolTape } from './symbol-tape.ts';
import { TapeReader } from './tape-reader.feed.ts';
import type { MarketType, StreamPoint, Tick } from './tick.ts';
import { VENUES } from './venue.ts';
import type { Venue } from './venue.ts';
import { lookAtSymbols, WatchedSymbol } from './watched-symbol.feed.ts';

export interface BinanceFeedOptions {
  readonly marketType: MarketType;
  /** Without a path, e.g. wss://stream.binance.com:9443 or wss://fstream.binance.com. */
  readonly wsBaseUrl: string;
  /** Without a path, e.g. https://api.binance.com or https://fapi.binance.com. */
  readonly restBaseUrl: string;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  /** 0 (included) to 1 (excluded), for the jitter of delays. */
  readonly random: () => number;
  readonly log: Log;
  /** Gets every delivered tick before `onTick`, and the all-symbol price check. */
  readonly priceBoard: PriceBoard;
  /** Gets the market's symbols as soon as they are known. */
  readonly symbolList: SymbolList;
  readonly onTick: TickListener;
  /** Told of candles among the ticks where trades are gone, or where only few of many minutes matter. */
  readonly candles: CandleUse;
  /** Called when the exchange has stopped a watched symbol for good; more than once as long as it is watched. */
  readonly onDelisted: (symbol: string) => void;
}

/** Binance's live trades of one market: which symbols are watched, and that not one trade of theirs is missed. */
export class BinanceFeed implements MarketWatch, Service {
  readonly name: string;
  readonly marketType: MarketType;
  readonly #options: BinanceFeedOptions;
  readonly #venue: Venue;
  readonly #exchangeClock: ExchangeClock;
  readonly #rest: BinanceRest;
  readonly #reader: TapeReader;
  readonly #attempts: RateWindow;
  readonly #delistings: Delistings;
  readonly #meter = new FeedMeter();
  readonly #stopping = new AbortController();
  readonly #watched = new Map<string, WatchedSymbol>();
  readonly #shards = new Set<StreamShard>();
  readonly #statusListeners = new Set<(status: FeedStatus) => void>();
  #checks: Promise<void> = Promise.resolve();
  #cancelLook: Cancel = () => {};
  #isStarted = false;
  #reconnectsOfClosedShards = 0;
  #gapsRepaired = 0;
  #told = '';

  constructor(options: BinanceFeedOptions) {
    const { marketType, restBaseUrl, limits, clock, random, log } = options;
    this.#options = options;
    this.name = `feed-${marketType.toLowerCase()}`;
    this.marketType = marketType;
    this.#venue = VENUES[marketType];
    this.#rest = new BinanceRest({ venue: this.#venue, baseUrl: restBaseUrl, limits, clock, log });
    this.#exchangeClock = new ExchangeClock(clock);
    const exchangeNowMs = () => this.#exchangeClock.nowMs();
    this.#reader = new TapeReader({ rest: this.#rest, limits, clock, exchangeNowMs, random, log });
    this.#delistings = new Delistings(limits.delistedAfterLists);
    this.#attempts = new RateWindow(limits.connectAttempts, limits.connectAttemptsWindowMs);
  }

  /** Connects in the background: resolves at once, also while the exchange cannot be reached. Once only. */
  start(): Promise<void> {
    if (this.#isStarted || this.#stopping.signal.aborted) return Promise.resolve();
    this.#isStarted = true;
    const { clock, limits } = this.#options;
    this.#openShard();
    for (const watched of this.#watched.values()) this.#join(watched);
    const checks = new MarketChecks({
      ...this.#options,
      rest: this.#rest,
      onPrices: (prices) => this.#onPrices(prices),
      onServerTime: (timeMs, askedMs) => this.#exchangeClock.answered(timeMs, askedMs),
      onSymbols: () => this.#onSymbols(),
    });
    this.#checks = checks.run(this.#stopping.signal);
    this.#cancelLook = clock.every(limits.statusIntervalMs, () => this.#look());
    this.#look();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the feed has stopped'));
    this.#cancelLook();
    for (const shard of this.#shards) shard.stop();
    this.#shards.clear();
    const ends = Array.from(this.#watched.values(), (watched) => watched.stop());
    this.#watched.clear();
    this.#look();
    await Promise.all([this.#checks, ...ends]);
  }

  watch(symbol: string, from: StreamPoint): void {
    if (this.#watched.has(symbol) || this.#stopping.signal.aborted) return;
    const { limits, clock } = this.#options;
    const watched = new WatchedSymbol({
      symbol,
      from,
      reader: this.#reader,
      limits,
      clock,
      exchangeClock: this.#exchangeClock,
      proofDelayMs: this.#venue.proofDelayMs,
      checkedPrice: () => this.#options.priceBoard.get(this.marketType, symbol)?.price,
      deliver: (tick) => this.#deliver(tick),
      candles: this.#options.candles,
      onSync: (hasFetched) => this.#onSync(hasFetched),
    });
    this.#watched.set(symbol, watched);
    if (this.#isStarted) this.#join(watched);
    this.#look();
  }

  unwatch(symbol: string): void {
    const watched = this.#watched.get(symbol);
    if (!watched) return;
    this.#watched.delete(symbol);
    void watched.stop();
    const { shard } = watched;
    shard?.remove(watched.stream);
    if (shard && shard.size === 0 && this.#shards.size > 1) this.#closeShard(shard);
    this.#look();
  }

  /** The exchange's time where it is beyond doubt, ms since 1970 UTC. */
  get exchangeTimeMs(): number | null {
    return this.#exchangeClock.agreedMs;
  }

  position(symbol: string): StreamPosition | undefined {
    return this.#watched.get(symbol)?.position;
  }

  recentAfter(symbol: string, point: StreamPoint): readonly Tick[] | undefined {
    return this.#watched.get(symbol)?.tape.recentAfter(point);
  }

  async fetchAfter(symbol: string, point: StreamPoint, throughTradeId: number): Promise<readonly Tick[]> {
    const { signal } = this.#stopping;
    const ticks: Tick[] = [];
    const tape: SymbolTape = new SymbolTape(point, { heldTicks: 0, recentTicks: 1 }, (tick) => {
      if (tick.id <= throughTradeId) ticks.push(tick);
      else tape.stop();
    });
    const isDone = () => tape.nextId !== null && tape.nextId > throughTradeId;
    await this.#reader.read({ symbol, tape, from: point, candles: null, isDone, urgency: () => 'history', signal });
    signal.throwIfAborted();
    return ticks;
  }

  /** Past candles, asked for when nothing more urgent is: those that begin between two times, as many as one answer holds. */
  klines(symbol: string, interval: KlineInterval, fromMs: number, throughMs: number, signal: AbortSignal): Promise<readonly Kline[]> {
    return this.#rest.klines(symbol, interval, fromMs, throughMs, { urgency: 'background', signal });
  }

  status(): FeedStatus {
    let reconnects = this.#reconnectsOfClosedShards;
    for (const shard of this.#shards) reconnects += shard.reconnects;
    const { symbolsInSync, isAnyLate } = lookAtSymbols(this.#watched.values(), this.#options.clock.monotonicMs(), this.#options.limits);
    const states = Array.from(this.#shards, (shard) => shard.look());
    return {
      marketType: this.marketType,
      state: feedState(states, isAnyLate),
      symbols: this.#watched.size,
      symbolsInSync,
      connections: states.length,
      connectionsLive: states.filter((state) => state === 'LIVE').length,
      lastTickMs: this.#meter.lastTickMs,
      lagMs: this.#meter.lagMs,
      reconnects,
      gapsRepaired: this.#gapsRepaired,
    };
  }

  /** Calls `listener` whenever anything but the newest tick's time and lag has changed. */
  onStatus(listener: (status: FeedStatus) => void): Cancel {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  #deliver(tick: Tick): void {
    this.#options.priceBoard.putTick(tick, this.#exchangeClock.ageMs(tick.timeMs));
    this.#options.onTick(tick);
  }

  #join(watched: WatchedSymbol): void {
    const shard = roomFor(this.#shards, ({ size }) => size, this.#options.limits.streamsPerConnection) ?? this.#openShard();
    watched.shard = shard;
    shard.add(watched.stream);
  }

  #openShard(): StreamShard {
    const { wsBaseUrl, limits, clock, log, random } = this.#options;
    const shard: StreamShard = new StreamShard({
      venue: this.#venue,
      baseUrl: wsBaseUrl,
      limits,
      clock,
      exchangeClock: this.#exchangeClock,
      log,
      random,
      attempts: this.#attempts,
      events: {
        opened: () => this.#look(),
        subscribed: (streams) => this.#onSubscribed(shard, streams),
        frame: (frame) => this.#onFrame(shard, frame),
        heard: () => this.#look(),
        lost: () => this.#onLost(shard),
      },
    });
    this.#shards.add(shard);
    return shard;
  }

  #closeShard(shard: StreamShard): void {
    this.#reconnectsOfClosedShards += shard.reconnects;
    this.#shards.delete(shard);
    shard.stop();
  }

  #onSubscribed(shard: StreamShard, streams: readonly string[]): void {
    const names = new Set(streams);
    for (const watched of this.#watched.values()) if (watched.shard === shard && names.has(watched.stream)) watched.onSubscribed();
  }

  #onLost(shard: StreamShard): void {
    for (const watched of this.#watched.values()) if (watched.shard === shard) watched.onLost();
    this.#look();
  }

  #onFrame(shard: StreamShard, frame: Frame): void {
    switch (frame.kind) {
      case 'TICK': {
        const watched = this.#watched.get(frame.tick.symbol);
        if (watched?.shard !== shard) return;
        this.#meter.tick(frame.tick.timeMs);
        this.#meter.event(frame.eventTimeMs, this.#options.clock.now().getTime());
        return watched.live(frame.tick, frame.eventTimeMs);
      }
      case 'BEAT':
        return this.#meter.event(frame.eventTimeMs, this.#options.clock.now().getTime());
      case 'REFUSED':
        return this.#onRefused(shard, frame.reason, frame.symbol);
      case 'REPLY':
      case 'SHUTDOWN':
      case 'OTHER_MARKET':
    }
  }

  #onRefused(shard: StreamShard, reason: string, symbol: string | null): void {
    if (this.#meter.refuse()) {
      const refused = this.#meter.refusedFrames;
      this.#options.log.warn({ market: this.marketType, reason, symbol, refused }, 'a frame of the exchange was refused');
    }
    const watched = symbol === null ? undefined : this.#watched.get(symbol);
    if (watched?.shard === shard) watched.onRefusedFrame();
  }

  #onPrices(prices: readonly CheckedPrice[]): void {
    for (const { symbol, price } of prices) this.#watched.get(symbol)?.onCheckedPrice(price);
  }

  #onSymbols(): void {
    const { log, symbolList, onDelisted } = this.#options;
    for (const symbol of this.#delistings.next(this.#watched.keys(), (name) => symbolList.get(this.marketType, name))) {
      log.warn({ market: this.marketType, symbol }, 'the exchange has stopped trading a watched symbol for good');
      onDelisted(symbol);
    }
  }

  #onSync(hasFetched: boolean): void {
    if (hasFetched) this.#gapsRepaired += 1;
    this.#look();
  }

  #look(): void {
    const status = this.status();
    const told = [status.state, status.symbols, status.symbolsInSync, status.reconnects, status.gapsRepaired].join();
    if (told === this.#told) return;
    this.#told = told;
    for (const listener of this.#statusListeners) listener(status);
  }
}
