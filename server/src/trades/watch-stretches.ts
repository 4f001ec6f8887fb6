import type { MarketType, TickSource } from '../ticks/tick.ts';

/** How a symbol was watched from one time to another; times in ms since 1970 UTC. */
export interface WatchStretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly source: TickSource;
}

/** A time in which a market did not tell of one or more watched symbols; all of it was looked up afterwards. */
export interface FeedIncident extends WatchStretch {
  readonly marketType: MarketType;
  /** How many symbols it touched. */
  readonly symbols: number;
}

/** Where two sources speak of the same time the weaker one holds. */
const STRENGTH: Readonly<Record<TickSource, number>> = { LIVE: 2, BACKFILL: 1, CANDLE: 0 };

/**
 * How a life from `fromMs` to `toMs` was watched: the repaired stretches as far as they lie in it, and LIVE between them. The
 * result covers the life exactly, without hole or overlap, neighbours differ in their source, and an empty life gives nothing.
 */
export function watchStretches(fromMs: number, toMs: number, repaired: readonly WatchStretch[]): WatchStretch[] {
  const within = repaired.filter((stretch) => stretch.fromMs < toMs && stretch.toMs > fromMs);
  const inside = (ms: number) => ms > fromMs && ms < toMs;
  const cuts = new Set([fromMs, ...within.flatMap((stretch) => [stretch.fromMs, stretch.toMs]).filter(inside), toMs]);
  const times = [...cuts].sort((one, other) => one - other);

  const stretches: WatchStretch[] = [];
  for (const [index, start] of times.entries()) {
    const end = times[index + 1];
    if (end === undefined || toMs <= fromMs) break;
    const sources = within.filter((stretch) => stretch.fromMs <= start && stretch.toMs >= end).map(({ source }) => source);
    const source = sources.reduce((weakest, other) => (STRENGTH[other] < STRENGTH[weakest] ? other : weakest), 'LIVE' as TickSource);
    const last = stretches.at(-1);
    if (last?.source === source) stretches[stretches.length - 1] = { ...last, toMs: end };
    else stretches.push({ fromMs: start, toMs: end, source });
  }
  return stretches;
}
