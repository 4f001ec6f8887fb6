import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { AnswerCounter } from './answer-counter.ts';
import type { AnswerCount } from './answer-counter.ts';

const START = new Date('2026-01-01T10:59:59.999Z');

/** A store whose writes end when the test says so. */
function open() {
  const clock = new ManualClock(START);
  const written: string[][] = [];
  const ends: { done: () => void; fail: () => void }[] = [];
  const store = {
    add: (counts: readonly AnswerCount[]) =>
      new Promise<void>((resolve, reject) => {
        written.push(counts.map(({ botId, hour, answer, count }) => `${botId} ${hour.toISOString().slice(11, 16)} ${answer} ${count}`));
        ends.push({ done: resolve, fail: () => reject(new Error('the database is away')) });
      }),
  };
  return { clock, written, ends, counter: new AnswerCounter(store, clock, silentLog, { retryMs: 5_000 }) };
}

describe('answers are counted', () => {
  test('at once when nothing is being written, and together when something is', async () => {
    const { written, ends, counter } = open();
    counter.count('a', 'DUPLICATE');
    expect(written).toEqual([['a 10:00 DUPLICATE 1']]);
    for (let each = 0; each < 1_000; each += 1) counter.count('a', 'SYMBOL_UNKNOWN');
    counter.count('b', 'SYMBOL_UNKNOWN');
    expect(written).toHaveLength(1);
    const settled = counter.settled();
    ends[0]!.done();
    await Promise.resolve();
    await Promise.resolve();
    expect(written[1]).toEqual(['a 10:00 SYMBOL_UNKNOWN 1000', 'b 10:00 SYMBOL_UNKNOWN 1']);
    ends[1]!.done();
    await settled;
    expect(written).toHaveLength(2);
  });

  test('in the hour in which they were given', async () => {
    const { clock, written, ends, counter } = open();
    counter.count('a', 'DUPLICATE');
    ends[0]!.done();
    await counter.settled();
    clock.advance(1);
    counter.count('a', 'DUPLICATE');
    expect(written[1]).toEqual(['a 11:00 DUPLICATE 1']);
  });

  test('also when a write fails: with what came meanwhile, after a wait or before somebody reads', async () => {
    const { clock, written, ends, counter } = open();
    counter.count('a', 'DUPLICATE');
    ends[0]!.fail();
    await counter.settled();
    counter.count('a', 'DUPLICATE');
    expect(written).toHaveLength(1);
    clock.advance(5_000);
    expect(written[1]).toEqual(['a 10:00 DUPLICATE 2']);
    ends[1]!.fail();
    await counter.settled();
    const settled = counter.settled();
    expect(written[2]).toEqual(['a 10:00 DUPLICATE 2']);
    ends[2]!.done();
    await settled;
    expect(clock.waiting).toBe(0);
  });

  test('before it stops', async () => {
    const { written, ends, counter } = open();
    counter.count('a', 'DUPLICATE');
    counter.count('a', 'DUPLICATE');
    const stopped = counter.stop();
    ends[0]!.done();
    await Promise.resolve();
    await Promise.resolve();
    ends[1]!.done();
    await stopped;
    expect(written.flat()).toEqual(['a 10:00 DUPLICATE 1', 'a 10:00 DUPLICATE 1']);
  });
});
