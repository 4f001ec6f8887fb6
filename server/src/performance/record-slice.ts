import type { TradeFilter } from '../trades/trade-filter.ts';
import type { TradeRow } from '../trades/rows.ts';
import type { BreakdownKey } from './breakdown.ts';
import type { ClosedTrade } from './closed-trade.ts';

/** How many signals stand at the same place. */
export interface SignalGroup {
  readonly status: string;
  readonly leftOutReason: string | null;
  /** Null: it has no trade. */
  readonly tradeStatus: string | null;
  readonly count: number;
}

export interface SignalCounts {
  readonly total: number;
  readonly groups: readonly SignalGroup[];
  /** The same signals by each key of a breakdown; by day and hour they count where they were received. */
  readonly by: Readonly<Record<BreakdownKey, ReadonlyMap<string, number>>>;
}

/** The part of the record that a filter means, as it was at one sequence. */
export interface RecordSlice {
  readonly sequence: bigint;
  readonly signals: SignalCounts;
  /** In the order of closure. */
  readonly closed: readonly ClosedTrade[];
  /** In the order of opening. */
  readonly open: readonly TradeRow[];
}

export interface SliceReader {
  slice(filter: TradeFilter | null | undefined): Promise<RecordSlice>;
}
