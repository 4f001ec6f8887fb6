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
  const lost = { ...OPEN, isOpen: false, downSinceMs: 100_000 };
  const stale = { ...OPEN, receivedMs: 0 };
  expect(feedState([], 100_000, LIMITS)).toBe('OFFLINE');
  expect(feedState([OPEN, OPEN], 100_000, LIMITS)).toBe('LIVE');
  expect(feedState([OPEN, stale], 100_000, LIMITS)).toBe('STALE');
  expect(feedState([stale, lost, OPEN], 100_000, LIMITS)).toBe('RECONNECTING');
});
