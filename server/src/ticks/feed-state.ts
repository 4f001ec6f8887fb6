import type { FeedState } from './feed-status.ts';

/**
 * What can happen to one connection of a feed. HEARD and SILENT are what a look at it finds while it is open: something arrived
 * within the stale limit, or not. GIVEN_UP is what a look finds when it was not open for longer than the offline limit.
 */
export const CONNECTION_EVENTS = ['OPENED', 'HEARD', 'SILENT', 'LOST', 'GIVEN_UP'] as const;
export type ConnectionEvent = (typeof CONNECTION_EVENTS)[number];

/** The whole machine; server/docs/FEED.md shows it and says which test holds each row. */
export const CONNECTION_STATES = {
  CONNECTING: { OPENED: 'LIVE', HEARD: 'CONNECTING', SILENT: 'CONNECTING', LOST: 'CONNECTING', GIVEN_UP: 'OFFLINE' },
  LIVE: { OPENED: 'LIVE', HEARD: 'LIVE', SILENT: 'STALE', LOST: 'RECONNECTING', GIVEN_UP: 'LIVE' },
  STALE: { OPENED: 'LIVE', HEARD: 'LIVE', SILENT: 'STALE', LOST: 'RECONNECTING', GIVEN_UP: 'STALE' },
  RECONNECTING: { OPENED: 'LIVE', HEARD: 'RECONNECTING', SILENT: 'RECONNECTING', LOST: 'RECONNECTING', GIVEN_UP: 'OFFLINE' },
  OFFLINE: { OPENED: 'LIVE', HEARD: 'OFFLINE', SILENT: 'OFFLINE', LOST: 'OFFLINE', GIVEN_UP: 'OFFLINE' },
} as const satisfies Record<FeedState, Record<ConnectionEvent, FeedState>>;

export function nextState(state: FeedState, event: ConnectionEvent): FeedState {
  return CONNECTION_STATES[state][event];
}

/** What a connection knows of itself; times are on the monotonic clock. */
export interface ConnectionHealth {
  readonly isOpen: boolean;
  /** When it last was open, or began to try; counts while it is not open. */
  readonly downSinceMs: number;
  /** When something last arrived. */
  readonly receivedMs: number;
}

export interface FeedStateLimits {
  readonly staleAfterMs: number;
  readonly offlineAfterMs: number;
}

/** What a look at a connection finds, if anything. */
export function eventAt(health: ConnectionHealth, nowMs: number, limits: FeedStateLimits): ConnectionEvent | null {
  if (health.isOpen) return nowMs - health.receivedMs > limits.staleAfterMs ? 'SILENT' : 'HEARD';
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
