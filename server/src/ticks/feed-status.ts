import type { MarketType } from './tick.ts';

/**
 * CONNECTING: before the first data. LIVE: data arrives and nothing is missing. STALE: connected, but nothing has arrived, or some watched
 * symbol has missed something, for longer than the stale limit. RECONNECTING: the connection was lost, and no data have come on another
 * one yet. OFFLINE: stopped, or none have for longer than the offline limit.
 */
export type FeedState = 'CONNECTING' | 'LIVE' | 'STALE' | 'RECONNECTING' | 'OFFLINE';

/** The health of one market's price feed, as the public API shows it. */
export interface FeedStatus {
  readonly marketType: MarketType;
  readonly state: FeedState;
  /** How many symbols are watched. */
  readonly symbols: number;
  /** How many of them are in sync: their connection brings data, and nothing is missing. */
  readonly symbolsInSync: number;
  /** Connections to the exchange that there are, whatever their state. */
  readonly connections: number;
  /** How many of them bring data. */
  readonly connectionsLive: number;
  /** Exchange time of the newest tick received live, ms since 1970 UTC. */
  readonly lastTickMs: number | null;
  /** Exchange event time to receipt of the newest live message, ms; null before the first. */
  readonly lagMs: number | null;
  /** Connections made again since the start. */
  readonly reconnects: number;
  /** Stretches of missing ids that were fetched since the start. */
  readonly gapsRepaired: number;
}
