import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONNECTION_EVENTS, CONNECTION_STATES, eventAt, feedState, nextState } from './feed-state.ts';
import type { ConnectionHealth } from './feed-state.ts';
import type { FeedState } from './feed-status.ts';

const LIMITS = { staleAfterMs: 5_000, offlineAfterMs: 60_000 };
const STATES = Object.keys(CONNECTION_STATES) as FeedState[];

describe('one connection', () => {
  // prettier-ignore
  test.for([
    ['CONNECTING',   'OPENED LIVE', 'HEARD CONNECTING',   'SILENT CONNECTING',   'LOST CONNECTING',   'GIVEN_UP OFFLINE'],
    ['LIVE',         'OPENED LIVE', 'HEARD LIVE',         'SILENT STALE',        'LOST RECONNECTING', 'GIVEN_UP LIVE'],
    ['STALE',        'OPENED LIVE', 'HEARD LIVE',         'SILENT STALE',        'LOST RECONNECTING', 'GIVEN_UP STALE'],
    ['RECONNECTING', 'OPENED LIVE', 'HEARD RECONNECTING', 'SILENT RECONNECTING', 'LOST RECONNECTING', 'GIVEN_UP OFFLINE'],
    ['OFFLINE',      'OPENED LIVE', 'HEARD OFFLINE',      'SILENT OFFLINE',      'LOST OFFLINE',      'GIVEN_UP OFFLINE'],
  ] as const)('%s', ([state, ...moves]) => {
    expect(CONNECTION_EVENTS.map((event) => `${event} ${nextState(state, event)}`)).toEqual(moves);
  });

  const OPEN: ConnectionHealth = { isOpen: true, downSinceMs: 0, receivedMs: 100_000 };
  const DOWN: ConnectionHealth = { isOpen: false, downSinceMs: 100_000, receivedMs: 0 };
  test.for([
    ['open, and data arrives', OPEN, 105_000, 'HEARD'],
    ['open, and nothing arrives', OPEN, 105_001, 'SILENT'],
    ['not open', DOWN, 160_000, null],
    ['not open for long', DOWN, 160_001, 'GIVEN_UP'],
  ] as const)('a look at one that is %s', ([, health, nowMs, event]) => expect(eventAt(health, nowMs, LIMITS)).toBe(event));

  test('whatever happens: LIVE or STALE only while open, and only an opening ends OFFLINE', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CONNECTION_EVENTS), { maxLength: 40 }), (events) => {
        let state: FeedState = 'CONNECTING';
        let isOpen = false;
        for (const event of events) {
          const before = state;
          state = nextState(state, event);
          isOpen = event === 'OPENED' || (isOpen && event !== 'LOST');
          expect(state === 'LIVE' || state === 'STALE').toBe(isOpen);
          if (before === 'OFFLINE' && event !== 'OPENED') expect(state).toBe('OFFLINE');
          if (state === 'STALE' && before !== 'STALE') expect(event).toBe('SILENT');
        }
      }),
    );
  });
});

describe('a feed', () => {
  test.for([
    [[], 'OFFLINE'],
    [['CONNECTING'], 'CONNECTING'],
    [['LIVE'], 'LIVE'],
    [['STALE'], 'STALE'],
    [['RECONNECTING'], 'RECONNECTING'],
    [['OFFLINE'], 'OFFLINE'],
    [['OFFLINE', 'OFFLINE'], 'OFFLINE'],
    [['LIVE', 'STALE'], 'STALE'],
    [['STALE', 'RECONNECTING', 'LIVE'], 'RECONNECTING'],
    [['LIVE', 'OFFLINE'], 'RECONNECTING'],
    [['CONNECTING', 'OFFLINE'], 'CONNECTING'],
    [['LIVE', 'CONNECTING'], 'LIVE'],
  ] as const)('with connections %o is %s', ([connections, state]) => expect(feedState(connections, false)).toBe(state));

  test('is not LIVE while a symbol has been out of sync for long', () => {
    for (const state of STATES) expect(feedState([state], true)).toBe(state === 'LIVE' ? 'STALE' : state);
  });
});
