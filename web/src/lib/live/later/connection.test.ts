import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';
import { Connection } from './connection.svelte.ts';
import type { Link, LinkEvents } from './link.ts';
import { ManualTimers } from '../manual-timers.ts';

/** A connection over links that the test opens and ends by hand. */
function setup() {
  const timers = new ManualTimers();
  const links: (LinkEvents & { closed: boolean })[] = [];
  const alive: boolean[] = [];
  const asked: object[] = [];
  const connection = new Connection({
    timers,
    random: () => 1,
    onAlive: (_link, again) => alive.push(again),
    open(events): Link {
      const record = { ...events, closed: false };
      links.push(record);
      return { subscribe: () => () => undefined, ask: () => asked.push(record), close: () => (record.closed = true) };
    },
  });
  const last = () => {
    const link = links.at(-1);
    if (!link) throw new Error('no link was opened');
    return link;
  };
  return { timers, links, alive, asked, connection, last };
}

test('goes on trying for ever, ever slower up to a limit', () => {
  const { timers, connection, links, last } = setup();
  connection.start();
  const waits = Array.from({ length: 50 }, () => {
    last().gone();
    expect(connection.state).toBe('waiting');
    const waitMs = (connection.nextTryAt ?? 0) - timers.now();
    timers.pass(waitMs);
    expect(connection.state).toBe('connecting');
    return waitMs;
  });
  expect(waits.slice(0, 5)).toEqual([500, 1_000, 2_000, 4_000, 4_000]);
  expect(new Set(waits.slice(4))).toEqual(new Set([4_000]));
  expect(links).toHaveLength(51);
});

test('says whether it was connected before, and starts with short waits again', () => {
  const { timers, connection, alive, last } = setup();
  connection.start();
  last().alive();
  last().gone();
  timers.pass(500);
  last().gone();
  timers.pass(1_000);
  last().alive();
  expect(alive).toEqual([false, true]);
  last().gone();
  expect((connection.nextTryAt ?? 0) - timers.now()).toBe(500);
});

test('counts a break from its beginning, through all tries', () => {
  const { timers, connection, last } = setup();
  connection.start();
  last().alive();
  const lostAt = timers.now();
  last().gone();
  timers.pass(500);
  last().gone();
  expect(connection.lostAt).toBe(lostAt);
  timers.pass(1_000);
  last().alive();
  expect(connection.lostAt).toBeNull();
});

test('takes a silent socket for dead after two heartbeats, even if it looks open', () => {
  const { timers, connection, last } = setup();
  connection.start();
  last().alive();
  timers.pass(15_000);
  last().heard();
  timers.pass(19_999);
  expect(connection.state).toBe('alive');
  const silent = last();
  timers.pass(1);
  expect(connection.state).toBe('waiting');
  expect(silent.closed).toBe(true);
});

test('asks a socket that is doubted, and takes it for dead unless it answers soon', () => {
  const { timers, connection, asked, last } = setup();
  connection.start();
  last().alive();
  connection.doubt();
  expect(asked).toEqual([last()]);
  timers.pass(1);
  last().heard();
  timers.pass(3_000);
  expect(connection.state).toBe('alive');
  connection.wake();
  expect(asked).toHaveLength(2);
  timers.pass(2_999);
  expect(connection.state).toBe('alive');
  timers.pass(1);
  expect(connection.state).toBe('waiting');
});

test('does not wait for ever for a socket that never opens', () => {
  const { timers, connection } = setup();
  connection.start();
  timers.pass(20_000);
  expect(connection.state).toBe('waiting');
});

test('tries at once when woken', () => {
  const { connection, links, last } = setup();
  connection.start();
  last().gone();
  connection.wake();
  expect(connection.state).toBe('connecting');
  expect(links).toHaveLength(2);
});

test('hears nothing of links that it has given up', () => {
  const { timers, connection, links } = setup();
  connection.start();
  links[0]?.gone();
  timers.pass(500);
  links[0]?.alive();
  expect(connection.state).toBe('connecting');
  links[1]?.alive();
  links[0]?.gone();
  expect(connection.state).toBe('alive');
});

test('stops for good', () => {
  const { timers, connection, links, last } = setup();
  connection.start();
  last().gone();
  connection.stop();
  timers.pass(60_000);
  expect(links).toHaveLength(1);
  expect(connection.state).toBe('idle');
});

test('half of each wait is random', () => {
  const limits = { firstMs: 1_000, capMs: 8_000 };
  expect([0, 1, 2, 3, 4, 1_000].map((attempt) => backoffMs(attempt, () => 0, limits))).toEqual([500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  expect(backoffMs(2, () => 0.5, limits)).toBe(3_000);
});
