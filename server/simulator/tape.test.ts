import { expect, test } from 'vitest';
import { fittingTickSize, listingOf } from './listing.ts';
import { Tape } from './tape.ts';

const print = (timeMs: number, price = '1') => ({ price, quantity: '1', timeMs, buyerIsMaker: false });

test('the oldest trades are forgotten, their candles are not', () => {
  const tape = new Tape({ marketType: 'SPOT', firstAggId: 0, maxTrades: 100 });
  for (let i = 0; i < 1_000; i++) tape.append(print(i * 1_000, String(1 + i)));
  const kept = tape.fromId(0, 1_000);
  expect(kept.length).toBeLessThanOrEqual(110);
  expect(kept.at(-1)?.id).toBe(999);
  expect(tape.candles(60_000).at(0)).toBeUndefined();

  const watched = new Tape({ marketType: 'SPOT', firstAggId: 0, maxTrades: 100 });
  watched.candles(60_000);
  for (let i = 0; i < 1_000; i++) watched.append(print(i * 1_000, String(1 + i)));
  expect(watched.candles(60_000).at(0)).toMatchObject({ open: '1', high: '60', close: '60' });
});

test('a trade with its own ids must come after the last', () => {
  const tape = new Tape({ marketType: 'SPOT', firstAggId: 0, maxTrades: 100 });
  tape.put({ ...print(1), id: 13_519_807, firstId: 20, lastId: 22 });
  expect(() => tape.put({ ...print(2), id: 13_519_807, firstId: 23, lastId: 23 })).toThrow(RangeError);
  expect(tape.append(print(3))).toMatchObject({ id: 13_519_808, firstId: 23 });
});

test('a symbol known only by name and price is listed with what fits', () => {
  expect(fittingTickSize('42500')).toBe('0.01');
  expect(fittingTickSize('0.62')).toBe('0.00001');
  expect(fittingTickSize('0.0000081')).toBe('0.00000001');
  expect(fittingTickSize('100.123456')).toBe('0.000001');
  const defaults = { firstAggId: 0, maxTrades: 1 };
  expect(listingOf({ marketType: 'SPOT', symbol: 'XRPETH' }, defaults)).toMatchObject({ baseAsset: 'XRP', quoteAsset: 'ETH' });
  expect(listingOf({ marketType: 'SPOT', symbol: 'USDT' }, defaults)).toMatchObject({ quoteAsset: 'USDT' });
});
