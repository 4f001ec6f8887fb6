import type { MarketType, StreamPoint, Tick } from './tick.ts';

/**
 * What closures need of a market: every tick of the watched symbols, per symbol in id order, none twice and none missing.
 * One implementation speaks to Binance; the tests' stand-in is that same one on another base URL.
 */
export interface MarketWatch {
  readonly marketType: MarketType;

  /**
   * Delivers the symbol's ticks to the listener, beginning with the first after `from`: what already happened comes by
   * REST (source BACKFILL), then the live stream goes on. Watching a symbol that is watched already changes nothing.
   */
  watch(symbol: string, from: StreamPoint): void;

  unwatch(symbol: string): void;

  /** Where the symbol's stream stands; undefined when it is not watched. */
  position(symbol: string): StreamPosition | undefined;

  /**
   * The delivered ticks of a watched symbol after `point`, from memory, oldest first; undefined when memory does not
   * reach back that far (then `fetchAfter` does).
   */
  recentAfter(symbol: string, point: StreamPoint): readonly Tick[] | undefined;

  /** The same by REST, up to and including `throughTradeId`, retrying until it succeeds or the feed stops. */
  fetchAfter(symbol: string, point: StreamPoint, throughTradeId: number): Promise<readonly Tick[]>;
}

export interface StreamPosition {
  /** The newest delivered tick; null before the first. */
  readonly lastTick: Tick | null;
  /** True while the live stream runs, was heard from within the stale limit, and nothing before its newest tick is missing. */
  readonly inSync: boolean;
}

/** Called for each tick in turn; must not throw and must not wait. */
export type TickListener = (tick: Tick) => void;
