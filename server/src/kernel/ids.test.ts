import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { idsFrom, isUuid } from './ids.ts';

describe('ids', () => {
  test('are UUIDs of version 7 and variant 10 that hold the clock’s time', () => {
    const clock = new ManualClock(new Date('2026-11-22T20:33:00.123Z'));
    const id = idsFrom(clock, randomBytes)();
    expect(isUuid(id)).toBe(true);
    expect(id[14]).toBe('7');
    expect('89ab').toContain(id[19]);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-11-22T20:33:00.123Z'));
  });

  test('sort by the time they were made', () => {
    const clock = new ManualClock();
    const newId = idsFrom(clock, randomBytes);
    const ids = Array.from({ length: 200 }, () => {
      clock.advance(1);
      return newId();
    });
    expect(ids.toSorted()).toEqual(ids);
  });

  test('differ within one millisecond', () => {
    const newId = idsFrom(new ManualClock(), randomBytes);
    expect(new Set(Array.from({ length: 10_000 }, newId)).size).toBe(10_000);
  });

  test('come from the given clock and randomness alone', () => {
    const zeros = () => new Uint8Array(16);
    expect(idsFrom(new ManualClock(), zeros)()).toBe(idsFrom(new ManualClock(), zeros)());
  });
});

describe('isUuid', () => {
  test.for(['0192f1c0-0000-7000-8000-000000000000', '0192F1C0-ABCD-7000-8000-00000000000F'])('%s is one', (text) => {
    expect(isUuid(text)).toBe(true);
  });
  test.for([
    '',
    '0192f1c0000070008000000000000000',
    '{0192f1c0-0000-7000-8000-000000000000}',
    ' 0192f1c0-0000-7000-8000-000000000000',
    '0192f1c0-0000-7000-8000-000000000000\n',
    '0192f1c0-0000-7000-8000-00000000000g',
    '0192f1c0-0000-7000-8000-00000000000',
    "0192f1c0-0000-7000-8000-000000000000'; --",
  ])('%j is none', (text) => {
    expect(isUuid(text)).toBe(false);
  });
});
