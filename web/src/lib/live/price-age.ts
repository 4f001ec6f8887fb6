import { STALE_LIMIT_MS, type FeedState } from './freshness.ts';

/** What the API says about the price of an open position. */
export interface Priced {
  marketType: string;
  /** TRADING, or the exchange's word for why not; null where it is not known. */
  symbolStatus: string | null;
  currentPriceTime: string | null;
}

export interface PriceFeed {
  marketType: string;
  state: FeedState;
  lastTickAt: string | null;
}

/**
 * `recent`: at most 30 s old. `quiet`: older, and still the newest, for nobody has traded since. `stale`: older, and not to be counted
 * with those of now: the symbol is halted, or its market's feed misses something, or nothing was heard of either.
 */
export type PriceStanding = 'none' | 'recent' | 'quiet' | 'stale';

/** The feed that vouches for an old price: it misses nothing, and the exchange trades the symbol. */
const voucher = (price: Priced, feeds: readonly PriceFeed[]): PriceFeed | undefined =>
  price.symbolStatus === 'TRADING' ? feeds.find((feed) => feed.marketType === price.marketType && feed.state === 'LIVE') : undefined;

const time = (value: string | null | undefined): number => (value ? Date.parse(value) : -Infinity);

/**
 * The time of the oldest price that counts, in milliseconds; null without one. A price counts by its own time; one that its feed vouches
 * for counts by the newest tick of that feed, which would have come after a newer price.
 */
export function oldestPriceAt(prices: readonly Priced[], feeds: readonly PriceFeed[]): number | null {
  const times = prices
    .filter((price) => price.currentPriceTime !== null)
    .map((price) => Math.max(time(price.currentPriceTime), time(voucher(price, feeds)?.lastTickAt)));
  return times.length === 0 ? null : Math.min(...times);
}

/** @param now server time @param asOf server time of the newest news of the server; without news nobody vouches */
export function priceStanding(price: Priced, feeds: readonly PriceFeed[], now: number, asOf: number): PriceStanding {
  if (price.currentPriceTime === null) return 'none';
  if (now - time(price.currentPriceTime) <= STALE_LIMIT_MS) return 'recent';
  const feed = voucher(price, feeds);
  return feed && now - Math.max(asOf, time(feed.lastTickAt)) <= STALE_LIMIT_MS ? 'quiet' : 'stale';
}
