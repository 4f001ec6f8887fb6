import { describe, expect, test, vi } from 'vitest';
import type { Exchange } from '../../simulator/exchange.ts';
import { afterId, AGG_TRADES, DEADLINE, openExchange, openFeed, range, trade } from '../../testkit/feed.ts';
import { MARKET_TYPES } from './tick.ts';
import type { MarketType } from './tick.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'XRPUSDT'] as const;
/** Short for a test, and yet long enough to get in sync within one life, also on a busy machine: a life that is shorter than that never does. */
const SHORT_LIFE = { rollOverAfterMs: 1_000, rollOverJitterMs: 0, rollOverOverlapMs: 150 };

const pages = (exchange: Exchange, marketType: MarketType) =>
  exchange.requests(marketType).filter(({ path }) => path === AGG_TRADES[marketType]).length;

/** A feed in sync on `SYMBOLS`, and how many requests for trades that took. */
async function inSyncFeed(marketType: MarketType, limits: Parameters<typeof openFeed>[2]) {
  const exchange = await openExchange({ firstAggId: 1 });
  const opened = openFeed(exchange, marketType, limits);
  for (const symbol of SYMBOLS) opened.feed.watch(symbol, afterId(0));
  for (const symbol of SYMBOLS) await opened.inSync(symbol);
  return { exchange, ...opened, asked: pages(exchange, marketType) };
}

describe.each(MARKET_TYPES)('%s', (marketType) => {
  test('an old connection gets its successor first: nothing is missed, nothing comes twice, nothing is asked for', async () => {
    const { exchange, feed, ids, ticks, states, asked } = await inSyncFeed(marketType, SHORT_LIFE);
    // One symbol stays quiet; the others trade all the time, over three generations of connections.
    let printed = 0;
    await vi.waitFor(() => {
      trade(exchange, marketType, 1);
      trade(exchange, marketType, 1, { symbol: 'ETHUSDT' });
      printed += 1;
      expect(feed.status().reconnects).toBeGreaterThanOrEqual(3);
    }, DEADLINE);
    await vi.waitFor(() => expect(ids()).toHaveLength(printed), DEADLINE);
    expect(ids()).toEqual(range(1, printed));
    expect(ids('ETHUSDT')).toEqual(range(1, printed));
    expect(new Set(ticks.map(({ source }) => source))).toEqual(new Set(['LIVE']));
    expect(pages(exchange, marketType)).toBe(asked);
    expect(feed.status().gapsRepaired).toBe(0);
    expect(states.slice(states.indexOf('LIVE'))).toEqual(states.slice(states.indexOf('LIVE')).map(() => 'LIVE'));
    // Never more than the old one and its successor.
    expect(exchange.connections(marketType).length).toBeLessThanOrEqual(2);
  });

  test('both connections tell of the same trades while both run', async () => {
    const { exchange, feed, ids, asked } = await inSyncFeed(marketType, { ...SHORT_LIFE, rollOverOverlapMs: 60_000 });
    await vi.waitFor(
      () => expect(exchange.connections(marketType).filter(({ streams }) => streams.length === 4)).toHaveLength(2),
      DEADLINE,
    );
    trade(exchange, marketType, 5);
    await vi.waitFor(() => expect(ids()).toEqual(range(1, 5)), DEADLINE);
    expect(feed.status().reconnects).toBe(0);
    // As soon as every stream has brought something on the successor it takes over, and the old one is closed.
    for (const symbol of SYMBOLS) trade(exchange, marketType, 1, { symbol });
    await vi.waitFor(() => expect(feed.status().reconnects).toBeGreaterThanOrEqual(1), DEADLINE);
    trade(exchange, marketType, 1);
    await vi.waitFor(() => expect(ids()).toEqual(range(1, 7)), DEADLINE);
    expect(pages(exchange, marketType)).toBe(asked);
  });

  test('a successor that cannot connect does not harm the old one; it is tried again', async () => {
    const { exchange, feed, ids, asked } = await inSyncFeed(marketType, { ...SHORT_LIFE, rollOverAfterMs: 2_000 });
    exchange.refuseConnections(true, marketType);
    const seen = exchange.connections(marketType).map(({ id }) => id);
    // The refused attempts cannot be seen from outside: the time for many of them goes by.
    const begunMs = performance.now();
    await vi.waitFor(() => {
      trade(exchange, marketType, 1);
      expect(performance.now() - begunMs).toBeGreaterThan(3_000);
    }, DEADLINE);
    expect(exchange.connections(marketType).map(({ id }) => id)).toEqual(seen);
    expect(feed.status()).toMatchObject({ state: 'LIVE', reconnects: 0 });
    exchange.refuseConnections(false, marketType);
    await vi.waitFor(() => expect(feed.status().reconnects).toBe(1), DEADLINE);
    trade(exchange, marketType, 1);
    const last = exchange.lastTrade(marketType, 'BTCUSDT')!.id;
    await vi.waitFor(() => expect(ids()).toEqual(range(1, last)), DEADLINE);
    expect(pages(exchange, marketType)).toBe(asked);
  });

  test('an old connection that is lost while its successor is there: what neither told is fetched', async () => {
    const { exchange, feed, ids, inSync } = await inSyncFeed(marketType, { ...SHORT_LIFE, rollOverOverlapMs: 60_000 });
    await vi.waitFor(
      () => expect(exchange.connections(marketType).filter(({ streams }) => streams.length === 4)).toHaveLength(2),
      DEADLINE,
    );
    trade(exchange, marketType, 2, { broadcast: false });
    const [old] = exchange.connections(marketType);
    expect(old).toBeDefined();
    exchange.dropConnections({ marketType });
    await vi.waitFor(() => expect(feed.status().reconnects).toBeGreaterThanOrEqual(1), DEADLINE);
    await inSync();
    trade(exchange, marketType, 1);
    await vi.waitFor(() => expect(ids()).toEqual([1, 2, 3]), DEADLINE);
  });

  test('symbols watched and left while both connections run', async () => {
    // A symbol more has to get in sync within one life.
    const lives = { ...SHORT_LIFE, rollOverAfterMs: 3_000, rollOverOverlapMs: 300 };
    const { exchange, feed, ids, inSync, delivered } = await inSyncFeed(marketType, lives);
    await vi.waitFor(() => expect(exchange.connections(marketType)).toHaveLength(2), DEADLINE);
    feed.watch('SOLUSDT', afterId(0));
    feed.unwatch('XRPUSDT');
    await vi.waitFor(() => {
      trade(exchange, marketType, 1, { symbol: 'SOLUSDT' });
      expect(feed.status().reconnects).toBeGreaterThanOrEqual(1);
    }, DEADLINE);
    await inSync('SOLUSDT');
    trade(exchange, marketType, 1, { symbol: 'SOLUSDT' });
    const last = exchange.lastTrade(marketType, 'SOLUSDT')!.id;
    await delivered(last, 'SOLUSDT');
    expect(ids('SOLUSDT')).toEqual(range(1, last));
    await vi.waitFor(() => expect(exchange.streams(marketType)).not.toContain('xrpusdt@aggTrade'), DEADLINE);
  });
});

