import { expect, test } from 'vitest';
import { bars, columns, HEIGHT } from './bars.ts';

test('bars share a zero: gains to the right, losses to the left, in proportion', () => {
  expect(bars([30, -10, 0])).toEqual({
    zero: 25,
    bars: [
      { x: 25, width: 75 },
      { x: 0, width: 25 },
      { x: 25, width: 0 },
    ],
  });
  expect(bars([5, 10]).zero).toBe(0);
  expect(bars([0])).toEqual({ zero: 0, bars: [{ x: 0, width: 0 }] });
});

test('columns share a zero: gains above it, losses below, in proportion', () => {
  const { zero, columns: drawn, ticks } = columns([3, -1]);
  expect(zero).toBe(0.75 * HEIGHT);
  expect(drawn.map(({ y, height }) => [y, height])).toEqual([
    [0, 0.75 * HEIGHT],
    [0.75 * HEIGHT, 0.25 * HEIGHT],
  ]);
  expect(ticks.some(({ value }) => value === 0)).toBe(true);
  expect(columns([]).columns).toEqual([]);
});
