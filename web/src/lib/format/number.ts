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

const formatters = new Map<string, Intl.NumberFormat>();

/** Building a formatter costs a hundred times a call of it, so each set of options is built once. */
function formatter(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.NumberFormat(LOCALE, options);
    formatters.set(key, found);
  }
  return found;
}

function print(value: Amount, options: Intl.NumberFormatOptions): string {
  // Intl reads decimal strings exactly; the type only admits literals.
  const text = formatter(options).format(value as Intl.StringNumericLiteral);
  return text.replace('-', MINUS);
}

function fixed(digits: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

const MONEY: Intl.NumberFormatOptions = { style: 'currency', currency: 'USD', ...fixed(2) };
const PERCENT: Intl.NumberFormatOptions = fixed(2);
const SIGNED = { signDisplay: 'exceptZero' } as const;
const UNSIGNED_ZERO = { signDisplay: 'negative' } as const;

function toChange(text: string): Change {
  if (text.startsWith('+')) return { text, direction: 'up' };
  if (text.startsWith(MINUS)) return { text, direction: 'down' };
  return { text, direction: 'flat' };
}

/** "$1,140.22"; a minus for what is owed, no plus. */
export function money(value: Amount): string {
  return print(value, { ...MONEY, ...UNSIGNED_ZERO });
}

/** "$100", or "$12.50" where cents matter: for sizes and other round sums. */
export function roundMoney(value: Amount): string {
  return print(value, { ...MONEY, trailingZeroDisplay: 'stripIfInteger' });
}

/** "+$1.20", "−$0.40", "$0.00": neutral when the rounded value is zero. */
export function moneyChange(value: Amount): Change {
  return toChange(print(value, { ...MONEY, ...SIGNED }));
}

/** "+1.20", "−140", "+12.3K": money where there is little room and the unit is said beside it; cents where they fit. */
export function shortChange(value: Amount): Change {
  const size = Math.abs(Number(value));
  const options = size < 100 ? fixed(2) : size < 10_000 ? fixed(0) : ({ notation: 'compact', maximumFractionDigits: 1 } as const);
  return toChange(print(value, { ...options, ...SIGNED }));
}

/** "+0.33%" of a value that is already in percent. */
export function percentChange(value: Amount): Change {
  return toChange(print(value, { ...PERCENT, ...SIGNED }) + '%');
}

/** "46.02%" of a value that is already in percent. */
export function percent(value: Amount, digits = 2): string {
  return print(value, { ...fixed(digits), ...UNSIGNED_ZERO }) + '%';
}

/** "1.40": ratios such as the profit factor. */
export function ratio(value: Amount): string {
  return print(value, { ...fixed(2), ...UNSIGNED_ZERO });
}

/** "1,204". */
export function count(value: number): string {
  return print(value, { maximumFractionDigits: 0 });
}

/** At most this many digits after the point are printed when the symbol's tick size is unknown. */
const PRICE_DIGITS_LIMIT = 18;

/** A price with the digits of the symbol's tick size, or with the digits as sent while that is unknown. */
export function price(value: string, decimals: number | null | undefined): string {
  const sent = value.split('.')[1]?.length ?? 0;
  return print(value, fixed(Math.min(decimals ?? sent, PRICE_DIGITS_LIMIT)));
}

/** "0.1%" of a rate such as 0.001, with no more digits than it has. */
export function rate(value: Amount): string {
  return print(value, { style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 6 });
}

/** "$1.2K" on chart axes only; cents only where the steps have some. */
export function axisMoney(value: number, step: number): string {
  if (Math.abs(value) >= 10_000) return print(value, { style: 'currency', currency: 'USD', notation: 'compact', maximumFractionDigits: 1 });
  return print(value, { style: 'currency', currency: 'USD', ...fixed(Number.isInteger(step) ? 0 : 2), ...UNSIGNED_ZERO });
}
