import type { Cancel, Clock } from '../kernel/clock.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Service } from '../kernel/service.ts';
import type { FeedState, FeedStatus } from './feed-status.ts';
import type { MarketNews, Quote, SymbolQuestion, ToldPrice } from './market-news.ts';
import type { MarketView } from './market-view.ts';
import type { PriceBoard } from './price-board.ts';
import { ToldTime } from './agreed-time.ts';
import { MARKET_TYPES, symbolKey } from './tick.ts';
import type { MarketType, SymbolKey } from './tick.ts';

export interface ToldMarketsOptions {
  readonly priceBoard: PriceBoard;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly limits: { readonly askTimeoutMs: number; readonly silentAfterMs: number; readonly offlineAfterMs: number };
  /** Says to the leading worker that this process listens; with `all` that it knows no prices yet. */
  readonly listen: (all: boolean) => void;
  readonly ask: (question: SymbolQuestion) => void;
}

/** How often a listener says that it is there; the teller forgets it after three times as long. */
const LISTEN_INTERVAL_MS = 5_000;
/** How often it is looked whether the silence has become too long. */
const LOOK_INTERVAL_MS = 500;

/**
 * The markets as the leading worker tells of them. Silence is never taken for good news: the feeds become STALE and then OFFLINE, prices
 * age, and no position in a stream is known, so that the exchange's time decides what comes after a trade's entry.
 */
export class ToldMarkets implements MarketView, Service {
  readonly name = 'told markets';
  readonly #options: ToldMarketsOptions;
  readonly #startedMs: number;
  readonly #feeds = new Map<MarketType, FeedStatus>();
  /** When a market was last told to miss nothing. */
  readonly #completeAt = new Map<MarketType, Date>();
  readonly #positions = new Map<SymbolKey, { readonly id: number | null; readonly heardMs: number }>();
  readonly #exchangeTimes: Readonly<Record<MarketType, ToldTime>>;
  /** Questions of the last moment. */
  readonly #asked = new Set<string>();
  readonly #waiting = new Map<SymbolKey, Set<() => void>>();
  readonly #listeners = new Set<() => void>();
  readonly #cancels: Cancel[] = [];
  #heardMs = -Infinity;
  #term = 0;
  /** The states as they were last told of. */
  #announced = '';

  constructor(options: ToldMarketsOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
    this.#exchangeTimes = { SPOT: new ToldTime(options.clock), FUTURES: new ToldTime(options.clock) };
  }

  start(): Promise<void> {
    const { clock, listen } = this.#options;
    this.#cancels.push(
      clock.every(LISTEN_INTERVAL_MS, () => listen(false)),
      clock.every(LOOK_INTERVAL_MS, () => this.#look()),
    );
    listen(true);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    for (const cancel of this.#cancels.splice(0)) cancel();
    for (const waiters of this.#waiting.values()) for (const done of waiters) done();
    return Promise.resolve();
  }

  /** News may have been missed: everything is asked for anew. */
  reconnected(): void {
    this.#options.listen(true);
  }

  takeNews({ term, feeds, prices }: MarketNews): void {
    if (!this.#isCurrent(term)) return;
    for (const status of feeds) {
      this.#feeds.set(status.marketType, status);
      if (status.symbolsInSync === status.symbols) this.#completeAt.set(status.marketType, this.#options.clock.now());
    }
    for (const price of prices) this.#put(price);
    this.#announce();
  }

  takeQuote({ term, marketType, symbol, price, lastTradeId, exchangeTimeMs, askId }: Quote): void {
    if (!this.#isCurrent(term)) return;
    if (price) this.#put(price);
    const key = symbolKey(marketType, symbol);
    this.#positions.set(key, { id: lastTradeId, heardMs: this.#options.clock.monotonicMs() });
    if (askId !== null && this.#asked.has(askId)) this.#exchangeTimes[marketType].told(exchangeTimeMs);
    for (const done of this.#waiting.get(key) ?? []) done();
  }

  feeds(): FeedStatus[] {
    return MARKET_TYPES.map((marketType) => {
      const told = this.#feeds.get(marketType);
      const state = this.#stateInSilence();
      if (!told) return { ...NOTHING_KNOWN, marketType, state: state ?? 'CONNECTING' };
      return state ? { ...told, state, symbolsInSync: 0, connectionsLive: 0 } : told;
    });
  }

  onFeeds(changed: () => void): Cancel {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  refresh(marketType: MarketType, symbol: string): Promise<void> {
    const { clock, ask, limits } = this.#options;
    if (this.#silenceMs() > limits.silentAfterMs) return Promise.resolve(); // nobody would answer
    const key = symbolKey(marketType, symbol);
    const waiters = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiters);
    const askId = this.#options.newId();
    this.#asked.add(askId);
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#asked.delete(askId);
        waiters.delete(done);
        if (waiters.size === 0 && this.#waiting.get(key) === waiters) this.#waiting.delete(key);
        resolve();
      };
      const cancel = clock.after(limits.askTimeoutMs, done);
      waiters.add(done);
      ask({ askId, marketType, symbol });
    });
  }

  lastTradeId(marketType: MarketType, symbol: string): number | null {
    const position = this.#positions.get(symbolKey(marketType, symbol));
    if (!position) return null;
    return this.#options.clock.monotonicMs() - position.heardMs <= this.#options.limits.askTimeoutMs ? position.id : null;
  }

  exchangeTimeMs(marketType: MarketType): number | null {
    return this.#exchangeTimes[marketType].nowMs;
  }

  knownUntil(marketType: MarketType): Date | null {
    return this.#completeAt.get(marketType) ?? null;
  }

  /** A leader that was replaced and does not know it yet speaks of old things. */
  #isCurrent(term: number): boolean {
    if (term < this.#term) return false;
    this.#term = term;
    this.#heardMs = this.#options.clock.monotonicMs();
    return true;
  }

  #put({ ageMs, ...price }: ToldPrice): void {
    this.#options.priceBoard.putTold({ ...price, receivedMs: this.#options.clock.monotonicMs() - ageMs });
  }

  #silenceMs(): number {
    return this.#options.clock.monotonicMs() - Math.max(this.#heardMs, this.#startedMs);
  }

  /** What silence makes of the feeds; undefined while there is none. */
  #stateInSilence(): FeedState | undefined {
    const { silentAfterMs, offlineAfterMs } = this.#options.limits;
    if (this.#silenceMs() > offlineAfterMs) return 'OFFLINE';
    return this.#silenceMs() > silentAfterMs && this.#feeds.size > 0 ? 'STALE' : undefined;
  }

  #look(): void {
    if (this.#states() !== this.#announced) this.#announce();
  }

  #states(): string {
    return this.feeds().map(({ state }) => state).join(); // prettier-ignore
  }

  #announce(): void {
    this.#announced = this.#states();
    for (const listener of this.#listeners) listener();
  }
}

const NOTHING_KNOWN = {
  symbols: 0,
  symbolsInSync: 0,
  connections: 0,
  connectionsLive: 0,
  lastTickMs: null,
  lagMs: null,
  reconnects: 0,
  gapsRepaired: 0,
} as const;
