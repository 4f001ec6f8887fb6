import { Decimal } from '../kernel/decimal.ts';
import type { Price } from '../ticks/price-board.ts';
import { profitAt } from './profit.ts';
import type { Profit } from './profit.ts';
import type { TradeRow } from './rows.ts';
import type { Direction } from './trade.ts';

/**
 * A trade together with the price that everything said of it in one answer is worked out with; without one, the newest
 * price at the time of reading is taken.
 */
export type PricedTrade = TradeRow & { readonly price?: Price | null };

/** The profit that an open trade would have at `price`, by the formulas of a closed one. */
export function unrealizedAt(trade: TradeRow, price: string): Profit {
  return profitAt({
    direction: trade.direction as Direction,
    quantity: new Decimal(trade.quantity.toFixed()),
    entryPrice: new Decimal(trade.entryPrice.toFixed()),
    exitPrice: new Decimal(price),
    feeRate: new Decimal(trade.feeRate.toFixed()),
    positionSize: new Decimal(trade.positionSize.toFixed()),
  });
}
