import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import type { FeedStatus } from './feed-status.ts';
import type { MarketNews, Quote, SymbolQuestion } from './market-news.ts';
import { AUDIENCE_MS, MarketTeller } from './market-teller.ts';
import { Markets } from './markets.ts';
import { OwnMarkets } from './own-markets.ts';
import { PriceBoard } from './price-board.ts';
import { ToldMarkets } from './told-markets.ts';
import type { MarketType, Tick } from './tick.ts';

const LIMITS = { askTimeoutMs: 250, silentAfterMs: 5_000, offlineAfterMs: 60_000 };
const INTERVAL_MS = 250;

/** A leading worker and an API node, each with its own clock; the bus between them is a list that the test empties. */
let leaderClock: ManualClock;
let nodeClock: ManualClock;
let leaderBoard: PriceBoard;
let nodeBoard: PriceBoard;
let teller: MarketTeller;
let told: ToldMarkets;
let news: MarketNews[];
let asked: SymbolQuestion[];
let asks = 0;
let listened: boolean[];
let position: { lastTick: Tick | null; inSync: boolean } | undefined;
let exchangeTimeMs: number | null;
let status: FeedStatus;
let hasChanged: () => void;

beforeEach(async () => {
  [leaderClock, nodeClock] = [new ManualClock(), new ManualClock(new Date('2026-01-01T01:00:00Z'))];
  [leaderBoard, nodeBoard] = [new PriceBoard(leaderClock), new PriceBoard(nodeClock)];
  [news, asked, listened] = [[], [], []];
  exchangeTimeMs = null;
  position = { lastTick: tick(7), inSync: true };
  status = {
    marketType: 'SPOT',
    state: 'LIVE',
    symbols: 1,
    symbolsInSync: 1,
    connections: 1,
    connectionsLive: 1,
    lastTickMs: 7_000,
    lagMs: 3,
    reconnects: 0,
    gapsRepaired: 0,
  };
  const feedOf = (marketType: MarketType) => ({
    get exchangeTimeMs() {
      return exchangeTimeMs;
    },
    position: () => position,
    status: () => ({ ...status, marketType }),
    onStatus: (listener: (status: FeedStatus) => void) => {
      hasChanged = () => listener(status);
      return () => {};
    },
  });
  const markets = new OwnMarkets({ SPOT: feedOf('SPOT'), FUTURES: feedOf('FUTURES') }, leaderClock);
  teller = new MarketTeller({
    term: 2,
    markets,
    priceBoard: leaderBoard,
    clock: leaderClock,
    intervalMs: INTERVAL_MS,
    tell: (each) => void news.push(each),
  });
  told = new ToldMarkets({
    priceBoard: nodeBoard,
    clock: nodeClock,
    limits: LIMITS,
    newId: () => `ask-${(asks += 1)}`,
    listen: (all) => void listened.push(all),
    ask: (question) => void asked.push(question),
  });
  await told.start();
});

function tick(id: number, rest: Partial<Tick> = {}): Tick {
  return { marketType: 'SPOT', symbol: 'BTCUSDT', id, price: String(100 + id), quantity: '1', timeMs: id * 1_000, source: 'LIVE', ...rest };
}
const stateOf = (view: { feeds(): readonly FeedStatus[] }) => view.feeds()[0]?.state;

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += INTERVAL_MS) {
    leaderClock.advance(INTERVAL_MS);
    nodeClock.advance(INTERVAL_MS);
  }
}
function deliver(): void {
  for (const each of news.splice(0)) told.takeNews(each);
}

