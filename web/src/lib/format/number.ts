import { LOCALE } from '#lib/text/locale.ts';

/** A decimal as the API sends it (a string keeps every digit), or a number for percentages and ratios. */
export type Amount = string | number;
export type Direction = 'up' | 'down' | 'flat';

/** A change as it is printed: the sign is part of the text and the direction is that of the printed, rounded number. */
export interface Change {
  text: string;
  direction: Direction;
}

const MINUS = '\u2212';

/** Building a formatter costs a hundred times a call of it, so each is built once. */
const formatters = new WeakMap<Intl.NumberFormatOptions, Intl.NumberFormat>();

/** @param options the same object for the same options, as a formatter is kept for each */
export function print(value: Amount, options: Intl.NumberFormatOptions): string {
  let formatter = formatters.get(options);
  if (!formatter) formatters.set(options, (formatter = new Intl.NumberFormat(LOCALE, options)));
  // Intl reads decimal strings exactly; the type only admits literals.
  return formatter.format(value as Intl.StringNumericLiteral).replace('-', MINUS);
}

/** Options for each number of digits after the point, with `more` beside them. */
export function byDigits(more: Intl.NumberFormatOptions = {}): (digits: number) => Intl.NumberFormatOptions {
  const known: Intl.NumberFormatOptions[] = [];
  return (digits) => (known[digits] ??= { minimumFractionDigits: digits, maximumFractionDigits: digits, ...more });
}

const USD: Intl.NumberFormatOptions = { style: 'currency', currency: 'USD' };
export const SIGNED = { signDisplay: 'exceptZero' } as const;
const UNSIGNED_ZERO = { signDisplay: 'negative' } as const;

const plain = byDigits();
const signed = byDigits(SIGNED);
const unsignedZero = byDigits(UNSIGNED_ZERO);
const usd = byDigits({ ...USD, ...UNSIGNED_ZERO });
const signedUsd = byDigits({ ...USD, ...SIGNED });
const ROUND_USD = byDigits({ ...USD, trailingZeroDisplay: 'stripIfInteger' })(2);
const RATE: Intl.NumberFormatOptions = { style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 6 };
const COMPACT_USD: Intl.NumberFormatOptions = { ...USD, notation: 'compact', maximumFractionDigits: 1 };

export function toChange(text: string): Change {
  if (text.startsWith('+')) return { text, direction: 'up' };
  if (text.startsWith(MINUS)) return { text, direction: 'down' };
  return { text, direction: 'flat' };
}

/** "$1,140.22"; a minus for what is owed, no plus. */
export function money(value: Amount): string {
  return print(value, usd(2));
}

/** "$100", or "$12.50" where cents matter: for sizes and other round sums. */
export function roundMoney(value: Amount): string {
  return print(value, ROUND_USD);
}

/** "+$1.20", "−$0.40", "$0.00": neutral when the rounded value is zero. */
export function moneyChange(value: Amount): Change {
  return toChange(print(value, signedUsd(2)));
}

/** "+0.33%" of a value that is already in percent. */
export function percentChange(value: Amount): Change {
  return toChange(print(value, signed(2)) + '%');
}

/** "46.02%" of a value that is already in percent. */
export function percent(value: Amount, digits = 2): string {
  return print(value, unsignedZero(digits)) + '%';
}

/** "1.40": ratios such as the profit factor. */
export function ratio(value: Amount): string {
  return print(value, unsignedZero(2));
}

/** "1,204". */
export function count(value: number): string {
  return print(value, plain(0));
}

/** At most this many digits after the point are printed when the symbol's tick size is unknown. */
const PRICE_DIGITS_LIMIT = 18;

/** A price with the digits of the symbol's tick size, or with the digits as sent while that is unknown. */
export function price(value: string, decimals: number | null | undefined): string {
  const sent = value.split('.')[1]?.length ?? 0;
  return print(value, plain(Math.min(decimals ?? sent, PRICE_DIGITS_LIMIT)));
}

/** "0.1%" of a rate such as 0.001, with no more digits than it has. */
export function rate(value: Amount): string {
  return print(value, RATE);
}

/** "$1.2K" on chart axes only; cents only where the steps have some. */
export function axisMoney(value: number, step: number): string {
  return print(value, Math.abs(value) >= 10_000 ? COMPACT_USD : usd(Number.isInteger(step) ? 0 : 2));
}
