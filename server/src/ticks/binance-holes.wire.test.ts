import { describe, expect, test, vi } from 'vitest';
import { afterId, AGG_TRADES, DEADLINE, openExchange, openFeed, range, trade } from '../../testkit/feed.ts';
import { systemClock } from '../process/system-clock.ts';

describe('holes', () => {
  test('trades that the stream left out are fetched before the next live one', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ticks, inSync, delivered } = openFeed(exchange);
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    trade(exchange, 'SPOT', 1);
    trade(exchange, 'SPOT', 2, { broadcast: false });
    trade(exchange, 'SPOT', 2);
    await delivered(5);
    expect(ticks.map(({ id, source }) => `${id} ${source}`)).toEqual(['1 LIVE', '2 BACKFILL', '3 BACKFILL', '4 LIVE', '5 LIVE']);
  });

  test('ids that the exchange never used are jumped', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ids, inSync, delivered } = openFeed(exchange);
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    trade(exchange, 'SPOT', 1);
    exchange.skipIds('SPOT', 'BTCUSDT', 7);
    trade(exchange, 'SPOT', 2);
    await delivered(10);
    await inSync();
    expect(ids()).toEqual([1, 9, 10]);
  });

  test('a frame that cannot be read is no tick; its trade is fetched', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ticks, inSync, delivered } = openFeed(exchange);
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    trade(exchange, 'SPOT', 1, { broadcast: false });
    const nowMs = systemClock.now().getTime();
    exchange.sendText('SPOT', '{"stream":"btcusdt@aggTrade","data":{"e":"aggTr');
    exchange.sendEvent('SPOT', 'btcusdt@aggTrade', {
      e: 'aggTrade',
      E: nowMs,
      s: 'BTCUSDT',
      a: 1,
      p: 'NaN',
      q: '1',
      f: 1,
      l: 1,
      T: nowMs,
      m: true,
      M: true,
    });
    await delivered(1);
    expect(ticks).toMatchObject([{ id: 1, price: '40001.5', source: 'BACKFILL' }]);
    expect(feed.status().reconnects).toBe(0);
  });

  describe('what hardly can be true', () => {
    const event = (id: number, price: string) => {
      const T = systemClock.now().getTime();
      return { e: 'aggTrade', E: T, s: 'BTCUSDT', a: id, p: price, q: '1', f: id, l: id, T, m: true, M: true };
    };

    test('a price far from the last one decides nothing before REST has confirmed it', async () => {
      const exchange = await openExchange({ firstAggId: 1 });
      const { feed, ticks, inSync, delivered } = openFeed(exchange);
      feed.watch('BTCUSDT', afterId(0));
      await inSync();
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '100' });
      await delivered(1);
      // One that nobody traded, under the next id; then the real one.
      exchange.sendEvent('SPOT', 'btcusdt@aggTrade', event(2, '9000'));
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '101' });
      await delivered(2);
      // And one that is real.
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '40' });
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '41' });
      await delivered(4);
      await inSync();
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '42' });
      await delivered(5);
      expect(ticks.map(({ price, source }) => `${price} ${source}`)).toEqual([
        '100 LIVE',
        '101 LIVE',
        '40 BACKFILL',
        '41 BACKFILL',
        '42 LIVE',
      ]);
    });

    test('an id far ahead holds nothing up', async () => {
      const exchange = await openExchange({ firstAggId: 1 });
      const { feed, ids, ticks, inSync, delivered } = openFeed(exchange);
      feed.watch('BTCUSDT', afterId(0));
      await inSync();
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '100' });
      await delivered(1);
      exchange.sendEvent('SPOT', 'btcusdt@aggTrade', event(9_007_199_254_740_991, '101'));
      await inSync();
      exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '102' });
      await delivered(2);
      expect(ids()).toEqual([1, 2]);
      expect(ticks[1]?.source).toBe('LIVE');
    });
  });

  test('while REST is down live ticks are held back, even more than may be kept', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ids, ticks, inSync, delivered } = openFeed(exchange, 'SPOT', { heldTicks: 5 });
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    trade(exchange, 'SPOT', 1);
    await delivered(1);
    const asked = exchange.requests('SPOT').filter(({ path }) => path === AGG_TRADES.SPOT).length;
    for (const status of [500, 502, 503]) exchange.failRequest('SPOT', { path: AGG_TRADES.SPOT, status });
    trade(exchange, 'SPOT', 2, { broadcast: false });
    trade(exchange, 'SPOT', 20);
    await exchange.whenRequested('SPOT', AGG_TRADES.SPOT, asked + 3);
    expect(ids()).toEqual([1]);
    expect(feed.position('BTCUSDT')?.inSync).toBe(false);
    await delivered(23);
    await inSync();
    expect(ids()).toEqual(range(1, 23));
    expect(ticks.filter(({ source }) => source === 'LIVE').map(({ id }) => id)).toEqual([1, ...range(4, 8)]);
  });

  test('a repair outlives the connection: no page is asked for twice, and what is there is applied meanwhile', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    trade(exchange, 'SPOT', 58);
    const { feed, ids, inSync, delivered } = openFeed(exchange, 'SPOT', { pageRows: 5 });
    exchange.failRequest('SPOT', { path: AGG_TRADES.SPOT, status: 503 });
    feed.watch('BTCUSDT', afterId(0));
    await exchange.whenRequested('SPOT', AGG_TRADES.SPOT, 1);
    exchange.refuseConnections(true, 'SPOT');
    exchange.dropConnections({ marketType: 'SPOT' });
    await delivered(58);
    expect(feed.position('BTCUSDT')?.inSync).toBe(false);
    trade(exchange, 'SPOT', 1);
    exchange.refuseConnections(false, 'SPOT');
    await inSync();
    expect(ids()).toEqual(range(1, 59));
    const asked = exchange.requests('SPOT').filter(({ path }) => path === AGG_TRADES.SPOT);
    // Twelve pages, the one that failed, one that proves what came since; and one more where that was asked for too early.
    expect(asked.length).toBeLessThanOrEqual(15);
    await vi.waitFor(() => expect(feed.status()).toMatchObject({ state: 'LIVE', gapsRepaired: 1 }), DEADLINE);
  });

  test('a price that moved without a tick has the symbol read again, and a dead stream subscribed anew', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ids, inSync, delivered } = openFeed(exchange, 'SPOT', { suspectAfterMs: 50, priceCheckIntervalMs: 100 });
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    exchange.muteStreams('SPOT', 'btcusdt@aggTrade');
    trade(exchange, 'SPOT', 1);
    await delivered(1);
    trade(exchange, 'SPOT', 1);
    await delivered(2);
    const messages = () => exchange.messages('SPOT').map(({ text }) => (JSON.parse(text) as { method: string }).method);
    await vi.waitFor(() => expect(messages()).toEqual(['SUBSCRIBE', 'UNSUBSCRIBE', 'SUBSCRIBE']), DEADLINE);
    exchange.unmuteStreams('SPOT', 'btcusdt@aggTrade');
    await inSync();
    trade(exchange, 'SPOT', 1);
    await delivered(3);
    expect(ids()).toEqual([1, 2, 3]);
  });

  test('a stream that only repeats its last message is as dead as a silent one', async () => {
    const exchange = await openExchange({ firstAggId: 1 });
    const { feed, ids, inSync, delivered } = openFeed(exchange, 'SPOT', { suspectAfterMs: 50, priceCheckIntervalMs: 100 });
    feed.watch('BTCUSDT', afterId(0));
    await inSync();
    trade(exchange, 'SPOT', 1);
    await delivered(1);
    exchange.faults.freezeStream('SPOT', 'BTCUSDT', true);
    // The frozen stream sends its one message for each of these.
    await vi.waitFor(() => {
      trade(exchange, 'SPOT', 1);
      expect(feed.position('BTCUSDT')?.lastTick?.id).toBeGreaterThan(3);
    }, DEADLINE);
    exchange.faults.freezeStream('SPOT', 'BTCUSDT', false);
    trade(exchange, 'SPOT', 1);
    const last = exchange.lastTrade('SPOT', 'BTCUSDT')!.id;
    await delivered(last);
    expect(ids()).toEqual(range(1, last));
  });
});
