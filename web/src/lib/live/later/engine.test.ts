import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readFilters, toTradeFilter } from '#lib/url/filters.ts';
import { ManualTimers } from '../manual-timers.ts';
import { closedTrade, openTrade, performance, snapshot } from '../samples.ts';
import { LiveSession } from '../session.svelte.ts';
import { LiveEngine } from './engine.svelte.ts';
import type { Link, LinkEvents } from './link.ts';

/** A session over links that the test opens, feeds and ends by hand. */
function setup(query = '') {
  const timers = new ManualTimers();
  const { filters } = readFilters(new URLSearchParams(query));
  const session = new LiveSession({ snapshot: snapshot(), filters, filter: toTradeFilter(filters, timers.now()), localNow: timers.now() });
  const links: { events: LinkEvents; asked: Map<string, { variables: object; next: (data: object) => void }> }[] = [];
  let refetches = 0;
  let returns = 0;
  const engine = new LiveEngine({
    session,
    timers,
    random: () => 0,
    open(events): Link {
      const asked = new Map<string, { variables: object; next: (data: object) => void }>();
      links.push({ events, asked });
      return {
        subscribe(name, variables, next) {
          asked.set(name, { variables, next: next as (data: object) => void });
          return () => asked.delete(name);
        },
        ask: events.heard,
        close: () => undefined,
      };
    },
    refetch: () => Promise.resolve(void refetches++),
    onReturn: () => void returns++,
  });
  const link = () => {
    const last = links.at(-1);
    if (!last) throw new Error('no link was opened');
    return last;
  };
  const close = (id: string, sequence: string) =>
    link()
      .asked.get('closed')
      ?.next({ tradeClosed: { sequence, trade: closedTrade(id, sequence, '2') } });
  /** Prices of the two open positions, as of now. */
  const tellPrices = (currentPrice: string, rest: Parameters<typeof openTrade>[2] = {}) => {
    const asOf = new Date(timers.now()).toISOString();
    const positions = [openTrade('a', '1.5', { currentPrice, ...rest }), openTrade('b', '-0.5', rest)];
    link()
      .asked.get('positions')
      ?.next({ openPositionsUpdated: { asOf, totalUnrealizedPnl: '1', positions } });
  };
  return { timers, session, engine, link, close, tellPrices, counts: () => ({ refetches, returns }) };
}

/** The promises that a step started have been kept. */
const settled = () => new Promise<void>((done) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(done))));

beforeEach(() => {
  const target = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', target);
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target));
  vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target));
});
afterEach(() => vi.unstubAllGlobals());

function look(visibilityState: 'visible' | 'hidden'): void {
  Object.assign(document, { visibilityState });
  document.dispatchEvent(new Event('visibilitychange'));
}

test('everything that is told is about the trades of the page, from its place in the record', () => {
  const { engine, link } = setup('symbol=BTCUSDT');
  engine.start();
  link().events.alive();
  const filter = { symbol: ['BTCUSDT'] };
  expect(link().asked.get('closed')?.variables).toEqual({ after: '100', filter });
  expect(link().asked.get('opened')?.variables).toEqual({ after: '100', filter });
  expect(link().asked.get('performance')?.variables).toEqual({ filter });
  expect(link().asked.get('positions')?.variables).toEqual({ filter });
});

test('other filters begin anew on the same link', () => {
  const { engine, link, session } = setup();
  engine.start();
  link().events.alive();
  const { filters } = readFilters(new URLSearchParams('side=SHORT'));
  session.changeFilters(
    filters,
    { direction: ['SHORT'] },
    snapshot({ performance: { ok: true, data: performance(3, '1', { sequence: '1140' }) } }),
  );
  expect(link().asked.get('closed')?.variables).toEqual({ after: '1140', filter: { direction: ['SHORT'] } });
  expect(session.store.closedCount).toBe(3);
});

test('a closed row shows its result for three seconds, and not less because of a pause', () => {
  const { engine, link, session, close, timers } = setup();
  engine.start();
  link().events.alive();
  close('a', '101');
  timers.pass(2_999);
  expect(session.store.rows).toHaveLength(2);
  engine.togglePause();
  timers.pass(10_000);
  expect(session.store.rows).toHaveLength(2);
  engine.togglePause();
  expect(session.store.rows).toHaveLength(1);
});

