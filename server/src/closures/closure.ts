import { Decimal } from '../kernel/decimal.ts';
import type { TickSource } from '../ticks/tick.ts';
import { profitAt } from '../trades/profit.ts';
import { exitPriceFor, nextStatus } from '../trades/trade.ts';
import type { ClosedStatus } from '../trades/trade.ts';
import type { Touch } from './watch-list.ts';

/** What showed that something of a trade was reached: a tick, or a candle where there is no tick any more. */
export interface Evidence {
  /** Aggregate trade id; null where a candle decided. */
  readonly id: number | null;
  readonly price: string;
  /** The exchange's time, ms since 1970 UTC. */
  readonly timeMs: number;
  readonly source: TickSource;
  /** True where one candle reached both levels, or one of them in the minute of a time stop: only the rule says which was first. */
  readonly ambiguous?: boolean;
}

/** The one closing of a trade, with its evidence. */
export interface Closure {
  readonly tradeId: string;
  readonly status: ClosedStatus;
  readonly exitPrice: Decimal;
  /** The exchange's time of the evidence. */
  readonly exitTime: Date;
  readonly grossPnl: Decimal;
  readonly fees: Decimal;
  readonly realizedPnl: Decimal;
  readonly realizedPnlPct: Decimal;
  readonly source: TickSource;
  readonly aggregateTradeId: number | null;
  readonly price: Decimal;
  readonly ambiguous: boolean;
}

export function closureOf({ trade, happening }: Touch, evidence: Evidence): Closure {
  const status = nextStatus('OPEN', happening);
  if (!status) throw new Error(`${happening} does not close a trade`);
  const price = new Decimal(evidence.price);
  const exitPrice = exitPriceFor(status, trade.takeProfit, price);
  return {
    tradeId: trade.id,
    status,
    exitPrice,
    exitTime: new Date(evidence.timeMs),
    ...profitAt({ ...trade, exitPrice }),
    source: evidence.source,
    aggregateTradeId: evidence.id,
    price,
    ambiguous: evidence.ambiguous ?? false,
  };
}
