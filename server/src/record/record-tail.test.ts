import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { nextTurn, stateOf } from '../../testkit/turns.ts';
import type { RecordEvent } from './event.ts';
import { RecordTail } from './record-tail.ts';
import type { RecordReader } from './record-tail.ts';

/** A stored record whose reads are answered when the test lets them, with what was stored when they were asked. */
class Stored implements RecordReader {
  readonly reads: { readonly after: bigint; readonly settle: (fail?: Error) => void }[] = [];
  last: bigint;

  constructor(last = 0n) {
    this.last = last;
  }

  head(): Promise<bigint> {
    return Promise.resolve(this.last);
  }

  readAfter(after: bigint, limit: number): Promise<RecordEvent[]> {
    const count = Math.min(limit, Number(this.last - after));
    const events = Array.from({ length: count }, (_, index) => ({ sequence: after + BigInt(index + 1) }) as RecordEvent);
    return new Promise((resolve, reject) => {
      this.reads.push({ after, settle: (fail) => (fail ? reject(fail) : resolve(events)) });
    });
  }

  async answer(fail?: Error): Promise<void> {
    this.reads.shift()?.settle(fail);
    await nextTurn();
  }

  async answerAll(): Promise<void> {
    while (this.reads.length > 0) await this.answer();
  }
}

const event = (sequence: bigint): RecordEvent => ({ sequence }) as RecordEvent;

async function open({ last = 0n, pageSize = 3 } = {}) {
  const [stored, clock] = [new Stored(last), new ManualClock()];
  const warnings: unknown[] = [];
  const log = { ...silentLog, warn: (fields: object) => void warnings.push(fields) };
  const tail = new RecordTail(stored, clock, log, { pageSize, pollIntervalMs: 1_000 });
  await tail.start();
  const heard: bigint[] = [];
  const cancel = tail.onEvent(({ sequence }) => heard.push(sequence));
  return { stored, clock, tail, heard, cancel, warnings };
}

