import { expect, test } from 'vitest';
import { addDecimals } from './decimal.ts';

test('sums are exact where doubles are not', () => {
  expect(addDecimals(['0.1', '0.2'])).toBe('0.3');
  expect(addDecimals(['-1.70000001', '0.00000001'])).toBe('-1.7');
  expect(addDecimals(['99999999999999.99999999', '0.00000001'])).toBe('100000000000000');
});

test('nothing sums to zero, and opposite amounts cancel out without a sign', () => {
  expect(addDecimals([])).toBe('0');
  expect(addDecimals(['-2.5', '2.5'])).toBe('0');
});

test('keeps the sign of amounts below one', () => {
  expect(addDecimals(['-0.00000001'])).toBe('-0.00000001');
});
