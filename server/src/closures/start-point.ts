import { isAfter } from '../ticks/tick.ts';
import type { StreamPoint } from '../ticks/tick.ts';
import { CLOCK_MARGIN_MS } from './watched-trade.ts';

/** How far a symbol's stream had been applied when it was last saved. */
export interface Cursor {
  readonly lastTradeId: number;
  readonly lastPrice: string;
  /** The exchange's time of that tick, ms since 1970 UTC. */
  readonly lastTimeMs: number;
  /** It speaks for the trades whose opening has a sequence up to this one; null: for none. */
  readonly recordSequence: bigint | null;
}

/** What decides where an open trade's ticks must be taken up. */
export interface OpenedTrade {
  /** Only ticks after this point may close it. */
  readonly from: StreamPoint;
  /** The sequence of the event that told of its opening. */
  readonly openedSequence: bigint;
}

/**
 * Where a symbol's stream must be taken up after a start, so that no tick that may close one of `trades` is left out.
 *
 * The saved cursor speaks for the trades that were watched when it was saved: those of whose opening the record had told until
 * then. A trade that was stored and not told of when the process died starts from its own point. Ticks that are applied a second
 * time change nothing, since each trade knows its own beginning and closes once.
 */
export function startPoint(trades: readonly OpenedTrade[], cursor: Cursor | undefined): StreamPoint {
  const points = trades.map((trade) => {
    const covered =
      cursor &&
      cursor.recordSequence !== null &&
      trade.openedSequence <= cursor.recordSequence &&
      isAfter({ id: cursor.lastTradeId, timeMs: cursor.lastTimeMs }, trade.from);
    return covered ? { afterTradeId: cursor.lastTradeId, fromTimeMs: cursor.lastTimeMs } : trade.from;
  });
  return earliestPoint(points);
}

/**
 * The point from which on nothing is left out that comes after any of `points`, of which there must be one. Where ids and times must be
 * compared, an id is taken to be older than its entry by what clocks may differ.
 */
export function earliestPoint(points: readonly StreamPoint[]): StreamPoint {
  const ids = points.flatMap(({ afterTradeId }) => (afterTradeId === null ? [] : [afterTradeId]));
  if (ids.length === points.length)
    return { afterTradeId: Math.min(...ids), fromTimeMs: Math.min(...points.map(({ fromTimeMs }) => fromTimeMs)) };
  const times = points.map(({ afterTradeId, fromTimeMs }) => (afterTradeId === null ? fromTimeMs : fromTimeMs - CLOCK_MARGIN_MS));
  return { afterTradeId: null, fromTimeMs: Math.min(...times) };
}