describe('the tail of the record', () => {
  test('begins with the next event after the newest stored one', async () => {
    const { stored, tail, heard } = await open({ last: 7n });
    expect(tail.position).toBe(7n);
    stored.last = 9n;
    tail.wake();
    await stored.answerAll();
    expect(heard).toEqual([8n, 9n]);
    expect(tail.position).toBe(9n);
  });

  test('many wakes during a read lead to one more read, and nothing is told twice', async () => {
    const { stored, tail, heard } = await open();
    stored.last = 1n;
    for (let each = 0; each < 10; each += 1) tail.wake();
    expect(stored.reads).toHaveLength(1);
    stored.last = 2n;
    tail.wake();
    await stored.answer();
    expect(heard).toEqual([1n]);
    expect(stored.reads).toHaveLength(1);
    await stored.answer();
    expect(heard).toEqual([1n, 2n]);
    expect(stored.reads).toHaveLength(0);
  });

  test('reads on past a full page without another wake', async () => {
    for (const count of [2, 3, 4, 6, 7]) {
      const { stored, tail, heard } = await open({ pageSize: 3 });
      stored.last = BigInt(count);
      tail.wake();
      await stored.answerAll();
      expect(heard).toEqual(Array.from({ length: count }, (_, index) => BigInt(index + 1)));
    }
  });

  test('without any wake, finds what was written by the next poll', async () => {
    const { stored, clock, heard } = await open();
    stored.last = 2n;
    clock.advance(999);
    expect(stored.reads).toHaveLength(0);
    clock.advance(1);
    await stored.answerAll();
    expect(heard).toEqual([1n, 2n]);
  });

  test('a failed read is logged and the next wake or poll reads from the same place', async () => {
    const { stored, clock, tail, heard, warnings } = await open();
    stored.last = 2n;
    tail.wake();
    await stored.answer(new Error('the database is away'));
    expect([heard, warnings.length, tail.position]).toEqual([[], 1, 0n]);
    tail.wake();
    await stored.answer(new Error('the database is away'));
    clock.advance(1_000);
    await stored.answerAll();
    expect(heard).toEqual([1n, 2n]);
  });

  test('a wake that came during a read that fails is not forgotten', async () => {
    const { stored, tail, heard } = await open();
    stored.last = 1n;
    tail.wake();
    tail.wake();
    await stored.answer(new Error('the database is away'));
    await stored.answerAll();
    expect(heard).toEqual([1n]);
  });

  test('a wake at the very end of a read, before anybody else has a turn, is not forgotten', async () => {
    // A commit may be answered in any microtask: the wake is put into each of those that follow the end of a read.
    for (let microtasks = 0; microtasks < 12; microtasks += 1) {
      const { stored, tail, heard } = await open();
      tail.wake();
      stored.reads.shift()?.settle();
      for (let each = 0; each < microtasks; each += 1) await Promise.resolve();
      stored.last = 1n;
      tail.wake();
      await nextTurn();
      await stored.answerAll();
      expect(heard, `after ${microtasks} microtasks`).toEqual([1n]);
    }
  });

  test('what a writer says is told at once where it comes next, and else only with what comes before it', async () => {
    const { stored, tail, heard } = await open();
    stored.last = 1n;
    tail.wrote([event(1n)]);
    expect([heard, stored.reads.length]).toEqual([[1n], 0]);
    stored.last = 4n;
    tail.wrote([event(3n), event(4n)]);
    expect(heard).toEqual([1n]);
    tail.wrote([event(2n)]); // while that is read
    expect(heard).toEqual([1n, 2n]);
    await stored.answerAll();
    expect(heard).toEqual([1n, 2n, 3n, 4n]);
  });

  test('a writer who does not know what was written says so by nothing', async () => {
    const { stored, tail, heard } = await open();
    stored.last = 1n;
    tail.wrote([]);
    await stored.answerAll();
    expect(heard).toEqual([1n]);
  });

  test('what is said after the stop is not told', async () => {
    const { tail, heard } = await open();
    await tail.stop();
    tail.wrote([event(1n)]);
    expect(heard).toEqual([]);
  });

  test('tells every listener, and a cancelled one no more', async () => {
    const { stored, tail, heard, cancel } = await open();
    const other: bigint[] = [];
    tail.onEvent(({ sequence }) => other.push(sequence));
    stored.last = 1n;
    tail.wake();
    await stored.answerAll();
    cancel();
    stored.last = 2n;
    tail.wake();
    await stored.answerAll();
    expect([heard, other]).toEqual([[1n], [1n, 2n]]);
  });

  test('says its position before it tells, so that a listener can begin a stream there', async () => {
    const { stored, tail } = await open();
    const positions: bigint[] = [];
    tail.onEvent(() => positions.push(tail.position));
    stored.last = 3n;
    tail.wake();
    await stored.answerAll();
    expect(positions).toEqual([1n, 2n, 3n]);
  });

  test('stop waits for the read under way; afterwards neither wake nor time makes it read', async () => {
    const { stored, clock, tail, heard } = await open();
    stored.last = 1n;
    tail.wake();
    const stopped = tail.stop();
    expect(await stateOf(stopped)).toBe('pending');
    await stored.answer();
    await stopped;
    expect(clock.waiting).toBe(0);
    stored.last = 2n;
    tail.wake();
    clock.advance(10_000);
    await nextTurn();
    expect(stored.reads).toHaveLength(0);
    expect(heard).toEqual([1n]);
    await tail.stop();
  });

  test('started again after a stop it goes on', async () => {
    const { stored, tail, heard } = await open();
    await tail.stop();
    tail.wake();
    await tail.start();
    stored.last = 1n;
    tail.wake();
    await stored.answerAll();
    expect(heard).toEqual([1n]);
  });

  test('any interleaving of writes, wakes, answers and failures tells each event once and in order', async () => {
    const step = fc.constantFrom('write', 'wake', 'wake', 'wrote', 'wrote', 'answer', 'answer', 'fail', 'poll');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), async (steps, pageSize) => {
        const { stored, clock, tail, heard } = await open({ pageSize });
        for (const each of steps) {
          if (each === 'write') stored.last += 1n;
          else if (each === 'wake') tail.wake();
          else if (each === 'wrote') tail.wrote([event((stored.last += 1n))]);
          else if (each === 'poll') clock.advance(1_000);
          else await stored.answer(each === 'fail' ? new Error('the database is away') : undefined);
          expect(stored.reads.length).toBeLessThanOrEqual(1);
        }
        clock.advance(1_000);
        await nextTurn();
        await stored.answerAll();
        expect(heard).toEqual(Array.from({ length: Number(stored.last) }, (_, index) => BigInt(index + 1)));
      }),
      { numRuns: 200 },
    );
  });
});
