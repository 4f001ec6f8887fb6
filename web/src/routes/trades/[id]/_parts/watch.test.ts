import { expect, test } from 'vitest';
import { price } from '#lib/format/number.ts';
import { receiptText } from '#lib/text/later/receipt.ts';
import { watchWords, type Stretch } from './watch.ts';

const at = (minute: number): string => new Date(Date.parse('2026-11-22T12:00:00.000Z') + minute * 60_000).toISOString();
const stretch = (from: number, to: number, source: Stretch['source']): Stretch => ({ from: at(from), to: at(to), source });

test('how a trade was watched is said in words: live, looked up, or how much of each', () => {
  expect(watchWords([])).toBe('Nothing is known yet of how its symbol was watched.');
  expect(watchWords([stretch(0, 90, 'LIVE')])).toBe('Its symbol was watched live, without a gap, for all of the 1 h 30 min.');
  expect(watchWords([stretch(0, 60, 'BACKFILL'), stretch(60, 120, 'CANDLE')])).toBe(
    'All of the 2 h was looked up afterwards; none of it was watched live.',
  );
  expect(watchWords([stretch(0, 60, 'LIVE'), stretch(60, 65, 'BACKFILL'), stretch(65, 70, 'CANDLE'), stretch(70, 190, 'LIVE')])).toBe(
    'Its symbol was watched live for 3 h of 3 h 10 min; the other 10 min was looked up afterwards, so that no price is left out.',
  );
});

test('a closure by candle names no trade, one by a trade its id', () => {
  const { evidenceText, source } = receiptText;
  expect(evidenceText(source.CANDLE, null, price('90', 0))).toBe('Candle, price 90');
  expect(evidenceText(source.LIVE, '1234', price('90', 0))).toBe('Live trade 1234, price 90');
});
