import { expect, test } from 'vitest';
import { Decimal } from '../kernel/decimal.ts';
import { excursionsOf } from './excursions.ts';

const extremes = { lowest: new Decimal('97'), highest: new Decimal('106.5'), resolution: '1m' } as const;
const position = { entryPrice: new Decimal(100), quantity: new Decimal('1.5') };
const plain = (excursion: { price: Decimal; percent: Decimal; amount: Decimal }) =>
  [excursion.price, excursion.percent, excursion.amount].map(String);

test('against a LONG goes down, for it up', () => {
  const { adverse, favourable } = excursionsOf({ ...position, direction: 'LONG' }, extremes);
  expect(plain(adverse)).toEqual(['97', '3', '4.5']);
  expect(plain(favourable)).toEqual(['106.5', '6.5', '9.75']);
});

test('against a SHORT goes up, for it down', () => {
  const { adverse, favourable } = excursionsOf({ ...position, direction: 'SHORT' }, extremes);
  expect(plain(adverse)).toEqual(['106.5', '6.5', '9.75']);
  expect(plain(favourable)).toEqual(['97', '3', '4.5']);
});

test('rounds once, half away from zero, at the eighth decimal', () => {
  const { adverse } = excursionsOf(
    { direction: 'LONG', entryPrice: new Decimal(3), quantity: new Decimal('33.333333333333333333') },
    { lowest: new Decimal(2), highest: new Decimal(3), resolution: '1s' },
  );
  expect(plain(adverse)).toEqual(['2', '33.33333333', '33.33333333']);
});

test('a price that never moved is no excursion', () => {
  const { adverse, favourable } = excursionsOf(
    { ...position, direction: 'SHORT' },
    { lowest: new Decimal(100), highest: new Decimal(100), resolution: '1s' },
  );
  expect([plain(adverse), plain(favourable)]).toEqual([
    ['100', '0', '0'],
    ['100', '0', '0'],
  ]);
});