test('back from a break: a snapshot first, then word of what was missed, then the news behind it', async () => {
  const { engine, link, session, timers, counts } = setup();
  engine.start();
  link().events.alive();
  link().events.gone();
  timers.pass(500);
  link().events.alive();
  expect(link().asked.size).toBe(0);
  session.takeSnapshot(snapshot({ performance: { ok: true, data: performance(13, '26') } }));
  await settled();
  expect(counts()).toEqual({ refetches: 1, returns: 1 });
  expect(session.notice).toBe('Caught up: 3 trades closed while away.');
  expect(engine.announcer.status).toBe(session.notice);
  expect(link().asked.get('closed')?.variables).toEqual({ after: '100', filter: {} });
  timers.pass(15_000);
  expect(session.notice).toBe('');
});

test('a pause holds everything still, a snapshot included', async () => {
  const { engine, link, session, close, timers, counts } = setup();
  engine.start();
  link().events.alive();
  engine.togglePause();
  close('a', '101');
  link().events.gone();
  timers.pass(500);
  link().events.alive();
  await settled();
  expect(counts().refetches).toBe(0);
  expect(session.store.waiting).toBe(1);
  expect(session.chip).toBe('paused');
  engine.togglePause();
  expect(session.store.closedCount).toBe(11);
  expect(counts().refetches).toBe(1);
});

test('a tab in the background gives up its prices after a minute, keeps its closures, and shows what is true before prices move again', async () => {
  const { engine, link, session, close, timers, counts } = setup();
  engine.start();
  link().events.alive();
  look('hidden');
  for (let second = 1; second < 60; second++) {
    timers.pass(1_000);
    link().events.heard();
  }
  expect(link().asked.has('positions')).toBe(true);
  timers.pass(1_000);
  expect([...link().asked.keys()]).toEqual(['closed', 'opened']);
  close('a', '101');
  expect(session.store.closedCount).toBe(11);
  link().events.heard();
  look('visible');
  expect(link().asked.has('positions')).toBe(false);
  await settled();
  expect(counts().refetches).toBe(1);
  expect(link().asked.has('positions')).toBe(true);
});

test('a short look elsewhere changes nothing', () => {
  const { engine, link, timers, counts } = setup();
  engine.start();
  link().events.alive();
  look('hidden');
  timers.pass(10_000);
  look('visible');
  timers.pass(9_000);
  expect(link().asked.has('positions')).toBe(true);
  expect(counts().refetches).toBe(0);
});

test('old prices leave the headline to what is certain, and are said once', () => {
  const { engine, link, session, timers } = setup();
  engine.start();
  link().events.alive();
  timers.pass(6_000);
  expect([session.chip, session.freshness, session.stale]).toEqual(['connected', 'late', false]);
  for (let i = 0; i < 4; i++) {
    link().events.heard();
    timers.pass(7_000);
  }
  expect([session.freshness, session.stale]).toEqual(['stale', true]);
  expect(engine.announcer.alert).toBe('Prices of open positions are out of date.');
  const positions = [openTrade('a', '1.5', { currentPriceTime: new Date(timers.now()).toISOString() })];
  link()
    .asked.get('positions')
    ?.next({
      openPositionsUpdated: { asOf: new Date(timers.now()).toISOString(), totalUnrealizedPnl: '1.5', positions },
    });
  timers.pass(1_000);
  expect([session.stale, engine.announcer.alert]).toEqual([false, '']);
});

test('a halted symbol beside a live one makes the sum stale, its own row alone, and the chip as old as it', () => {
  const { engine, link, session, timers } = setup();
  engine.start();
  link().events.alive();
  const halted = new Date(timers.now() - 10_800_000).toISOString();
  const tell = (symbolStatus: string) => {
    const asOf = new Date(timers.now()).toISOString();
    const positions = [
      openTrade('a', '1.5', { currentPriceTime: asOf }),
      openTrade('b', '-0.5', { symbol: 'ETHUSDT', currentPriceTime: halted, symbolStatus }),
    ];
    const told = link().asked;
    told.get('feeds')?.next({ marketFeedsUpdated: [{ marketType: 'FUTURES', state: 'LIVE', simulated: false, lastTickAt: asOf }] });
    told.get('positions')?.next({ openPositionsUpdated: { asOf, totalUnrealizedPnl: '1', positions } });
    timers.pass(1_000);
  };
  const standings = () => Object.fromEntries(session.store.rows.map(({ trade }) => [trade.id, session.standing(trade)]));
  tell('TRADING');
  expect(standings()).toEqual({ a: 'recent', b: 'quiet' });
  expect([session.chip, session.stale]).toEqual(['live', false]);
  tell('HALT');
  expect(standings()).toEqual({ a: 'recent', b: 'stale' });
  expect([session.chip, session.freshness, session.stale, session.allStale]).toEqual(['connected', 'stale', true, false]);
  expect(session.pricesAt('UTC')).toBe('09:00:00 UTC');
  tell('TRADING');
  expect([session.chip, session.stale, engine.announcer.alert]).toEqual(['live', false, '']);
});

