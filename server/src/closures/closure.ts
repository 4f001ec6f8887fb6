import { Decimal } from '../kernel/decimal.ts';
import type { Tick, TickSource } from '../ticks/tick.ts';
import { profitAt } from '../trades/profit.ts';
import { exitPriceFor, nextStatus } from '../trades/trade.ts';
import type { ClosedStatus } from '../trades/trade.ts';
import type { Touch } from './watch-list.ts';

/** The one closing of a trade, with the tick that is its evidence. */
export interface Closure {
  readonly tradeId: string;
  readonly status: ClosedStatus;
  readonly exitPrice: Decimal;
  /** The exchange's time of the closing tick. */
  readonly exitTime: Date;
  readonly grossPnl: Decimal;
  readonly fees: Decimal;
  readonly realizedPnl: Decimal;
  readonly realizedPnlPct: Decimal;
  readonly source: TickSource;
  readonly aggregateTradeId: number;
  readonly price: Decimal;
}

export function closureOf({ trade, happening }: Touch, tick: Tick): Closure {
  const status = nextStatus('OPEN', happening);
  if (!status) throw new Error(`${happening} does not close a trade`);
  const price = new Decimal(tick.price);
  const exitPrice = exitPriceFor(status, trade.takeProfit, price);
  return {
    tradeId: trade.id,
    status,
    exitPrice,
    exitTime: new Date(tick.timeMs),
    ...profitAt({ ...trade, exitPrice }),
    source: tick.source,
    aggregateTradeId: tick.id,
    price,
  };
}
