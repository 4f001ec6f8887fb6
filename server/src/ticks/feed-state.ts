import type { FeedState } from './feed-status.ts';

/** What one connection of a feed knows of itself; times are on the monotonic clock. */
export interface ConnectionHealth {
  readonly isOpen: boolean;
  /** When it last was open, or began to try; counts while it is not open. */
  readonly downSinceMs: number;
  readonly hasBeenOpen: boolean;
  /** When something last arrived. */
  readonly receivedMs: number;
}

export interface FeedStateLimits {
  readonly staleAfterMs: number;
  readonly offlineAfterMs: number;
}

export function connectionState(health: ConnectionHealth, nowMs: number, limits: FeedStateLimits): FeedState {
  if (health.isOpen) return nowMs - health.receivedMs > limits.staleAfterMs ? 'STALE' : 'LIVE';
  if (nowMs - health.downSinceMs > limits.offlineAfterMs) return 'OFFLINE';
  return health.hasBeenOpen ? 'RECONNECTING' : 'CONNECTING';
}

/**
 * The state of a market's feed: as good as the worst of its connections. It is OFFLINE only when all of them are, and one
 * more connection that is being opened for further symbols does not make a feed CONNECTING that already works.
 */
export function feedState(connections: readonly ConnectionHealth[], nowMs: number, limits: FeedStateLimits): FeedState {
  const states = new Set(connections.map((health) => connectionState(health, nowMs, limits)));
  const isAny = (state: FeedState) => states.has(state);
  if (connections.length === 0 || (states.size === 1 && isAny('OFFLINE'))) return 'OFFLINE';
  if (!connections.some(({ hasBeenOpen }) => hasBeenOpen)) return 'CONNECTING';
  if (isAny('RECONNECTING') || isAny('OFFLINE')) return 'RECONNECTING';
  return isAny('STALE') ? 'STALE' : 'LIVE';
}
