import { expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { FixedWindow } from './fixed-window.ts';

const windowOf = (limits: { most?: number; maxKeys?: number }, clock = new ManualClock()) => ({
  clock,
  window: new FixedWindow({ most: 2, windowMs: 60_000, maxKeys: 3, ...limits }, clock),
});

test('a key may have so many, whatever the others have', () => {
  const { window } = windowOf({});
  expect([window.take('a'), window.take('a'), window.take('a'), window.take('b')]).toEqual([true, true, false, true]);
});

test('the next window counts anew, and it is told when that is', () => {
  const { window, clock } = windowOf({ most: 1 });
  window.take('a');
  expect([window.take('a'), window.restMs]).toEqual([false, 60_000]);
  clock.advance(59_999);
  expect([window.take('a'), window.restMs]).toEqual([false, 1]);
  clock.advance(1);
  expect(window.take('a')).toBe(true);
});

test('keys beyond the most that are kept share one count, known ones keep theirs', () => {
  const { window } = windowOf({ most: 2, maxKeys: 2 });
  expect([window.take('a'), window.take('b')]).toEqual([true, true]);
  expect(['c', 'd', 'e', 'f'].map((key) => window.take(key))).toEqual([true, true, false, false]);
  expect([window.take('a'), window.take('a')]).toEqual([true, false]);
});
