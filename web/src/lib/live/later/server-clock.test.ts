import { expect, test } from 'vitest';
import { ServerClock } from './server-clock.ts';

const LOCAL = Date.parse('2026-11-22T12:00:00.000Z');
const at = (ms: number): string => new Date(ms).toISOString();

test('a clock that is an hour slow is put right', () => {
  const clock = new ServerClock();
  clock.observe(at(LOCAL + 3_600_000 - 40), LOCAL);
  expect(clock.offsetMs).toBe(3_600_000 - 40);
});

test('a message that was held up does not make old prices look young', () => {
  const clock = new ServerClock();
  clock.observe(at(LOCAL - 30), LOCAL);
  clock.observe(at(LOCAL - 25_000), LOCAL + 1_000);
  expect(clock.offsetMs).toBe(-30);
});

test('follows a clock that was set anew once the old messages are forgotten', () => {
  const clock = new ServerClock();
  clock.observe(at(LOCAL), LOCAL);
  for (let i = 0; i < 20; i++) clock.observe(at(LOCAL), LOCAL + 60_000);
  expect(clock.offsetMs).toBe(-60_000);
});
