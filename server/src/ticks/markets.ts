import type { Cancel } from '../kernel/clock.ts';
import type { FeedStatus } from './feed-status.ts';
import type { MarketView } from './market-view.ts';
import type { MarketType } from './tick.ts';

/** The markets as this process follows them while it leads, and as it is told of them at other times. */
export class Markets implements MarketView {
  readonly #told: MarketView;
  readonly #listeners = new Set<() => void>();
  #own: MarketView | undefined;

  constructor(told: MarketView) {
    this.#told = told;
    told.onFeeds(() => {
      if (!this.#own) this.#announce();
    });
  }

  get #view(): MarketView {
    return this.#own ?? this.#told;
  }

  /** True while this process follows the markets itself. */
  get areOwn(): boolean {
    return this.#own !== undefined;
  }

  /** From now on this process follows the markets itself, until it is cancelled. */
  follow(own: MarketView): Cancel {
    this.#own = own;
    const cancelFeeds = own.onFeeds(() => this.#announce());
    this.#announce();
    return () => {
      if (this.#own !== own) return;
      this.#own = undefined;
      cancelFeeds();
      this.#announce();
    };
  }

  feeds(): readonly FeedStatus[] {
    return this.#view.feeds();
  }

  onFeeds(changed: () => void): Cancel {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  refresh(marketType: MarketType, symbol: string): Promise<void> {
    return this.#view.refresh(marketType, symbol);
  }

  lastTradeId(marketType: MarketType, symbol: string): number | null {
    return this.#view.lastTradeId(marketType, symbol);
  }

  exchangeTimeMs(marketType: MarketType): number | null {
    return this.#view.exchangeTimeMs(marketType);
  }

  knownUntil(marketType: MarketType, symbol: string): Date | null {
    return this.#view.knownUntil(marketType, symbol);
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }
}
