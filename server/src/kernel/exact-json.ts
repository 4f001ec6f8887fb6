import { Decimal } from './decimal.ts';

/**
 * Reads a JSON body so that no digit of a number is lost unseen. JSON.parse makes every number a double: a price sent as
 * 0.12345678901234567890 would arrive as another price. Such a number, and one with an exponent, is handed on as the text
 * that was sent, which Decimal judges by the same rule as a string.
 */
export function parseExactly(body: string): unknown {
  return JSON.parse(body, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    const { source } = context;
    if (/^[\d.]+$/.test(source) && source === String(value)) return value; // most are, and a list of thousands should not take long
    const isExact = !/[eE]/.test(source) && new Decimal(source).eq(value);
    return isExact ? value : source;
  });
}
