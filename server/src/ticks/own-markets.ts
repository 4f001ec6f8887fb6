import type { Cancel, Clock } from '../kernel/clock.ts';
import type { FeedStatus } from './feed-status.ts';
import type { MarketView } from './market-view.ts';
import type { MarketWatch } from './market-watch.ts';
import { MARKET_TYPES } from './tick.ts';
import type { MarketType } from './tick.ts';

/** One market's feed in this process. */
export interface OwnFeed extends Pick<MarketWatch, 'position'> {
  /** The exchange's time now where it is beyond doubt, ms since 1970 UTC; else null. */
  readonly exchangeTimeMs: number | null;
  status(): FeedStatus;
  onStatus(listener: (status: FeedStatus) => void): Cancel;
}

/** The markets as the process sees them that follows them. */
export class OwnMarkets implements MarketView {
  readonly #feeds: Readonly<Record<MarketType, OwnFeed>>;
  readonly #clock: Clock;

  constructor(feeds: Readonly<Record<MarketType, OwnFeed>>, clock: Clock) {
    this.#feeds = feeds;
    this.#clock = clock;
  }

  feeds(): FeedStatus[] {
    return MARKET_TYPES.map((marketType) => this.#feeds[marketType].status());
  }

  onFeeds(changed: () => void): Cancel {
    const cancels = MARKET_TYPES.map((marketType) => this.#feeds[marketType].onStatus(changed));
    return () => cancels.forEach((cancel) => cancel());
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  lastTradeId(marketType: MarketType, symbol: string): number | null {
    const position = this.#feeds[marketType].position(symbol);
    return position?.inSync ? (position.lastTick?.id ?? null) : null;
  }

  exchangeTimeMs(marketType: MarketType): number | null {
    return this.#feeds[marketType].exchangeTimeMs;
  }

  knownUntil(marketType: MarketType, symbol: string): Date | null {
    const position = this.#feeds[marketType].position(symbol);
    if (!position || position.inSync) return this.#clock.now();
    return position.lastTick ? new Date(position.lastTick.timeMs) : null;
  }
}
