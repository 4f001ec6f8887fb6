import { expect, test } from 'vitest';
import { shortChange } from './short-change.ts';

test('cents are printed where they fit, and zero is neutral once it is rounded', () => {
  const texts = ['1.2', '-99.994', '-140.5', '9999', '12345', '0.004'].map((value) => shortChange(value).text);
  expect(texts).toEqual(['+1.20', '\u221299.99', '\u2212141', '+9,999', '+12.3K', '0.00']);
  expect(shortChange('0.004').direction).toBe('flat');
  expect(shortChange('-0.01').direction).toBe('down');
});
