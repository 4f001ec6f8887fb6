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

/** From the best to the worst: a feed is as good as the worst of its connections. */
const BY_HARM: readonly FeedState[] = ['LIVE', 'STALE', 'CONNECTING', 'RECONNECTING', 'OFFLINE'];

export function connectionState(health: ConnectionHealth, nowMs: number, limits: FeedStateLimits): FeedState {
  if (health.isOpen) return nowMs - health.receivedMs > limits.staleAfterMs ? 'STALE' : 'LIVE';
  if (nowMs - health.downSinceMs > limits.offlineAfterMs) return 'OFFLINE';
  return health.hasBeenOpen ? 'RECONNECTING' : 'CONNECTING';
}

/** The state of a market's feed; one without connections is stopped. */
export function feedState(connections: readonly ConnectionHealth[], nowMs: number, limits: FeedStateLimits): FeedState {
  if (connections.length === 0) return 'OFFLINE';
  const states = connections.map((health) => connectionState(health, nowMs, limits));
  return states.reduce((worst, state) => (BY_HARM.indexOf(state) > BY_HARM.indexOf(worst) ? state : worst));
}
