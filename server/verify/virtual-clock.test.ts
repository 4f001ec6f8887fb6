import { expect, test } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

test('timers run in the order of their times, each at its own', () => {
  const clock = new VirtualClock(1_000);
  const ran: [string, number][] = [];
  const note = (name: string) => () => ran.push([name, clock.monotonicMs()]);
  clock.after(30, note('later'));
  clock.after(10, note('sooner'));
  clock.every(20, note('again'));
  clock.after(5, note('cancelled'))();
  expect(clock.nextInMs).toBe(10);
  clock.advance(40);
  expect(ran).toEqual([
    ['sooner', 10],
    ['again', 20],
    ['later', 30],
    ['again', 40],
  ]);
  expect(clock.now().getTime()).toBe(1_040);
});

test('after a leap everything that fell due runs once, late', () => {
  const clock = new VirtualClock(0);
  const ran: number[] = [];
  clock.every(10, () => ran.push(clock.monotonicMs()));
  clock.leap(1_005);
  expect(ran).toEqual([1_005]);
  clock.advance(10);
  expect(ran).toEqual([1_005, 1_015]);
});