describe('the leading worker tells', () => {
  test('of each symbol only the newest price, at most once per interval, and everything to who is new', async () => {
    leaderBoard.putTick(tick(1, { symbol: 'ETHUSDT' }), 0);
    await teller.start();
    expect(news.splice(0).map(({ prices }) => prices.map(({ symbol }) => symbol))).toEqual([['ETHUSDT']]);
    for (let id = 1; id <= 100; id += 1) leaderBoard.putTick(tick(id), 0);
    expect(news).toEqual([]);
    pass(INTERVAL_MS);
    expect(news.splice(0).map(({ prices }) => prices.map(({ tradeId }) => tradeId))).toEqual([[100]]);
    pass(INTERVAL_MS);
    expect(news).toEqual([]);
    teller.listenerHeard(true);
    pass(INTERVAL_MS);
    expect(news.splice(0).flatMap(({ prices }) => prices)).toHaveLength(2);
  });

  test('in pieces that a notification of PostgreSQL can hold', async () => {
    const symbols = Array.from({ length: 500 }, (_, index) => `1000000${index}币安人生USDT`);
    for (const symbol of symbols)
      leaderBoard.putTick(tick(999_999_999_999, { symbol, price: '123456.123456789012345678', marketType: 'FUTURES' }), 0);
    await teller.start();
    expect(news.flatMap(({ prices }) => prices)).toHaveLength(500);
    expect(Math.max(...news.map((each) => Buffer.byteLength(JSON.stringify(each))))).toBeLessThan(7_800);
  });

  test('health about once a second, a change of it at once, and nothing when nobody listens', async () => {
    await teller.start();
    news.splice(0);
    pass(2_000);
    expect(news.splice(0)).toHaveLength(2);
    status = { ...status, state: 'STALE' };
    hasChanged();
    pass(INTERVAL_MS);
    expect(news.splice(0).map(({ feeds }) => feeds[0]?.state)).toEqual(['STALE']);
    pass(AUDIENCE_MS);
    news.splice(0);
    leaderBoard.putTick(tick(1), 0);
    pass(5_000);
    expect(news).toEqual([]);
    teller.listenerHeard(false); // it has missed what was not told
    pass(INTERVAL_MS);
    expect(news.flatMap(({ prices }) => prices)).toHaveLength(1);
  });
});

