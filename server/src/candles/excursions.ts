import { toMoney } from '../kernel/decimal.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { KlineInterval } from '../ticks/candle.ts';
import type { Direction } from '../trades/trade.ts';
import type { Extremes } from './trade-candles.ts';

/** How far the price went one way while a trade was open. */
export interface Excursion {
  /** The farthest price. */
  readonly price: Decimal;
  /** |price − entryPrice| / entryPrice × 100, 8 decimals; 0 or more. */
  readonly percent: Decimal;
  /** |price − entryPrice| × quantity in the quote currency, 8 decimals, before fees; 0 or more. */
  readonly amount: Decimal;
  readonly resolution: KlineInterval;
}

export interface Position {
  readonly direction: Direction;
  readonly entryPrice: Decimal;
  readonly quantity: Decimal;
}

/**
 * Maximum adverse and maximum favourable excursion: the farthest the price went against the position and for it while it was open, measured
 * from the entry. Source: John Sweeney, "Maximum Adverse Excursion", 1997.
 */
export function excursionsOf(position: Position, { lowest, highest, resolution }: Extremes): { adverse: Excursion; favourable: Excursion } {
  const { direction, entryPrice, quantity } = position;
  const to = (price: Decimal): Excursion => {
    const distance = price.minus(entryPrice).abs();
    return {
      price,
      percent: toMoney(distance.times(100).dividedBy(entryPrice)),
      amount: toMoney(distance.times(quantity)),
      resolution,
    };
  };
  return direction === 'LONG' ? { adverse: to(lowest), favourable: to(highest) } : { adverse: to(highest), favourable: to(lowest) };
}
