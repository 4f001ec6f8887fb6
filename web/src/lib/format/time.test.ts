import { expect, test } from 'vitest';
import { age, clock, date, dateTime, daysBetween, duration, timeOf } from './time.ts';

const at = '2026-11-22T23:05:09.400Z';

test('the zone is always said, never the machine’s', () => {
  expect(dateTime(at, 'UTC')).toBe('2026-11-22 23:05');
  expect(dateTime(at, 'Asia/Tokyo')).toBe('2026-11-23 08:05');
  expect(date(at, 'Asia/Tokyo')).toBe('2026-11-23');
  expect(clock(at, 'UTC')).toBe('23:05:09');
  expect(clock('2026-11-22T00:00:00.000Z', 'UTC')).toBe('00:00:00');
});

test('a zone that is UTC by another name is written as UTC is', () => {
  for (const instant of [at, '1970-01-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z', Date.parse(at)])
    for (const write of [date, dateTime, clock]) expect(write(instant, 'Etc/GMT')).toBe(write(instant, 'UTC'));
});

test('a time of today is a clock, one of another day has its date', () => {
  const now = Date.parse('2026-11-22T23:30:00.000Z');
  expect(timeOf(at, now, 'UTC')).toBe('23:05:09 UTC');
  expect(timeOf('2026-11-19T23:05:09.400Z', now, 'UTC')).toBe('2026-11-19 23:05 UTC');
  expect(timeOf('2026-11-22T14:05:09.000Z', now, 'Asia/Tokyo')).toBe('2026-11-22 23:05');
});

test('durations have two units at most', () => {
  expect([0, 59.9, 60, 3599, 3600, 11_520, 86_400, 270_000].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '3 h 12 min',
    '1 d',
    '3 d 3 h',
  ]);
});

test('the age of a price has tenths while it is young and is never negative', () => {
  expect([-200, 400, 7_040, 47_000, 150_000].map(age)).toEqual(['0.0 s', '0.4 s', '7.0 s', '47 s', '2 min']);
});

test('the first day counts as one', () => {
  expect(daysBetween('2026-11-22T10:00:00.000Z', '2026-11-22T10:00:01.000Z')).toBe(1);
  expect(daysBetween('2026-08-24T00:00:00.000Z', '2026-11-22T00:00:00.000Z')).toBe(90);
});
