import { describe, expect, test } from 'vitest';
import { oldestPriceAt, priceStanding, type Priced, type PriceFeed } from './price-age.ts';

const NOW = Date.parse('2026-11-22T15:00:00.000Z');
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();
const price = (seconds: number, over: Partial<Priced> = {}): Priced => ({
  marketType: 'FUTURES',
  symbolStatus: 'TRADING',
  currentPriceTime: ago(seconds),
  ...over,
});
const feed = (over: Partial<PriceFeed> = {}): PriceFeed => ({ marketType: 'FUTURES', state: 'LIVE', lastTickAt: ago(1), ...over });

describe('the standing of one price', () => {
  test.each([
    ['at most 30 s old', price(30), feed(), 0, 'recent'],
    ['older, nobody traded since', price(31), feed(), 0, 'quiet'],
    ['older, no symbol of the feed traded, and the server said so just now', price(900), feed({ lastTickAt: ago(900) }), 2, 'quiet'],
    ['older, and nothing was heard of the server since', price(900), feed({ lastTickAt: ago(31) }), 31, 'stale'],
    ['halted', price(10_800, { symbolStatus: 'HALT' }), feed(), 0, 'stale'],
    ['of a symbol whose status is not known', price(31, { symbolStatus: null }), feed(), 0, 'stale'],
    ['of a feed that misses something', price(31), feed({ state: 'STALE' }), 0, 'stale'],
    ['of another market than the feed that lives', price(31, { marketType: 'SPOT' }), feed(), 0, 'stale'],
    ['not known', price(0, { currentPriceTime: null }), feed(), 0, 'none'],
  ])('%s', (_, one, itsFeed, newsAgo, expected) => {
    expect(priceStanding(one, [itsFeed], NOW, NOW - newsAgo * 1000)).toBe(expected);
  });
});

describe('the oldest price that counts', () => {
  const age = (prices: Priced[], feeds: PriceFeed[]): number | null => {
    const at = oldestPriceAt(prices, feeds);
    return at === null ? null : (NOW - at) / 1000;
  };

  test('of a halted symbol is not hidden by one that lives', () => {
    expect(age([price(1), price(10_800, { symbolStatus: 'BREAK' })], [feed()])).toBe(10_800);
  });

  test('is not that of a symbol that merely nobody traded', () => {
    expect(age([price(2), price(900)], [feed()])).toBe(1);
  });

  test('of a market that lives does not hide that another one is dead', () => {
    const spot = { marketType: 'SPOT', state: 'OFFLINE', lastTickAt: ago(70) } as const;
    expect(age([price(2), price(75, { marketType: 'SPOT' })], [feed(), spot])).toBe(75);
  });

  test('is null where no price is known', () => {
    expect(age([price(0, { currentPriceTime: null })], [feed()])).toBeNull();
  });
});
