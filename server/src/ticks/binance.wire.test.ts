import { describe, expect, test, vi } from 'vitest';
import { afterId, AGG_TRADES, DEADLINE, openExchange, openFeed, PRICES, range, trade } from '../../testkit/feed.ts';
import { systemClock } from '../process/system-clock.ts';
import { MARKET_TYPES } from './tick.ts';

describe.each(MARKET_TYPES)('%s', (marketType) => {
  test('a watched symbol is delivered live, an unwatched one no more', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ticks, priceBoard, inSync, delivered } = openFeed(exchange, marketType);
    feed.watch('BTCUSDT', afterId(0));
    await exchange.whenSubscribed(marketType, 'btcusdt@aggTrade');
    await inSync();
    exchange.tick({ marketType, symbol: 'BTCUSDT', price: '42500.10', quantity: '0.25', timeMs: 1_700_000_000_000 });
    exchange.tick({ marketType, symbol: 'BTCUSDT', price: '42500.2', timeMs: 1_700_000_000_001 });
    await delivered(2);
    expect(ticks).toEqual([
      { marketType, symbol: 'BTCUSDT', id: 1, price: '42500.10', quantity: '0.25', timeMs: 1_700_000_000_000, source: 'LIVE' },
      { marketType, symbol: 'BTCUSDT', id: 2, price: '42500.2', quantity: '1', timeMs: 1_700_000_000_001, source: 'LIVE' },
    ]);
    expect(feed.status()).toMatchObject({
      marketType,
      state: 'LIVE',
      symbols: 1,
      connections: 1,
      connectionsLive: 1,
      reconnects: 0,
      gapsRepaired: 0,
      lastTickMs: 1_700_000_000_001,
    });

    expect(priceBoard.get(marketType, 'BTCUSDT')).toMatchObject({ price: '42500.2', tradeId: 2 });

    feed.unwatch('BTCUSDT');
    await exchange.whenUnsubscribed(marketType, 'btcusdt@aggTrade');
    expect(feed.position('BTCUSDT')).toBeUndefined();
    expect(feed.status().symbols).toBe(0);
  });

  test.each([1000, 1001, 1006, 1008])('a connection closed with %i: nothing is missed, nothing comes twice', async (code) => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ticks, ids, states, inSync, delivered } = openFeed(exchange, marketType);
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    trade(exchange, marketType, 3);
    await delivered(3);
    exchange.refuseConnections(true, marketType);
    exchange.dropConnections({ marketType, code });
    await vi.waitFor(() => expect(states.at(-1)).toBe('RECONNECTING'), DEADLINE);
    expect(feed.position('BTCUSDT')?.inSync).toBe(false);
    trade(exchange, marketType, 4);
    exchange.refuseConnections(false, marketType);
    await delivered(7);
    await inSync();
    trade(exchange, marketType, 2);
    await delivered(9);
    expect(ids()).toEqual(range(1, 9));
    expect(ticks.map(({ source }) => source)).toEqual([...Array(3).fill('LIVE'), ...Array(4).fill('BACKFILL'), ...Array(2).fill('LIVE')]);
    expect(feed.status()).toMatchObject({ state: 'LIVE', reconnects: 1, gapsRepaired: 1 });
  });

  test('a watch from an id long past: page after page, then live', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    trade(exchange, marketType, 2_503);
    const { feed, ids, delivered } = openFeed(exchange, marketType);
    feed.watch('BTCUSDT', afterId(100));
    await exchange.whenSubscribed(marketType, 'btcusdt@aggTrade');
    trade(exchange, marketType, 5);
    await delivered(2_508);
    expect(ids()).toEqual(range(101, 2_508));
    expect(feed.status().gapsRepaired).toBe(1);
  });

  test('a watch from a time hours ago', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const nowMs = systemClock.now().getTime();
    const hoursAgo = (hours: number) => nowMs - hours * 3_600_000;
    trade(exchange, marketType, 4, { timeMs: hoursAgo(5) - 1 });
    trade(exchange, marketType, 2, { timeMs: hoursAgo(2) });
    const { feed, ids, delivered, inSync } = openFeed(exchange, marketType);
    feed.watch('BTCUSDT', { afterTradeId: null, fromTimeMs: hoursAgo(5) });
    await delivered(6);
    await inSync();
    trade(exchange, marketType, 1);
    await delivered(7);
    expect(ids()).toEqual([5, 6, 7]);
  });

  test('a watch from now on: no trade between the answer of REST and the first live one is missed', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    trade(exchange, marketType, 4, { timeMs: systemClock.now().getTime() - 60_000 });
    const { feed, ids, delivered, inSync } = openFeed(exchange, marketType);
    feed.watch('BTCUSDT', { afterTradeId: null, fromTimeMs: systemClock.now().getTime() });
    await inSync();
    expect(feed.position('BTCUSDT')?.lastTick).toBeNull();
    trade(exchange, marketType, 1, { broadcast: false });
    trade(exchange, marketType, 1);
    await delivered(6);
    expect(ids()).toEqual([5, 6]);
  });

  test('prices and symbols of the whole market', async () => {
    const exchange = await openExchange();
    trade(exchange, marketType, 1, { symbol: 'ETHUSDT' });
    const { priceBoard, symbolList } = openFeed(exchange, marketType);
    await vi.waitFor(() => expect(priceBoard.get(marketType, 'ETHUSDT')).toMatchObject({ price: '40001.5', tradeId: null }), DEADLINE);
    await vi.waitFor(() => expect(symbolList.isKnown(marketType)).toBe(true), DEADLINE);
    expect(symbolList.get(marketType, 'BTCUSDT')).toMatchObject({ trading: true, quoteAsset: 'USDT', status: 'TRADING' });
  });
});

