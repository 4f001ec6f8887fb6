import { Decimal as DecimalJs } from 'decimal.js';

/**
 * Exact decimals for money, prices and quantities.
 *
 * 100 significant digits, so that the product of any three stored numbers and the quotient of any two, taken before the
 * one rounding at the end, is never the digit that decides that rounding. Half-up means away from zero, as PostgreSQL's `round`.
 */
export const Decimal = DecimalJs.clone({
  precision: 100,
  rounding: DecimalJs.ROUND_HALF_UP,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type Decimal = InstanceType<typeof Decimal>;

export const ZERO = new Decimal(0);

/** Digits kept after the point: prices and quantities; money. */
export const QUANTITY_DECIMALS = 18;
export const MONEY_DECIMALS = 8;

/** Plain digits without exponent and without trailing zeros: "42500.5", never "1e-8", never "-0". */
export function toPlain(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}

/** Rounds half-up (away from zero) to money's 8 decimals. */
export function toMoney(value: Decimal): Decimal {
  return value.toDecimalPlaces(MONEY_DECIMALS);
}

const PLAIN_DECIMAL = /^[0-9]{1,15}(?:\.[0-9]{1,18})?$/;

/**
 * Reads a decimal as the public API takes it: ASCII digits, at most 15 before and 18 after the point, no sign, no exponent.
 * Anything else is undefined; nothing is rounded.
 */
export function parsePlainDecimal(text: string): Decimal | undefined {
  return PLAIN_DECIMAL.test(text) ? new Decimal(text) : undefined;
}

const WITH_EXPONENT = /^([0-9]{1,15}(?:\.[0-9]{1,18})?)[eE]([+-]?[0-9]{1,2})$/;

/** What is written with an exponent in plain digits, "1.234e-05" as "0.00001234", every digit kept; any other text as it is. */
export function withoutExponent(text: string): string {
  return WITH_EXPONENT.test(text) ? toPlain(new Decimal(text)) : text;
}
