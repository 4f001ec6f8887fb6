/** Newest price at most this old: prices are live. */
export const LIVE_LIMIT_MS = 5_000;
/** Older than this: open figures are no longer to be trusted. */
export const STALE_LIMIT_MS = 30_000;
/** A break of the connection shorter than this is not worth a word. */
export const LOST_CHIP_MS = 2_000;
/** After this a banner says that the connection is lost. */
export const LOST_BANNER_MS = 10_000;

export type SocketState = 'idle' | 'connecting' | 'alive' | 'waiting';
export type Freshness = 'none' | 'fresh' | 'late' | 'stale';

/** How far a price may be trusted by its age; `none` where there is no price at all. */
export function freshness(ageMs: number | null): Freshness {
  if (ageMs === null) return 'none';
  if (ageMs <= LIVE_LIMIT_MS) return 'fresh';
  return ageMs <= STALE_LIMIT_MS ? 'late' : 'stale';
}

export type FeedState = 'CONNECTING' | 'LIVE' | 'STALE' | 'RECONNECTING' | 'OFFLINE';
export type ChipState =
  'snapshot' | 'connecting' | 'live' | 'connected' | 'feedStale' | 'feedConnecting' | 'feedDown' | 'reconnecting' | 'offline' | 'paused';

const FEED_CHIPS: Readonly<Record<Exclude<FeedState, 'LIVE'>, ChipState>> = {
  STALE: 'feedStale',
  CONNECTING: 'feedConnecting',
  RECONNECTING: 'feedConnecting',
  OFFLINE: 'feedDown',
};
const WORST_FIRST: readonly FeedState[] = ['OFFLINE', 'RECONNECTING', 'CONNECTING', 'STALE'];

/** The state of the feed that is doing worst; LIVE where nothing bad is known. */
export function worstFeed(states: readonly FeedState[]): FeedState {
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'LIVE';
}

export interface ChipFacts {
  socket: SocketState;
  /** How long the connection has been away; null while it is there. */
  lostForMs: number | null;
  browserOffline: boolean;
  paused: boolean;
  ageMs: number | null;
  /** How the server's feed from the exchange is doing. */
  feed: FeedState;
}

/** The one word for the connection, or for the exchange's feed behind it where that is not live. The age of the prices is a second fact, shown beside it. */
export function chipState(facts: ChipFacts): ChipState {
  if (facts.socket === 'idle') return 'snapshot';
  if (facts.paused) return 'paused';
  if (facts.socket !== 'alive') {
    if (facts.browserOffline) return 'offline';
    return facts.lostForMs !== null && facts.lostForMs >= LOST_CHIP_MS ? 'reconnecting' : 'connecting';
  }
  if (facts.feed !== 'LIVE') return FEED_CHIPS[facts.feed];
  return freshness(facts.ageMs) === 'fresh' ? 'live' : 'connected';
}
