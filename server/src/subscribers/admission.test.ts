import { expect, test } from 'vitest';
import { Admission } from './admission.ts';
import { MessageRate } from './message-rate.ts';

test('so many of one address and so many of all; a place left is free again, once', () => {
  const admission = new Admission({ maxSockets: 3, maxSocketsPerAddress: 2 });
  const one = admission.enter('a');
  admission.enter('a');
  expect(admission.enter('a')).toEqual({ refused: 'TOO_MANY_CONNECTIONS' });
  admission.enter('b');
  expect(admission.enter('b')).toEqual({ refused: 'SERVER_FULL' });
  if ('refused' in one) throw new Error(one.refused);
  one.leave();
  one.leave();
  expect(admission.enter('c')).toHaveProperty('leave');
  expect(admission.enter('a')).toEqual({ refused: 'SERVER_FULL' });
});

test('a socket that sends too much is first above its rate and then a flood', () => {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const rate = new MessageRate({ maxMessagesPerMinute: 10, floodPerMinute: 60 }, clock);
  const count = (times: number) => Array.from({ length: times }, () => rate.count()).every(Boolean);
  expect([count(10), rate.isAbove, count(1), rate.isAbove]).toEqual([true, false, true, true]);
  clock.nowMs += 30_000;
  expect([count(1), rate.isAbove]).toEqual([true, false]);
  expect([count(60), rate.isAbove]).toEqual([false, true]);
});
