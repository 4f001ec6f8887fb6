import type { Cancel } from '../kernel/clock.ts';
import type { FeedStatus } from './feed-status.ts';
import type { MarketType } from './tick.ts';

/** What a process knows of the markets beyond prices and symbols: because it follows them itself, or as the leading worker tells. */
export interface MarketView {
  feeds(): readonly FeedStatus[];
  /** Calls back when a feed's health changes. */
  onFeeds(changed: () => void): Cancel;
  /** Brings what is known of a symbol up to date where that needs asking. Gives up after a moment and never rejects. */
  refresh(marketType: MarketType, symbol: string): Promise<void>;
  /** The newest aggregate trade id while the symbol's stream is followed without a gap and that was known a moment ago, else null. */
  lastTradeId(marketType: MarketType, symbol: string): number | null;
  /** The exchange's time now where it is beyond doubt, ms since 1970 UTC; else null. */
  exchangeTimeMs(marketType: MarketType): number | null;
  /** The moment up to which nothing of a watched symbol is missing; null where that is not known. */
  knownUntil(marketType: MarketType, symbol: string): Date | null;
}
