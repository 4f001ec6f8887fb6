/** Exact sums of the decimal strings that the API sends. Digits beyond the 18th after the point do not occur (see the API's Decimal). */

const SCALE_DIGITS = 18;

function toScaled(value: string): bigint {
  const negative = value.startsWith('-');
  const [whole = '0', fraction = ''] = value.replace('-', '').split('.');
  const scaled = BigInt(whole + fraction.slice(0, SCALE_DIGITS).padEnd(SCALE_DIGITS, '0'));
  return negative ? -scaled : scaled;
}

function fromScaled(scaled: bigint): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(SCALE_DIGITS + 1, '0');
  const whole = digits.slice(0, -SCALE_DIGITS);
  const fraction = digits.slice(-SCALE_DIGITS).replace(/0+$/, '');
  return (scaled < 0n ? '-' : '') + whole + (fraction ? `.${fraction}` : '');
}

/** The exact sum, without exponent and without trailing zeros; "0" of nothing. */
export function addDecimals(values: Iterable<string>): string {
  let sum = 0n;
  for (const value of values) sum += toScaled(value);
  return fromScaled(sum);
}
