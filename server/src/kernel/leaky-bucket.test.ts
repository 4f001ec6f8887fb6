import { expect, test } from 'vitest';
import { LeakyBucket, LeakyBuckets } from './leaky-bucket.ts';

const SIZE = { capacity: 100, leakPerSecond: 10 };

function clockAt(startMs = 5_000) {
  return { nowMs: startMs, monotonicMs() { return this.nowMs; } }; // prettier-ignore
}

test('takes what fits in, refuses the rest whole, and leaks steadily', () => {
  const clock = clockAt();
  const bucket = new LeakyBucket(SIZE, clock);
  expect([bucket.take(60), bucket.take(41), bucket.take(40)]).toEqual([true, false, true]);
  expect(bucket.state()).toEqual({ limit: 100, remaining: 0, resetSeconds: 10 });
  expect([bucket.secondsUntil(1), bucket.secondsUntil(25)]).toEqual([1, 3]);
  clock.nowMs += 2_500;
  expect(bucket.state()).toEqual({ limit: 100, remaining: 25, resetSeconds: 8 });
  expect([bucket.take(26), bucket.take(25)]).toEqual([false, true]);
  clock.nowMs += 3_600_000;
  expect(bucket.state()).toEqual({ limit: 100, remaining: 100, resetSeconds: 0 });
});

test('what was spent already is owed, up to as much again as fits in', () => {
  const clock = clockAt();
  const bucket = new LeakyBucket(SIZE, clock);
  bucket.charge(1_000);
  expect(bucket.state()).toMatchObject({ remaining: 0, resetSeconds: 20 });
  expect([bucket.take(1), bucket.secondsUntil(1)]).toEqual([false, 11]);
  clock.nowMs += 11_000;
  expect(bucket.take(10)).toBe(true);
});

test('each key has its own; the longest unused is forgotten when there are too many', () => {
  const buckets = new LeakyBuckets(SIZE, 2, clockAt());
  buckets.of('a').take(100);
  buckets.of('b').take(100);
  expect(buckets.of('a').take(1)).toBe(false);
  buckets.of('c').take(1);
  expect([buckets.of('a').take(1), buckets.of('b').take(1)]).toEqual([false, true]);
});