describe('an API node', () => {
  test('knows the leader’s prices as old as they are, whatever its own clock says', async () => {
    leaderBoard.putTick(tick(1), 0);
    pass(10_000);
    await teller.start();
    deliver();
    expect(nodeBoard.get('SPOT', 'BTCUSDT')).toMatchObject({ price: '101', tradeId: 1, receivedMs: nodeClock.monotonicMs() - 10_000 });
    expect(nodeBoard.getFresh('SPOT', 'BTCUSDT', 9_000)).toBeUndefined();
  });

  test('takes silence for no good news: STALE, then OFFLINE, and says so', async () => {
    const states: (string | undefined)[] = [];
    told.onFeeds(() => states.push(stateOf(told)));
    expect(stateOf(told)).toBe('CONNECTING');
    await teller.start();
    deliver();
    const heardAt = nodeClock.now();
    pass(6_000);
    expect(told.feeds()[0]).toMatchObject({
      state: 'STALE',
      symbols: 1,
      symbolsInSync: 0,
      connections: 1,
      connectionsLive: 0,
      lastTickMs: 7_000,
    });
    pass(60_000);
    expect(states).toEqual(['LIVE', 'STALE', 'OFFLINE']);
    expect(told.knownUntil('SPOT')).toEqual(heardAt);
    expect(listened.length).toBeGreaterThan(5);
  });

  test('that never heard a worker is OFFLINE after a while', () => {
    pass(61_000);
    expect(stateOf(told)).toBe('OFFLINE');
    expect(told.knownUntil('SPOT')).toBeNull();
  });

  test('asks for the newest trade of a signal’s symbol, and trusts the answer for a moment only', async () => {
    await teller.start();
    deliver();
    const refreshed = told.refresh('SPOT', 'BTCUSDT');
    leaderBoard.putTick(tick(7), 0);
    expect(asked).toEqual([{ askId: expect.any(String) as string, marketType: 'SPOT', symbol: 'BTCUSDT' }]);
    told.takeQuote(teller.quote(asked[0]!));
    await refreshed;
    expect(told.lastTradeId('SPOT', 'BTCUSDT')).toBe(7);
    expect(nodeBoard.get('SPOT', 'BTCUSDT')?.price).toBe('107');
    pass(500);
    expect(told.lastTradeId('SPOT', 'BTCUSDT')).toBeNull();
  });

  test('knows the exchange’s time by an answer that comes at once, and keeps it for ten minutes when the leader falls silent', async () => {
    await teller.start();
    deliver();
    exchangeTimeMs = 5_000;
    const late = told.refresh('SPOT', 'BTCUSDT');
    const answer = teller.quote(asked[0]!);
    pass(INTERVAL_MS);
    await late;
    told.takeQuote(answer);
    expect(told.exchangeTimeMs('SPOT')).toBeNull();

    const refreshed = told.refresh('SPOT', 'BTCUSDT');
    told.takeQuote(teller.quote(asked[1]!));
    await refreshed;
    pass(120_000);
    expect([told.exchangeTimeMs('SPOT'), told.exchangeTimeMs('FUTURES')]).toEqual([125_000, null]);
    pass(600_000);
    expect(told.exchangeTimeMs('SPOT')).toBeNull();
  });

  test('waits no longer than a moment for the answer, and not at all for a leader that is silent', async () => {
    await teller.start();
    deliver();
    const refreshed = told.refresh('SPOT', 'BTCUSDT');
    pass(INTERVAL_MS);
    await refreshed;
    expect(told.lastTradeId('SPOT', 'BTCUSDT')).toBeNull();
    pass(6_000);
    asked.splice(0);
    await told.refresh('SPOT', 'BTCUSDT');
    expect(asked).toEqual([]);
  });

  test('a symbol that is not followed without a gap has no newest trade', () => {
    position = { lastTick: tick(7), inSync: false };
    expect(teller.quote({ askId: null, marketType: 'SPOT', symbol: 'BTCUSDT' }).lastTradeId).toBeNull();
    position = undefined;
    expect(teller.quote({ askId: null, marketType: 'SPOT', symbol: 'BTCUSDT' }).lastTradeId).toBeNull();
  });

  test('does not believe a leader that was replaced (F25)', async () => {
    await teller.start();
    deliver();
    const zombie = {
      term: 1,
      marketType: 'SPOT',
      symbol: 'BTCUSDT',
      price: null,
      lastTradeId: 3,
      exchangeTimeMs: null,
      askId: null,
    } satisfies Quote;
    told.takeQuote(zombie);
    told.takeNews({ term: 1, feeds: [{ ...status, state: 'RECONNECTING' }], prices: [] });
    expect(told.lastTradeId('SPOT', 'BTCUSDT')).toBeNull();
    expect(stateOf(told)).toBe('LIVE');
    told.takeQuote({ ...zombie, term: 3 });
    expect(told.lastTradeId('SPOT', 'BTCUSDT')).toBe(3);
  });

  test('an older price never replaces a newer one', () => {
    const price = { marketType: 'SPOT', symbol: 'BTCUSDT', price: '5', timeMs: 5, tradeId: 5 } as const;
    told.takeNews({ term: 1, feeds: [], prices: [{ ...price, ageMs: 0 }] });
    told.takeNews({ term: 1, feeds: [], prices: [{ ...price, price: '4', tradeId: 4, ageMs: 0 }] });
    told.takeNews({ term: 1, feeds: [], prices: [{ ...price, price: '3', tradeId: null, ageMs: 100 }] });
    expect(nodeBoard.get('SPOT', 'BTCUSDT')?.price).toBe('5');
  });
});

test('a process that leads believes itself, and what it is told at other times', async () => {
  const markets = new Markets(told);
  const heard: (string | undefined)[] = [];
  markets.onFeeds(() => heard.push(stateOf(markets)));
  const own = new OwnMarkets({ SPOT: ownFeed('STALE'), FUTURES: ownFeed('STALE') }, leaderClock);
  const unfollow = markets.follow(own);
  expect([markets.areOwn, stateOf(markets), markets.lastTradeId('SPOT', 'X')]).toEqual([true, 'STALE', 7]);
  await markets.refresh('SPOT', 'X');
  expect(asked).toEqual([]);
  unfollow();
  expect([markets.areOwn, stateOf(markets), markets.lastTradeId('SPOT', 'X')]).toEqual([false, 'CONNECTING', null]);
  expect(heard).toEqual(['STALE', 'CONNECTING']);
});

function ownFeed(state: FeedStatus['state']) {
  return { exchangeTimeMs, position: () => position, status: () => ({ ...status, state }), onStatus: () => () => {} };
}
