/** Checks of single values in the exchange's messages. A value is taken as it should be or not at all; nothing is repaired. */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const PLAIN_DECIMAL = /^[0-9]{1,15}(?:\.[0-9]{1,18})?$/;
const NON_ZERO_DIGIT = /[1-9]/;

/** A price or quantity: plain digits as the record can store them, above zero. */
export function isPositiveDecimal(value: unknown): value is string {
  return typeof value === 'string' && PLAIN_DECIMAL.test(value) && NON_ZERO_DIGIT.test(value);
}

/** A price or quantity of zero: the exchange blanks out withdrawn rows so. */
export function isZeroDecimal(value: unknown): boolean {
  return typeof value === 'string' && PLAIN_DECIMAL.test(value) && !NON_ZERO_DIGIT.test(value);
}

export function isTradeId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Times above this are microseconds (ms would mean the year 5138). */
const LATEST_TIME_MS = 1e14;

export function isTimeMs(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) < LATEST_TIME_MS;
}

const SYMBOL_CHARACTERS = 64;

/** Symbols may hold any letters, so only blanks, control characters and absurd lengths are refused. */
export function isSymbol(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= SYMBOL_CHARACTERS && !/[\s\p{Cc}]/u.test(value);
}
