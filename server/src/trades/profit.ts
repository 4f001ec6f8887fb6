import { toMoney } from '../kernel/decimal.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Direction } from './trade.ts';

/** What a trade's profit at some exit price depends on. */
export interface ProfitInput {
  readonly direction: Direction;
  /** In the base asset, above 0. */
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  readonly exitPrice: Decimal;
  /** Per side, as a share of the traded value: 0.001 is 0.1 %. */
  readonly feeRate: Decimal;
  /** In the quote currency, above 0. */
  readonly positionSize: Decimal;
}

/** All in the quote currency but the percentage, each with at most 8 decimals. */
export interface Profit {
  readonly grossPnl: Decimal;
  /** Of both sides together. */
  readonly fees: Decimal;
  readonly realizedPnl: Decimal;
  /** In percent of the position size. */
  readonly realizedPnlPct: Decimal;
}

/**
 * The profit of a trade that leaves at `exitPrice`; the same formulas give a closed trade's and, with the newest price, an open one's.
 *
 * Exact until the end, where each of the four results is rounded half-up by itself: `realizedPnl` is the rounded difference of
 * the unrounded values, so it may differ by 1e-8 from `grossPnl` − `fees` as printed.
 */
export function profitAt({ direction, quantity, entryPrice, exitPrice, feeRate, positionSize }: ProfitInput): Profit {
  const gain = direction === 'LONG' ? exitPrice.minus(entryPrice) : entryPrice.minus(exitPrice);
  const gross = gain.times(quantity);
  const fees = feeRate.times(quantity).times(entryPrice.plus(exitPrice));
  const realized = gross.minus(fees);
  return {
    grossPnl: toMoney(gross),
    fees: toMoney(fees),
    realizedPnl: toMoney(realized),
    realizedPnlPct: toMoney(realized.times(100).dividedBy(positionSize)),
  };
}

/**
 * Profit as a multiple of what was at stake: realizedPnl / (|entryPrice − stopLoss| × quantity). Fees and a stop that was jumped
 * over make a full loss smaller than −1. Source: Van K. Tharp, "Trade Your Way to Financial Freedom", 1998.
 */
export function rMultiple(trade: { realizedPnl: Decimal; entryPrice: Decimal; stopLoss: Decimal; quantity: Decimal }): number {
  // The difference must be exact, for prices may agree in most digits; the product need not.
  const risk = trade.entryPrice.minus(trade.stopLoss).abs().toNumber() * trade.quantity.toNumber();
  return trade.realizedPnl.toNumber() / risk;
}