describe('an announced shutdown', () => {
  test('the successor is there before the old connection goes', async () => {
    const { exchange, feed, ids, asked } = await inSyncFeed('SPOT', { rollOverOverlapMs: 100 });
    exchange.announceShutdown({ closeAfterMs: 5_000 });
    await vi.waitFor(() => {
      trade(exchange, 'SPOT', 1);
      expect(feed.status().reconnects).toBe(1);
    }, DEADLINE);
    const last = exchange.lastTrade('SPOT', 'BTCUSDT')!.id;
    await vi.waitFor(() => expect(ids()).toEqual(range(1, last)), DEADLINE);
    expect(exchange.connections('SPOT')).toHaveLength(1);
    expect([pages(exchange, 'SPOT'), feed.status().gapsRepaired]).toEqual([asked, 0]);
  });

  test('without any lead time it is a loss like any other', async () => {
    const { exchange, feed, ids, inSync } = await inSyncFeed('SPOT', {});
    exchange.announceShutdown({ closeAfterMs: 0 });
    trade(exchange, 'SPOT', 2, { broadcast: false });
    await vi.waitFor(() => expect(feed.status().reconnects).toBe(1), DEADLINE);
    await inSync();
    trade(exchange, 'SPOT', 1);
    await vi.waitFor(() => expect(ids()).toEqual([1, 2, 3]), DEADLINE);
  });
});