test('which way a price went is shown for 0.9 s', () => {
  const { engine, link, session, timers, tellPrices } = setup();
  engine.start();
  link().events.alive();
  const moved = () => session.store.rows.map((row) => [row.trade.id, row.moved]).toSorted();
  const still = moved();
  tellPrices('42001');
  timers.pass(1_000);
  tellPrices('42002');
  timers.pass(0);
  expect(Object.fromEntries(moved())).toMatchObject({ a: 'up' });
  timers.pass(899);
  expect(Object.fromEntries(moved())).toMatchObject({ a: 'up' });
  timers.pass(1);
  expect(moved()).toEqual(still);
});

test('where nobody trades at all, prices are late and not stale while the server says that nothing is missing', () => {
  const { engine, link, session, timers } = setup();
  engine.start();
  link().events.alive();
  for (let i = 0; i < 10; i++) {
    timers.pass(6_000);
    link().events.heard();
    const asOf = new Date(timers.now()).toISOString();
    const positions = [openTrade('a', '1.5'), openTrade('b', '-0.5')];
    link()
      .asked.get('positions')
      ?.next({ openPositionsUpdated: { asOf, totalUnrealizedPnl: '1', positions } });
  }
  expect([session.chip, session.freshness, session.stale]).toEqual(['connected', 'late', false]);
  expect(session.store.rows.map(({ trade }) => session.standing(trade))).toEqual(['quiet', 'quiet']);
});

test('a lost connection is a word after two seconds and a banner with the next try after ten', () => {
  const { engine, link, session, timers } = setup();
  engine.start();
  link().events.alive();
  link().events.gone();
  expect(session.chip).toBe('connecting');
  const fail = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      timers.pass(1_000);
      if (engine.connection.state === 'connecting') link().events.gone();
    }
  };
  fail(3);
  expect([session.chip, session.lost]).toEqual(['reconnecting', false]);
  fail(8);
  expect(session.lost).toBe(true);
  expect(session.nextTrySeconds).toBeGreaterThan(0);
  expect(engine.announcer.alert).toBe('The connection is lost. The page shows the last known figures.');
});

test('prices that came during a pause are shown a moment after it, by the newest list, with the way they went', () => {
  const { engine, link, session, timers, tellPrices } = setup();
  // Nobody vouches for a price of a symbol that is not known.
  const tell = (price: string) => tellPrices(price, { symbolStatus: null, currentPriceTime: new Date(timers.now()).toISOString() });
  engine.start();
  link().events.alive();
  const rowOfA = () => session.store.rows.find(({ trade }) => trade.id === 'a');
  tell('42001');
  timers.pass(1_000);
  engine.togglePause();
  tell('42003');
  tell('42002');
  for (let heard = 0; heard < 8; heard++) {
    timers.pass(5_000);
    link().events.heard();
  }
  tell('42002');
  engine.togglePause();
  expect(rowOfA()?.trade.currentPrice).toBe('42001');
  expect([session.stale, engine.announcer.alert]).toEqual([false, '']);
  timers.pass(100);
  expect(rowOfA()).toMatchObject({ trade: { currentPrice: '42002' }, moved: 'up' });
  timers.pass(900);
  expect(rowOfA()?.moved).toBe(null);
});

test('a connection that is lost is told also while the page is paused, and nothing else moves', () => {
  const { engine, link, timers, session } = setup();
  engine.start();
  link().events.alive();
  engine.togglePause();
  const { now } = session;
  link().events.gone();
  const lostAt = timers.now();
  timers.pass(12_000);
  expect(session.lost).toBe(true);
  expect(session.lostSince).toBe(lostAt);
  expect(session.nextTrySeconds).toBeGreaterThanOrEqual(0);
  expect(engine.announcer.alert).not.toBe('');
  expect(session.now).toBe(now);
  expect(session.chip).toBe('paused');
});