test('a symbol that never traded, of letters beyond ASCII', async () => {
  const exchange = await openExchange({
    symbols: [
      { marketType: 'SPOT', symbol: 'BTCUSDT', tickSize: '0.01' },
      { marketType: 'SPOT', symbol: '币安人生USDT', tickSize: '0.01' },
    ],
  });
  const { feed, ids, inSync, delivered } = openFeed(exchange);
  feed.watch('币安人生USDT', { afterTradeId: null, fromTimeMs: systemClock.now().getTime() });
  await inSync('币安人生USDT');
  exchange.tick({ marketType: 'SPOT', symbol: '币安人生USDT', price: '1' });
  exchange.tick({ marketType: 'SPOT', symbol: '币安人生USDT', price: '2' });
  await delivered(1, '币安人生USDT');
  expect(ids('币安人生USDT')).toEqual([0, 1]);
});

describe('the connection', () => {
  test('one that goes silent is replaced, and what it did not tell is fetched', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ids, states, inSync, delivered } = openFeed(exchange, 'SPOT', {
      silentAfterMs: 2_500,
      staleAfterMs: 1_500,
      statusIntervalMs: 100,
    });
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    trade(exchange, 'SPOT', 1);
    await delivered(1);
    const stalledMs = systemClock.monotonicMs();
    exchange.stallConnections('SPOT');
    trade(exchange, 'SPOT', 1);
    await delivered(2);
    expect(systemClock.monotonicMs() - stalledMs).toBeLessThan(4_000);
    const changes = () => states.filter((state, index) => state !== states[index - 1]);
    await vi.waitFor(() => expect(changes()).toEqual(['CONNECTING', 'LIVE', 'STALE', 'RECONNECTING', 'LIVE']), DEADLINE);
    expect(ids()).toEqual([1, 2]);
  });

  test('one that opens into silence again and again is not LIVE until it tells something', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const limits = { silentAfterMs: 2_500, staleAfterMs: 2_000, offlineAfterMs: 4_000, statusIntervalMs: 60_000 };
    const { feed, states, inSync } = openFeed(exchange, 'SPOT', limits);
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    // Control messages are still confirmed, as they are where streams have died behind a living socket.
    exchange.muteStreams('SPOT');
    exchange.dropConnections({ marketType: 'SPOT' });
    const before = states.length;
    await vi.waitFor(() => expect(feed.status().reconnects).toBeGreaterThanOrEqual(3), DEADLINE);
    expect(feed.status()).toMatchObject({ state: 'OFFLINE', symbolsInSync: 0 });
    expect(states.slice(before)).not.toContain('LIVE');
    exchange.unmuteStreams('SPOT');
    // Nobody looks within this time: the first event itself says so.
    await vi.waitFor(() => expect(states.at(-1)).toBe('LIVE'), DEADLINE);
    await inSync();
  });

  test('a quiet market is not a silent one: the sentinel beats', async () => {
    const exchange = await openExchange();
    const { feed, states } = openFeed(exchange, 'FUTURES', { silentAfterMs: 1_500 });
    await exchange.whenConnected('FUTURES');
    const connectedMs = systemClock.monotonicMs();
    // That nothing happens can only be seen by time passing: more than two silences.
    await vi.waitFor(() => expect(systemClock.monotonicMs() - connectedMs).toBeGreaterThan(3_500), DEADLINE);
    expect(feed.status()).toMatchObject({ state: 'LIVE', reconnects: 0 });
    expect(states).not.toContain('RECONNECTING');
  });

  test('300 symbols at once: several connections, within the limits of bytes and rate, all live', async () => {
    const symbols = range(1, 300).map((number) => ({ marketType: 'SPOT' as const, symbol: `COIN${number}USDT`, tickSize: '0.01' }));
    const exchange = await openExchange({
      symbols: [{ marketType: 'SPOT', symbol: 'BTCUSDT', tickSize: '0.01' }, ...symbols],
      firstAggId: 1,
    });
    const { feed, ticks } = openFeed(exchange);
    const now = systemClock.now().getTime();
    for (const { symbol } of symbols) feed.watch(symbol, { ...afterId(0), fromTimeMs: now });
    await vi.waitFor(() => expect(exchange.streams('SPOT')).toHaveLength(301), DEADLINE);
    await vi.waitFor(() => expect(symbols.every(({ symbol }) => feed.position(symbol)!.inSync)).toBe(true), DEADLINE);
    for (const { symbol } of symbols) exchange.tick({ marketType: 'SPOT', symbol, price: '1.5' });
    await vi.waitFor(() => expect(new Set(ticks.map(({ symbol }) => symbol)).size).toBe(300), DEADLINE);
    expect(exchange.connections('SPOT').map(({ streams }) => streams.length)).toEqual([200, 102]);
    expect(exchange.messages('SPOT').length).toBeLessThanOrEqual(4);
    for (const { text } of exchange.messages('SPOT')) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(3_500);
    expect(feed.status()).toMatchObject({ symbols: 300, reconnects: 0 });
  });

  test('watching and unwatching in any hurry keeps the pace, pongs counted', async () => {
    const exchange = await openExchange({ limits: { SPOT: { pingIntervalMs: 700 } } });
    const { feed } = openFeed(exchange);
    await exchange.whenConnected('SPOT');
    for (let round = 0; round < 12; round += 1) {
      feed.watch('ETHUSDT', { afterTradeId: null, fromTimeMs: 0 });
      await exchange.whenSubscribed('SPOT', 'ethusdt@aggTrade');
      feed.unwatch('ETHUSDT');
      if (round % 2 === 0) await exchange.whenUnsubscribed('SPOT', 'ethusdt@aggTrade');
    }
    feed.watch('ETHUSDT', { afterTradeId: null, fromTimeMs: 0 });
    await vi.waitFor(() => expect(feed.position('ETHUSDT')?.inSync).toBe(true), DEADLINE);
    expect(feed.status().reconnects).toBe(0);
  });

  test('an exchange that cannot be reached is tried again until it can; watches made meanwhile hold', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    exchange.refuseConnections(true);
    const { feed, states, ids, delivered } = openFeed(exchange, 'SPOT', { offlineAfterMs: 200, statusIntervalMs: 20 });
    feed.watch('BTCUSDT', afterId(0));
    await vi.waitFor(() => expect(states.at(-1)).toBe('OFFLINE'), DEADLINE);
    trade(exchange, 'SPOT', 2);
    exchange.refuseConnections(false);
    await delivered(2);
    expect(ids()).toEqual([1, 2]);
    await vi.waitFor(() => expect(feed.status()).toMatchObject({ state: 'LIVE', reconnects: 0 }), DEADLINE);
  });
});

