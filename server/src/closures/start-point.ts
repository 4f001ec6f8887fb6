import { isAfter } from '../ticks/tick.ts';
import type { StreamPoint } from '../ticks/tick.ts';
import type { WatchedTrade } from './watched-trade.ts';

/** How far a symbol's stream had been applied when it was last saved. */
export interface Cursor {
  readonly lastTradeId: number;
  readonly lastPrice: string;
  /** The exchange's time of that tick, ms since 1970 UTC. */
  readonly lastTimeMs: number;
  /** Server time of the saving, ms since 1970 UTC. */
  readonly savedAtMs: number;
}

/** Where ids and times must be compared, ids are taken to be this much older than the entry they belong to. */
const CLOCK_MARGIN_MS = 60_000;

/**
 * Where a symbol's stream must be taken up after a start, so that no tick that may close one of `trades` is left out.
 *
 * The saved cursor speaks for the trades that were watched when it was saved. A trade opened less than `freshMs` before may
 * have been stored without being watched yet when the process died: it starts from its own point. Ticks that are applied
 * a second time change nothing, since each trade knows its own beginning and closes once.
 */
export function startPoint(trades: readonly WatchedTrade[], cursor: Cursor | undefined, freshMs: number): StreamPoint {
  const points = trades.map((trade) => {
    const covered =
      cursor &&
      trade.entryTimeMs + freshMs <= cursor.savedAtMs &&
      isAfter({ id: cursor.lastTradeId, timeMs: cursor.lastTimeMs }, trade.from);
    return covered ? { afterTradeId: cursor.lastTradeId, fromTimeMs: cursor.lastTimeMs } : trade.from;
  });
  return earliestPoint(points);
}

/** The point from which on nothing is left out that comes after any of `points`, of which there must be one. */
export function earliestPoint(points: readonly StreamPoint[]): StreamPoint {
  const ids = points.flatMap(({ afterTradeId }) => (afterTradeId === null ? [] : [afterTradeId]));
  if (ids.length === points.length)
    return { afterTradeId: Math.min(...ids), fromTimeMs: Math.min(...points.map(({ fromTimeMs }) => fromTimeMs)) };
  const times = points.map(({ afterTradeId, fromTimeMs }) => (afterTradeId === null ? fromTimeMs : fromTimeMs - CLOCK_MARGIN_MS));
  return { afterTradeId: null, fromTimeMs: Math.min(...times) };
}
