import { expect, test } from 'vitest';
import type { Health } from '#lib/graphql/later/documents.ts';
import { Connection } from '#lib/live/later/connection.svelte.ts';
import type { LinkEvents } from '#lib/live/later/link.ts';
import { ServerClock } from '#lib/live/later/server-clock.ts';
import { ManualTimers } from '#lib/live/manual-timers.ts';
import { StatusWatch } from './watch.svelte.ts';

const FEED: Health = {
  marketType: 'SPOT',
  state: 'LIVE',
  simulated: false,
  symbols: 1,
  symbolsInSync: 1,
  connections: 1,
  connectionsLive: 1,
  lastTickAt: null,
  lagMs: null,
  reconnects: 0,
  gapsRepaired: 0,
};
const record = (timers: ManualTimers, sequence: string) => ({
  asOf: new Date(timers.now()).toISOString(),
  sequence,
  openPositions: 1,
  closedTrades: 2,
});

function setup() {
  const timers = new ManualTimers();
  const watch = new StatusWatch({ marketFeeds: [FEED], performance: record(timers, '1') }, timers);
  const asked = new Map<string, (data: object) => void>();
  let events: LinkEvents | undefined;
  const connection = new Connection({
    timers,
    random: () => 0,
    open(given) {
      events = given;
      return {
        subscribe(name, _variables, next) {
          asked.set(name, next as (data: object) => void);
          return () => asked.delete(name);
        },
        ask: () => undefined,
        close: () => undefined,
      };
    },
    onAlive: (link) => watch.follow(link),
  });
  const stop = watch.start({ connection, clock: new ServerClock() });
  events?.alive();
  const tell = (state: Health['state']) => asked.get('health')?.({ marketFeedsUpdated: [{ ...FEED, state }] });
  const grow = (sequence: string) => asked.get('record')?.({ performanceUpdated: record(timers, sequence) });
  return { timers, watch, tell, grow, stop, lose: () => events?.gone() };
}

test('what the server tells is shown at once, with when it was told', () => {
  const { timers, watch, tell, grow, stop } = setup();
  expect(watch.toldAt).toBeNull();
  timers.pass(5_000);
  tell('STALE');
  expect([watch.feeds[0]?.state, watch.toldAt]).toEqual(['STALE', timers.now()]);
  timers.pass(3_000);
  expect(watch.now - (watch.toldAt ?? 0)).toBe(3_000);
  grow('7');
  expect([watch.record.sequence, watch.toldAt]).toEqual(['7', timers.now()]);
  stop();
});

test('paused nothing moves, not even ages; resumed it shows the newest of each', () => {
  const { timers, watch, tell, grow, stop } = setup();
  watch.togglePause();
  const then = watch.now;
  timers.pass(60_000);
  tell('STALE');
  tell('OFFLINE');
  grow('9');
  expect([watch.feeds[0]?.state, watch.record.sequence, watch.now]).toEqual(['LIVE', '1', then]);
  watch.togglePause();
  expect([watch.feeds[0]?.state, watch.record.sequence, watch.now]).toEqual(['OFFLINE', '9', timers.now()]);
  stop();
});

test('a lost connection is told, and what was told last grows older', () => {
  const { timers, watch, tell, lose, stop } = setup();
  tell('LIVE');
  lose();
  expect(watch.live?.connection.state).toBe('waiting');
  timers.pass(4_000);
  expect(watch.now - (watch.toldAt ?? 0)).toBe(4_000);
  stop();
});
