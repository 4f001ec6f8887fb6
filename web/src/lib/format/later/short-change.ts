import { fixed, print, SIGNED, toChange, type Amount, type Change } from '../number.ts';

/** "+1.20", "−140", "+12.3K": money where there is little room and the unit is said beside it; cents where they fit. */
export function shortChange(value: Amount): Change {
  const size = Math.abs(Number(value));
  const options = size < 100 ? fixed(2) : size < 10_000 ? fixed(0) : ({ notation: 'compact', maximumFractionDigits: 1 } as const);
  return toChange(print(value, { ...options, ...SIGNED }));
}
