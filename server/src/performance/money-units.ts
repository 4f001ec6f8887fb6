import { Decimal, MONEY_DECIMALS, toPlain } from '../kernel/decimal.ts';

/** How many units make 1 of the quote currency. */
export const UNITS_PER_ONE = 10n ** BigInt(MONEY_DECIMALS);

const UNITS_PER_ONE_DECIMAL = new Decimal(UNITS_PER_ONE);

/**
 * Money as a whole number of 1e-8 units. Sums and sums of squares of a hundred thousand trades are then exact and quick, whatever
 * the order of adding, and questions such as "are all values equal" have an exact answer.
 *
 * Throws a RangeError for an amount with more than 8 decimals: money is rounded where it is made, nowhere else.
 */
export function toUnits(amount: Decimal): bigint {
  const units = amount.times(UNITS_PER_ONE_DECIMAL);
  if (!units.isInteger()) throw new RangeError(`money with more than ${MONEY_DECIMALS} decimals: ${toPlain(amount)}`);
  return BigInt(units.toFixed());
}

/** The decimal amount that `toUnits` was given. */
export function fromUnits(units: bigint): Decimal {
  return new Decimal(units).dividedBy(UNITS_PER_ONE_DECIMAL);
}

/** The quotient of two exact numbers as the nearest double (to within 2 units in the last place when either exceeds 2^53). */
export function ratio(numerator: bigint, denominator: bigint): number {
  return Number(numerator) / Number(denominator);
}

export function sumOf(values: readonly bigint[]): bigint {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum;
}

/**
 * n Σx² − (Σx)², which is n² times the variance of n values (n (n − 1) times the sample variance): exact, and 0 exactly when
 * all values are equal. `count` may exceed the number of values given; the others are then 0.
 */
export function scaledVariance(values: readonly bigint[], count = values.length): bigint {
  let sum = 0n;
  let sumOfSquares = 0n;
  for (const value of values) {
    sum += value;
    sumOfSquares += value * value;
  }
  return BigInt(count) * sumOfSquares - sum * sum;
}
