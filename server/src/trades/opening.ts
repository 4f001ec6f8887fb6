import { Decimal, QUANTITY_DECIMALS } from '../kernel/decimal.ts';

/** The largest quantity a trade can hold (20 digits before the point in the database). */
export const MAX_QUANTITY = new Decimal('1e20');

/** positionSize / entryPrice, rounded half-up to 18 decimals. */
export function quantityFor(positionSize: Decimal, entryPrice: Decimal): Decimal {
  return positionSize.div(entryPrice).toDecimalPlaces(QUANTITY_DECIMALS);
}
