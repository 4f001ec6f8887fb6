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
    ['CONNECTING',   'HEARD LIVE', 'SILENT CONNECTING',   'LOST CONNECTING',   'GIVEN_UP OFFLINE'],
    ['LIVE',         'HEARD LIVE', 'SILENT STALE',        'LOST RECONNECTING', 'GIVEN_UP OFFLINE'],
    ['STALE',        'HEARD LIVE', 'SILENT STALE',        'LOST RECONNECTING', 'GIVEN_UP OFFLINE'],
    ['RECONNECTING', 'HEARD LIVE', 'SILENT RECONNECTING', 'LOST RECONNECTING', 'GIVEN_UP OFFLINE'],
    ['OFFLINE',      'HEARD LIVE', 'SILENT OFFLINE',      'LOST OFFLINE',      'GIVEN_UP OFFLINE'],
  ] as const)('%s', ([state, ...moves]) => {
    expect(CONNECTION_EVENTS.map((event) => `${event} ${nextState(state, event)}`)).toEqual(moves);
  });

  const HEARD: ConnectionHealth = { heardMs: 100_000, downSinceMs: 0 };
  const UNHEARD: ConnectionHealth = { heardMs: null, downSinceMs: 100_000 };
  test.for([
    ['open, and data arrives', HEARD, 105_000, 'HEARD'],
    ['open, and nothing arrives any more', HEARD, 105_001, 'SILENT'],
    ['not open, or open into silence', UNHEARD, 160_000, null],
    ['that for long', UNHEARD, 160_001, 'GIVEN_UP'],
  ] as const)('a look at one that is %s', ([, health, nowMs, event]) => expect(eventAt(health, nowMs, LIMITS)).toBe(event));

  test('whatever happens: LIVE only by what was heard, STALE only after it, and nothing else ends OFFLINE', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...CONNECTION_EVENTS), { maxLength: 40 }), (events) => {
        let state: FeedState = 'CONNECTING';
        let isHeard = false;
        for (const event of events) {
          const before = state;
          state = nextState(state, event);
          isHeard = event === 'HEARD' || (isHeard && event === 'SILENT');
          expect(state === 'LIVE' || state === 'STALE').toBe(isHeard);
          expect(state === 'LIVE').toBe(event === 'HEARD');
          if (before === 'OFFLINE' && event !== 'HEARD') expect(state).toBe('OFFLINE');
          if (state === 'STALE' && before !== 'STALE') expect([before, event]).toEqual(['LIVE', 'SILENT']);
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
