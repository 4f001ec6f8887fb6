import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Service } from '../kernel/service.ts';
import type { MarketNews, Quote, SymbolQuestion, ToldPrice } from './market-news.ts';
import type { MarketView } from './market-view.ts';
import type { Price, PriceBoard } from './price-board.ts';
import type { SymbolKey } from './tick.ts';

export interface MarketTellerOptions {
  readonly term: number;
  readonly markets: MarketView;
  readonly priceBoard: PriceBoard;
  readonly clock: Clock;
  /** Shortest time between two lists of prices. */
  readonly intervalMs: number;
  readonly tell: (news: MarketNews) => void;
}

/** Without a move of any price the feeds' health is told this often. */
const HEALTH_INTERVAL_MS = 1_000;
/** Prices in one piece of news: up to 150 bytes each, and a notification of PostgreSQL holds 8,000. */
const PRICES_PER_NEWS = 40;
/** Who listens says so more often than this (told-markets.ts). */
export const AUDIENCE_MS = 15_000;

/** Tells other processes of the markets that this one follows, as long as any listens: of each symbol only the newest price. */
export class MarketTeller implements Service {
  readonly name = 'market news';
  readonly #options: MarketTellerOptions;
  readonly #moved = new Set<SymbolKey>();
  readonly #cancels: Cancel[] = [];
  #heardMs: number;
  #toldMs = -Infinity;
  #tellsAll = true;

  constructor(options: MarketTellerOptions) {
    this.#options = options;
    this.#heardMs = options.clock.monotonicMs(); // whoever listened to an earlier leader still does
  }

  start(): Promise<void> {
    const { clock, intervalMs, markets, priceBoard } = this.#options;
    const cancelMoves = priceBoard.onMove((key) => this.#moved.add(key));
    const cancelFeeds = markets.onFeeds(() => (this.#toldMs = -Infinity));
    const cancelTimer = clock.every(intervalMs, () => this.#tell());
    this.#cancels.push(cancelMoves, cancelFeeds, cancelTimer);
    this.#tell();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    for (const cancel of this.#cancels.splice(0)) cancel();
    return Promise.resolve();
  }

  /** Another process listens; with `all` it knows no prices yet. */
  listenerHeard(all: boolean): void {
    this.#heardMs = this.#options.clock.monotonicMs();
    this.#tellsAll ||= all;
  }

  quote({ askId, marketType, symbol }: SymbolQuestion): Quote {
    const { term, markets, priceBoard } = this.#options;
    const price = priceBoard.get(marketType, symbol);
    return {
      term,
      askId,
      marketType,
      symbol,
      price: price ? this.#told(price) : null,
      lastTradeId: markets.lastTradeId(marketType, symbol),
      exchangeTimeMs: markets.exchangeTimeMs(marketType),
    };
  }

  #tell(): void {
    const { term, clock, markets, priceBoard } = this.#options;
    const nowMs = clock.monotonicMs();
    const isHeard = nowMs - this.#heardMs <= AUDIENCE_MS;
    if (!isHeard) this.#tellsAll = true; // who comes next has missed what is not told now
    const keys = this.#tellsAll ? undefined : this.#moved;
    const prices = isHeard ? priceBoard.newest(keys).map((price) => this.#told(price)) : [];
    this.#moved.clear();
    if (!isHeard || (prices.length === 0 && nowMs - this.#toldMs < HEALTH_INTERVAL_MS)) return;
    this.#toldMs = nowMs;
    this.#tellsAll = false;
    const feeds = markets.feeds();
    for (let start = 0; start === 0 || start < prices.length; start += PRICES_PER_NEWS) {
      this.#options.tell({ term, feeds, prices: prices.slice(start, start + PRICES_PER_NEWS) });
    }
  }

  #told({ receivedMs, ...price }: Price): ToldPrice {
    return { ...price, ageMs: Math.max(0, Math.round(this.#options.clock.monotonicMs() - receivedMs)) };
  }
}
