import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { AgreedTime, ToldTime } from './agreed-time.ts';

const HOUR_MS = 3_600_000;
let clock: ManualClock;
let time: AgreedTime;
/** By how much the host's wall clock is ahead of the exchange. */
let aheadMs: number;

beforeEach(() => {
  clock = new ManualClock();
  time = new AgreedTime({
    monotonicMs: () => clock.monotonicMs(),
    now: () => new Date(clock.now().getTime() + aheadMs),
    after: () => () => {},
    every: () => () => {},
  });
  aheadMs = 0;
});

const trueMs = (): number => clock.now().getTime();
/** An answer and an event, so much older than they should be. */
function pass({ answerMs = 40, tookMs = 80, eventMs = 50 }: { answerMs?: number; tookMs?: number; eventMs?: number | null } = {}): void {
  clock.advance(5_000);
  if (eventMs !== null) time.heard(trueMs() - eventMs);
  time.answered(trueMs() - answerMs, clock.monotonicMs() - tookMs);
}
const offMs = (): number | null => (time.nowMs === null ? null : Math.round(time.nowMs - trueMs()) + 0);

describe('the exchange’s time is beyond doubt', () => {
  test.each([0, HOUR_MS, -HOUR_MS])('after two answers and an event, where the host is %i ms ahead', (ahead) => {
    aheadMs = ahead;
    pass();
    expect(offMs()).toBeNull();
    pass();
    expect(offMs()).toBe(0);
    clock.advance(4_000);
    expect(offMs()).toBe(0);
  });

  test.each<[string, Parameters<typeof pass>[0]]>([
    ['answers took too long', { answerMs: 3_000, tookMs: 6_000 }],
    ['answers are old although they came at once', { answerMs: 3_000 }],
    ['all of the stream is late', { eventMs: 8_000 }],
    ['an event tells a wrong time', { eventMs: -HOUR_MS }],
    ['both answers are wrong', { answerMs: -HOUR_MS }],
    ['no stream is heard', { eventMs: null }],
  ])('not where %s', (_, wrong) => {
    pass(wrong);
    pass(wrong);
    expect(offMs()).toBeNull();
  });

  test('not after one wrong answer, until two right ones have come', () => {
    const known = [{}, {}, { answerMs: -HOUR_MS }, {}, {}].map((answer) => {
      pass(answer);
      return offMs();
    });
    expect(known).toEqual([null, 0, null, null, 0]);
  });

  test('not where the host’s clocks have parted since: its wall clock was set, or it has slept', () => {
    pass();
    pass();
    aheadMs = 8 * HOUR_MS;
    expect(offMs()).toBeNull();
    pass();
    expect(offMs()).toBeNull();
    pass();
    expect(offMs()).toBe(0);
  });

  test('not from an event of long ago', () => {
    pass();
    pass();
    clock.advance(11_000);
    expect(offMs()).toBeNull();
  });
});

test('a told time is known for ten minutes, and not once it is said to be unknown', () => {
  const told = new ToldTime(clock);
  expect(told.nowMs).toBeNull();
  told.told(1_000);
  clock.advance(600_000);
  expect(told.nowMs).toBe(601_000);
  clock.advance(1);
  expect(told.nowMs).toBeNull();
  told.told(1_000);
  told.told(null);
  expect(told.nowMs).toBeNull();
});