describe('the past', () => {
  test('recentAfter from memory, fetchAfter by REST', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    trade(exchange, 'SPOT', 1_200);
    const { feed, inSync } = openFeed(exchange, 'SPOT', { recentTicks: 10 });
    feed.watch('BTCUSDT', afterId(1_195));
    await inSync();
    expect(feed.recentAfter('BTCUSDT', afterId(1_195))?.map(({ id }) => id)).toEqual(range(1_196, 1_200));
    expect(feed.recentAfter('BTCUSDT', afterId(1_194))).toBeUndefined();
    exchange.failRequest('SPOT', { path: AGG_TRADES.SPOT, status: 500 });
    const fetched = await feed.fetchAfter('BTCUSDT', afterId(50), 1_100);
    expect(fetched.map(({ id }) => id)).toEqual(range(51, 1_100));
    expect(new Set(fetched.map(({ source }) => source))).toEqual(new Set(['BACKFILL']));
  });

  test('fetchAfter ends with the feed', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed } = openFeed(exchange);
    const fetched = feed.fetchAfter('BTCUSDT', afterId(0), 5);
    const outcome = expect(fetched).rejects.toThrow('the feed has stopped');
    await exchange.whenRequested('SPOT', AGG_TRADES.SPOT);
    await feed.stop();
    await outcome;
  });
});

describe('REST under limits', () => {
  test.each([429, 418])('no request leaves while Retry-After of %i runs', async (status) => {
    const exchange = await openExchange({ firstAggId: 1 });
    exchange.failRequest('SPOT', { path: PRICES, status, headers: { 'retry-after': '1' } });
    const { feed, delivered } = openFeed(exchange, 'SPOT', { priceCheckIntervalMs: 50 });
    await exchange.whenRequested('SPOT', PRICES);
    await fetch(`${exchange.environment()['BINANCE_SPOT_REST']}/api/v3/ping`); // one round trip later the feed has its answer, too
    feed.watch('BTCUSDT', afterId(0));
    trade(exchange, 'SPOT', 2);
    await delivered(2);
    const requests = exchange.requests('SPOT').filter(({ path }) => !path.endsWith('/ping'));
    const banned = requests.find(({ path }) => path === PRICES)!;
    // The list of symbols and the time are asked for beside the first prices, before anyone knows of a ban.
    const beside = ['/exchangeInfo', '/time'].map((end) => requests.find(({ path }) => path.endsWith(end)));
    const later = requests.filter((request) => request !== banned && !beside.includes(request)).map(({ timeMs }) => timeMs - banned.timeMs);
    expect(later.length).toBeGreaterThan(0);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(950);
  });
});
