import { byDigits, print, SIGNED, toChange, type Amount, type Change } from '../number.ts';

const signed = byDigits(SIGNED);
const COMPACT: Intl.NumberFormatOptions = { notation: 'compact', maximumFractionDigits: 1, ...SIGNED };

/** "+1.20", "−140", "+12.3K": money where there is little room and the unit is said beside it; cents where they fit. */
export function shortChange(value: Amount): Change {
  const size = Math.abs(Number(value));
  return toChange(print(value, size < 100 ? signed(2) : size < 10_000 ? signed(0) : COMPACT));
}
