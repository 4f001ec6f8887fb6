import { expect, test } from 'vitest';
import { seededRandom } from '../price-model.ts';
import { firstAggIdAt } from '../symbols.ts';
import { PriceHistory, TICK_EVERY_MS } from './price-history.ts';

const endMs = Date.UTC(2026, 10, 23, 6, 30);
const history = (seed = 1, days = 2) => new PriceHistory({ endPrice: 42_500, endMs, days, volatility: 0.03, random: seededRandom(seed) });

test('ends at the price it is given, before the end, and began days earlier', () => {
  const past = history();
  expect(past.length).toBe(2_880);
  expect(past.textOf(past.length - 1, 1)).toBe('42500.0');
  expect(past.timeMsOf(past.length - 1)).toBeLessThan(endMs);
  expect(past.timeMsOf(0) - (endMs - 2 * 86_400_000)).toBeLessThan(TICK_EVERY_MS);
});

test('a day changes the price by about its volatility', () => {
  const changes = Array.from({ length: 200 }, (_, seed) => {
    const past = history(seed, 1);
    return Math.log(past.priceOf(past.length - 1, 2) / past.priceOf(0, 2));
  });
  const deviation = Math.sqrt(changes.reduce((sum, change) => sum + change ** 2, 0) / changes.length);
  expect(deviation).toBeGreaterThan(0.026);
  expect(deviation).toBeLessThan(0.034);
});

test('times and ids rise, and the tick of a moment is the newest that is not later', () => {
  const past = history();
  for (let index = 1; index < past.length; index++) {
    expect(past.idOf(index)).toBeGreaterThan(past.idOf(index - 1));
    expect(past.idOf(index)).toBe(firstAggIdAt(new Date(past.timeMsOf(index))));
    expect(past.indexAt(past.timeMsOf(index))).toBe(index);
    expect(past.indexAt(past.timeMsOf(index) - 1)).toBe(index - 1);
  }
  expect(past.indexAt(past.timeMsOf(0) - 1)).toBe(-1);
  expect(past.indexAt(endMs + 1e9)).toBe(past.length - 1);
});

test('a price as a number is the double of its text', () => {
  const past = history();
  for (const decimals of [0, 1, 2, 5, 8])
    for (let index = 0; index < past.length; index += 7) expect(past.priceOf(index, decimals)).toBe(Number(past.textOf(index, decimals)));
});
