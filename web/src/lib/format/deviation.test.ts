import { expect, test } from 'vitest';
import { entryDeviation } from './deviation.ts';

test('says plainly how far from the market a bot entered', () => {
  expect([0.349, -12.5, 0.004, 0, null].map(entryDeviation)).toEqual([
    '0.35% above market',
    '12.50% below market',
    'at the market',
    'at the market',
    '',
  ]);
});
