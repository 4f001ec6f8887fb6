import type { FeedState } from './feed-status.ts';

/**
 * What can happen to one connection of a feed. Opening one is no event: it counts from the first thing heard on it, as it may open into
 * silence. HEARD and SILENT are what a look finds after that: something was heard within the stale limit, or not. GIVEN_UP is what a
 * look finds when nothing was for longer than the offline limit.
 */
export const CONNECTION_EVENTS = ['HEARD', 'SILENT', 'LOST', 'GIVEN_UP'] as const;
export type ConnectionEvent = (typeof CONNECTION_EVENTS)[number];

/** The whole machine; server/docs/FEED.md shows it and says which test holds each row. */
export const CONNECTION_STATES = {
  CONNECTING: { HEARD: 'LIVE', SILENT: 'CONNECTING', LOST: 'CONNECTING', GIVEN_UP: 'OFFLINE' },
  LIVE: { HEARD: 'LIVE', SILENT: 'STALE', LOST: 'RECONNECTING', GIVEN_UP: 'OFFLINE' },
  STALE: { HEARD: 'LIVE', SILENT: 'STALE', LOST: 'RECONNECTING', GIVEN_UP: 'OFFLINE' },
  RECONNECTING: { HEARD: 'LIVE', SILENT: 'RECONNECTING', LOST: 'RECONNECTING', GIVEN_UP: 'OFFLINE' },
  OFFLINE: { HEARD: 'LIVE', SILENT: 'OFFLINE', LOST: 'OFFLINE', GIVEN_UP: 'OFFLINE' },
} as const satisfies Record<FeedState, Record<ConnectionEvent, FeedState>>;

export function nextState(state: FeedState, event: ConnectionEvent): FeedState {
  return CONNECTION_STATES[state][event];
}

/** What a connection knows of itself; times are on the monotonic clock. */
export interface ConnectionHealth {
  /** When an event was last heard on it; null while none was since it was opened, or it is not open. */
  readonly heardMs: number | null;
  /** When the last one that was heard was lost, or the first attempt began; counts while nothing is heard. */
  readonly downSinceMs: number;
}

export interface FeedStateLimits {
  readonly staleAfterMs: number;
  readonly offlineAfterMs: number;
}

/** What a look at a connection finds, if anything. */
export function eventAt(health: ConnectionHealth, nowMs: number, limits: FeedStateLimits): ConnectionEvent | null {
  if (health.heardMs !== null) return nowMs - health.heardMs > limits.staleAfterMs ? 'SILENT' : 'HEARD';
  return nowMs - health.downSinceMs > limits.offlineAfterMs ? 'GIVEN_UP' : null;
}

/**
 * The state of a market's feed: as good as the worst of its connections, and LIVE only while no watched symbol has been out of
 * sync for longer than the stale limit. It is OFFLINE only when all connections are, and one more that is being opened for
 * further symbols does not make a feed CONNECTING that already works.
 */
export function feedState(connections: readonly FeedState[], isAnySymbolLate: boolean): FeedState {
  const states = new Set(connections);
  const only = (...allowed: FeedState[]) => states.isSubsetOf(new Set(allowed));
  if (only('OFFLINE')) return 'OFFLINE';
  if (only('OFFLINE', 'CONNECTING')) return 'CONNECTING';
  if (states.has('RECONNECTING') || states.has('OFFLINE')) return 'RECONNECTING';
  return states.has('STALE') || isAnySymbolLate ? 'STALE' : 'LIVE';
}
