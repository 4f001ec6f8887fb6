import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextTurn, stateOf } from '../../testkit/turns.ts';
import { EventStream, pick } from './event-stream.ts';
import type { EventSource } from './event-stream.ts';

interface Event {
  readonly sequence: bigint;
}

/** A record in memory: storing, announcing and answering reads are separate acts, as they are with a database. */
class Record implements EventSource<Event> {
  readonly listeners = new Set<(event: Event) => void>();
  readonly reads: (() => void)[] = [];
  stored = 0n;
  position = 0n;
  failNextRead = false;

  store(count = 1): void {
    this.stored += BigInt(count);
  }

  announce(): void {
    if (this.position === this.stored) return;
    this.position += 1n;
    for (const listener of this.listeners) listener({ sequence: this.position });
  }

  announceAll(): void {
    while (this.position < this.stored) this.announce();
  }

  onEvent(listener: (event: Event) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Answers with what is stored when the answer is let go. */
  readAfter(sequence: bigint, limit: number): Promise<Event[]> {
    return new Promise((resolve, reject) => {
      this.reads.push(() => {
        if (this.failNextRead) {
          this.failNextRead = false;
          return reject(new Error('the database is away'));
        }
        const count = Math.min(limit, Number(this.stored - sequence));
        resolve(Array.from({ length: count }, (_, index) => ({ sequence: sequence + BigInt(index + 1) })));
      });
    });
  }

  answer(): void {
    this.reads.shift()?.();
  }
}

const LIMITS = { mailboxCapacity: 1_000, replayPageSize: 3 };
const END = { value: undefined, done: true };
const event = (sequence: bigint) => ({ value: { sequence }, done: false });

/** Reads one event, answering the reads that it needs. */
async function read(stream: EventStream<Event>, record: Record) {
  const next = stream.next();
  for (;;) {
    if ((await stateOf(next)) !== 'pending' || record.reads.length === 0) return next;
    record.answer();
  }
}

describe('an event stream', () => {
  test('without `after` begins with the next event', async () => {
    const record = new Record();
    record.store(5);
    record.announceAll();
    const stream = new EventStream(record, undefined, LIMITS);
    record.store();
    record.announce();
    expect(await stream.next()).toEqual(event(6n));
    expect(record.reads).toEqual([]);
  });

  test('at the newest position goes live without a read', async () => {
    const record = new Record();
    record.store(5);
    record.announceAll();
    const stream = new EventStream(record, 5n, LIMITS);
    const next = stream.next();
    record.store();
    record.announce();
    expect(await next).toEqual(event(6n));
    expect(record.reads).toEqual([]);
  });

  test('page boundaries neither repeat nor leave out: every length around the page size', async () => {
    for (let length = 0; length <= 7; length += 1) {
      const record = new Record();
      record.store(length);
      record.announceAll();
      const stream = new EventStream(record, 0n, LIMITS);
      for (let sequence = 1n; sequence <= length; sequence += 1n) expect(await read(stream, record)).toEqual(event(sequence));
      const live = stream.next();
      expect(await stateOf(live)).toBe('pending');
      record.store();
      record.announce();
      expect(await live).toEqual(event(BigInt(length + 1)));
    }
  });

  test('storage that is ahead of the announcements is not told twice', async () => {
    const record = new Record();
    record.store(3);
    record.announce(); // 1 of 3
    const stream = new EventStream(record, 0n, LIMITS);
    for (const sequence of [1n, 2n, 3n]) expect(await read(stream, record)).toEqual(event(sequence));
    const live = stream.next();
    record.announceAll(); // 2 and 3, which were told already
    expect(await stateOf(live)).toBe('pending');
    record.store();
    record.announce();
    expect(await live).toEqual(event(4n));
  });

  test('any interleaving of storing, announcing, answering and reading tells each event after `after` once and in order', async () => {
    const step = fc.constantFrom('store', 'store', 'announce', 'announce', 'answer', 'answer', 'read', 'read', 'read');
    const history = fc.record({
      before: fc.nat({ max: 10 }),
      announced: fc.nat({ max: 10 }),
      after: fc.option(fc.nat({ max: 10 }), { nil: undefined }),
      pageSize: fc.integer({ min: 1, max: 4 }),
      steps: fc.array(step, { maxLength: 80 }),
    });
    await fc.assert(
      fc.asyncProperty(history, async ({ before, announced, after, pageSize, steps }) => {
        const record = new Record();
        record.store(before);
        for (let each = 0; each < Math.min(announced, before); each += 1) record.announce();
        const beginsAfter = after === undefined ? undefined : BigInt(Math.min(after, before));
        const first = (beginsAfter ?? record.position) + 1n;
        const stream = new EventStream(record, beginsAfter, { mailboxCapacity: 1_000, replayPageSize: pageSize });
        const told: bigint[] = [];
        let reading = false;
        const readOne = () => {
          reading = true;
          void stream.next().then((result) => {
            reading = false;
            if (!result.done) told.push(result.value.sequence);
          });
        };
        for (const each of steps) {
          if (each === 'store') record.store();
          else if (each === 'announce') record.announce();
          else if (each === 'answer') record.answer();
          else if (!reading) readOne();
          await nextTurn();
        }
        record.announceAll();
        for (let turns = 0; turns < 200 && (told.at(-1) ?? first - 1n) < record.stored; turns += 1) {
          if (!reading) readOne();
          record.answer();
          await nextTurn();
        }
        expect(told).toEqual(Array.from({ length: Math.max(0, Number(record.stored - first + 1n)) }, (_, index) => first + BigInt(index)));
        await stream.return();
        expect(record.listeners.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('a failed read is told and the next one goes on from the same place', async () => {
    const record = new Record();
    record.store(2);
    record.announceAll();
    const stream = new EventStream(record, 0n, LIMITS);
    record.failNextRead = true;
    await expect(read(stream, record)).rejects.toThrow('the database is away');
    expect(await read(stream, record)).toEqual(event(1n));
    expect(await read(stream, record)).toEqual(event(2n));
  });

  test('a reader that falls behind further than its mailbox is served from storage, then live again', async () => {
    const record = new Record();
    const slow = new EventStream(record, undefined, { ...LIMITS, mailboxCapacity: 2 });
    const quick = new EventStream(record, undefined, LIMITS);
    record.store(3);
    record.announceAll();
    expect(record.listeners.size).toBe(1);
    for (const sequence of [1n, 2n, 3n]) expect(await read(slow, record)).toEqual(event(sequence));
    const waiting = slow.next();
    await nextTurn();
    expect(record.listeners.size).toBe(2);
    record.store();
    record.announce();
    expect(await waiting).toEqual(event(4n));
    for (const sequence of [1n, 2n, 3n, 4n]) expect(await quick.next()).toEqual(event(sequence));
  });

  test('with `until` tells up to that event, whatever is stored or announced beyond it', async () => {
    for (const [after, until, told] of [
      [0n, 4n, [1n, 2n, 3n, 4n]],
      [4n, 4n, []],
      [5n, 4n, []],
    ] as const) {
      const record = new Record();
      record.store(10);
      record.announceAll();
      const stream = new EventStream(record, after, LIMITS, until);
      for (const sequence of told) expect(await read(stream, record)).toEqual(event(sequence));
      expect(await read(stream, record)).toEqual(END);
      expect(record.listeners.size).toBe(0);
    }
  });

  test('a long replay holds one page, however fast events come meanwhile', async () => {
    const record = new Record();
    record.store(1_000);
    record.announceAll();
    const stream = new EventStream(record, 0n, { mailboxCapacity: 2, replayPageSize: 100 });
    expect(await read(stream, record)).toEqual(event(1n));
    expect(record.listeners.size).toBe(0);
    record.store(1_000);
    record.announceAll();
    for (let sequence = 2n; sequence <= 2_000n; sequence += 1n) expect(await read(stream, record)).toEqual(event(sequence));
  });

  describe('return', () => {
    test('while it waits live frees the reader and the source at once', async () => {
      const record = new Record();
      const stream = new EventStream(record, undefined, LIMITS);
      const waiting = stream.next();
      expect(record.listeners.size).toBe(1);
      const returned = stream.return();
      expect(record.listeners.size).toBe(0);
      expect(await returned).toEqual(END);
      expect(await waiting).toEqual(END);
    });

    test('during a replay tells nothing more and never goes live', async () => {
      const record = new Record();
      record.store(5);
      record.announceAll();
      const stream = new EventStream(record, 0n, LIMITS);
      const reading = stream.next();
      expect(await stream.return()).toEqual(END);
      record.answer();
      expect(await reading).toEqual(END);
      expect(await stream.next()).toEqual(END);
      expect(record.listeners.size).toBe(0);
    });

    test('between two events of a page', async () => {
      const record = new Record();
      record.store(2);
      record.announceAll();
      const stream = new EventStream(record, 0n, LIMITS);
      expect(await read(stream, record)).toEqual(event(1n));
      await stream.return();
      expect(await stream.next()).toEqual(END);
    });
  });
});

describe('pick', () => {
  test('tells what matches, mapped, and passes the end on', async () => {
    const record = new Record();
    record.store(6);
    record.announceAll();
    const even = pick(new EventStream(record, 0n, { ...LIMITS, replayPageSize: 10 }), ({ sequence }) =>
      sequence % 2n === 0n ? `#${sequence}` : undefined,
    );
    const told: unknown[] = [];
    for (let each = 0; each < 3; each += 1) {
      const next = even.next();
      await nextTurn();
      record.answer();
      told.push((await next).value);
    }
    expect(told).toEqual(['#2', '#4', '#6']);
    const waiting = even.next();
    await nextTurn();
    expect(record.listeners.size).toBe(1);
    await even.return?.();
    expect(record.listeners.size).toBe(0);
    expect(await waiting).toEqual(END);
  });

  test('passes a failure on', async () => {
    const record = new Record();
    record.store(2);
    record.announceAll();
    const none = pick(new EventStream(record, 0n, LIMITS), () => undefined);
    const waiting = none.next();
    record.failNextRead = true;
    record.answer();
    await expect(waiting).rejects.toThrow('the database is away');
  });
});
