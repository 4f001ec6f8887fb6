import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal } from '../../src/kernel/decimal.ts';
import { levelsAround } from './levels.ts';

const price = fc.record({ units: fc.integer({ min: 100, max: 10_000_000 }), decimals: fc.integer({ min: 0, max: 8 }) });
const distance = fc.double({ min: 0.0001, max: 0.1, noNaN: true });

test('levels stand on their sides of the entry, on the ladder, at least as far away as asked and less than a step more', () => {
  fc.assert(
    fc.property(price, fc.constantFrom('LONG', 'SHORT'), distance, distance, ({ units, decimals }, direction, takeProfit, stopLoss) => {
      const step = new Decimal(10).pow(-decimals);
      const entry = step.times(units);
      const levels = levelsAround(entry.toFixed(decimals), direction, { takeProfit, stopLoss }, decimals);
      const sign = direction === 'LONG' ? 1 : -1;
      for (const [text, asked, side] of [
        [levels.takeProfit, takeProfit, sign],
        [levels.stopLoss, stopLoss, -sign],
      ] as const) {
        const away = new Decimal(text).minus(entry).times(side);
        const least = Decimal.max(entry.times(asked), step);
        expect(away.gte(least) && away.lt(least.plus(step))).toBe(true);
        expect(text).toBe(new Decimal(text).toFixed(decimals));
      }
    }),
  );
});

test('a level that would not be above zero is refused', () => {
  expect(() => levelsAround('0.01', 'LONG', { takeProfit: 0.5, stopLoss: 0.5 }, 2)).toThrow('not above zero');
});
