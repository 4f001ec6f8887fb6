import { describe, expect, test } from 'vitest';
import { connectionState, feedState } from './feed-state.ts';
import type { ConnectionHealth } from './feed-state.ts';

const LIMITS = { staleAfterMs: 5_000, offlineAfterMs: 60_000 };
const OPEN: ConnectionHealth = { isOpen: true, downSinceMs: 0, hasBeenOpen: true, receivedMs: 100_000 };

describe('one connection', () => {
  test.each([
    ['open, and data arrives', OPEN, 105_000, 'LIVE'],
    ['open, and nothing arrives', OPEN, 105_001, 'STALE'],
    ['dialling for the first time', { ...OPEN, isOpen: false, hasBeenOpen: false, downSinceMs: 100_000 }, 160_000, 'CONNECTING'],
    ['never reached', { ...OPEN, isOpen: false, hasBeenOpen: false, downSinceMs: 100_000 }, 160_001, 'OFFLINE'],
    ['lost', { ...OPEN, isOpen: false, downSinceMs: 100_000 }, 160_000, 'RECONNECTING'],
    ['lost for long', { ...OPEN, isOpen: false, downSinceMs: 100_000 }, 160_001, 'OFFLINE'],
  ] as const)('%s', (_name, health, nowMs, state) => expect(connectionState(health, nowMs, LIMITS)).toBe(state));
});

test('a feed is as good as its worst connection; without one it is stopped', () => {
  const nowMs = 100_000;
  const lost = { ...OPEN, isOpen: false, downSinceMs: nowMs };
  const lostForLong = { ...lost, downSinceMs: 0 };
  const fresh = { ...lost, hasBeenOpen: false };
  const neverReached = { ...lostForLong, hasBeenOpen: false };
  const stale = { ...OPEN, receivedMs: 0 };
  const state = (...connections: ConnectionHealth[]) => feedState(connections, nowMs, LIMITS);
  expect(state()).toBe('OFFLINE');
  expect(state(OPEN, OPEN)).toBe('LIVE');
  expect(state(OPEN, stale)).toBe('STALE');
  expect(state(stale, lost, OPEN)).toBe('RECONNECTING');
  expect(state(OPEN, lostForLong)).toBe('RECONNECTING');
  expect(state(OPEN, neverReached)).toBe('RECONNECTING');
  expect(state(lostForLong, neverReached)).toBe('OFFLINE');
  expect(state(fresh)).toBe('CONNECTING');
  expect(state(fresh, neverReached)).toBe('CONNECTING');
  expect(state(OPEN, fresh)).toBe('LIVE');
});
