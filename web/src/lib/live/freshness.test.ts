import { expect, test } from 'vitest';
import { chipState, freshness, worstFeed, type ChipFacts } from './freshness.ts';

const facts = (over: Partial<ChipFacts>): ChipFacts => ({
  socket: 'alive',
  lostForMs: null,
  browserOffline: false,
  paused: false,
  ageMs: 400,
  feed: 'LIVE',
  ...over,
});

test.each([
  [null, 'none'],
  [0, 'fresh'],
  [5_000, 'fresh'],
  [5_001, 'late'],
  [30_000, 'late'],
  [30_001, 'stale'],
])('a price %s ms old is %s', (ageMs, expected) => {
  expect(freshness(ageMs)).toBe(expected);
});

test('LIVE needs both a living socket and a price at most 5 s old', () => {
  expect(chipState(facts({}))).toBe('live');
  expect(chipState(facts({ ageMs: 5_001 }))).toBe('connected');
  expect(chipState(facts({ ageMs: null }))).toBe('connected');
  for (const socket of ['idle', 'connecting', 'waiting'] as const) expect(chipState(facts({ socket }))).not.toBe('live');
});

test('a healthy socket with a dead exchange feed is not called connected', () => {
  expect(chipState(facts({ ageMs: 9_000, feed: 'OFFLINE' }))).toBe('feedDown');
});

test('no state of the exchange feed but LIVE is shown as live, however new the newest price is; each is shown as what it is', () => {
  expect(chipState(facts({ feed: 'STALE' }))).toBe('feedStale');
  expect(chipState(facts({ feed: 'CONNECTING' }))).toBe('feedConnecting');
  expect(chipState(facts({ feed: 'RECONNECTING' }))).toBe('feedConnecting');
  expect(chipState(facts({ feed: 'OFFLINE' }))).toBe('feedDown');
});

test('of several feeds the worst counts', () => {
  expect(worstFeed([])).toBe('LIVE');
  expect(worstFeed(['LIVE', 'STALE'])).toBe('STALE');
  expect(worstFeed(['STALE', 'RECONNECTING', 'LIVE'])).toBe('RECONNECTING');
  expect(worstFeed(['RECONNECTING', 'OFFLINE'])).toBe('OFFLINE');
});

test('a break is named after two seconds', () => {
  expect(chipState(facts({ socket: 'waiting', lostForMs: 1_999 }))).toBe('connecting');
  expect(chipState(facts({ socket: 'connecting', lostForMs: 2_000 }))).toBe('reconnecting');
  expect(chipState(facts({ socket: 'waiting', lostForMs: 2_000, browserOffline: true }))).toBe('offline');
});

test('a browser that says it is offline is not believed against a living socket', () => {
  expect(chipState(facts({ browserOffline: true }))).toBe('live');
});

test('paused is paused, and a page that has not come alive is a snapshot', () => {
  expect(chipState(facts({ paused: true }))).toBe('paused');
  expect(chipState(facts({ socket: 'idle' }))).toBe('snapshot');
});
