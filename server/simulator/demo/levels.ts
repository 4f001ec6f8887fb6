import { Decimal } from '../../src/kernel/decimal.ts';
import type { Direction } from '../../src/trades/trade.ts';

export interface LevelTexts {
  readonly takeProfit: string;
  readonly stopLoss: string;
}

/**
 * Levels at these distances from the entry price, as parts of it, on a price ladder of `decimals` places and at least one step away.
 * Throws a RangeError where a level would not be above zero.
 */
export function levelsAround(
  entryPrice: string,
  direction: Direction,
  distances: { readonly takeProfit: number; readonly stopLoss: number },
  decimals: number,
): LevelTexts {
  const entry = new Decimal(entryPrice);
  const step = new Decimal(10).pow(-decimals);
  const away = (part: number, upward: boolean): string => {
    const distance = Decimal.max(entry.times(part), step);
    const level = (upward ? entry.plus(distance) : entry.minus(distance)).toDecimalPlaces(
      decimals,
      upward ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR,
    );
    if (!level.gt(0)) throw new RangeError(`${part} below ${entryPrice} is not above zero`);
    return level.toFixed(decimals);
  };
  const long = direction === 'LONG';
  return { takeProfit: away(distances.takeProfit, long), stopLoss: away(distances.stopLoss, !long) };
}
