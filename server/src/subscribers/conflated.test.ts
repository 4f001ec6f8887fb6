import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { deferred, stateOf } from '../../testkit/turns.ts';
import { Conflated } from './conflated.ts';

const END = { value: undefined, done: true };
const told = <T>(value: T) => ({ value, done: false });

function open<T = number>({
  atOnce = true,
  intervalMs = 100,
  produce,
}: {
  atOnce?: boolean;
  intervalMs?: number;
  produce: () => T | undefined | Promise<T | undefined>;
}) {
  const listeners = new Set<() => void>();
  const clock = new ManualClock();
  const subscribe = (changed: () => void) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  };
  const stream = new Conflated<T>({ subscribe, produce }, clock, intervalMs, atOnce);
  const change = () => listeners.forEach((listener) => listener());
  return { stream, clock, listeners, change };
}

describe('a conflated stream', () => {
  test('tells at once if asked to', async () => {
    const { stream, clock } = open({ produce: () => 1 });
    expect(await stream.next()).toEqual(told(1));
    expect(clock.waiting).toBe(0);
  });

  test('else waits for the first change, and tells it without delay', async () => {
    const { stream, change } = open({ atOnce: false, produce: () => 1 });
    const next = stream.next();
    expect(await stateOf(next)).toBe('pending');
    change();
    expect(await next).toEqual(told(1));
  });

  test('tells again only after a change', async () => {
    const { stream, clock, change } = open({ produce: () => 1 });
    await stream.next();
    const next = stream.next();
    clock.advance(10_000);
    expect(await stateOf(next)).toBe('pending');
    change();
    expect(await next).toEqual(told(1));
  });

  test('at most once per interval, measured from the last telling, and then the newest value', async () => {
    let value = 1;
    const { stream, clock, change } = open({ produce: () => value });
    await stream.next();
    clock.advance(30);
    const next = stream.next();
    change();
    value = 2;
    change();
    clock.advance(69);
    expect(await stateOf(next)).toBe('pending');
    value = 3;
    change();
    expect(await stateOf(next)).toBe('pending');
    clock.advance(1);
    expect(await next).toEqual(told(3));
    expect(clock.waiting).toBe(0);
  });

  test('a hundred changes while nobody reads are told once', async () => {
    let value = 0;
    const { stream, clock, change } = open({ produce: () => value });
    await stream.next();
    for (value = 1; value <= 100; value += 1) change();
    clock.advance(1_000);
    expect(await stream.next()).toEqual(told(101));
    expect(await stateOf(stream.next())).toBe('pending');
  });

  test('a change during the making of a value is told in the next one', async () => {
    const answers = [deferred<number>(), deferred<number>()];
    let asked = 0;
    const { stream, clock, change } = open({ produce: () => answers[asked++]?.promise });
    const first = stream.next();
    change();
    answers[0]?.resolve(1);
    expect(await first).toEqual(told(1));
    const second = stream.next();
    expect(await stateOf(second)).toBe('pending');
    clock.advance(100);
    answers[1]?.resolve(2);
    expect(await second).toEqual(told(2));
  });

  test('nothing to tell after all: goes on waiting', async () => {
    const values = [undefined, undefined, 7];
    const { stream, clock, change } = open({ produce: () => values.shift() });
    const next = stream.next();
    expect(await stateOf(next)).toBe('pending');
    change();
    clock.advance(100);
    expect(await stateOf(next)).toBe('pending');
    change();
    clock.advance(100);
    expect(await next).toEqual(told(7));
  });

  test('never makes values faster than the interval, even where there is nothing to tell', async () => {
    let asked = 0;
    const { stream, clock, change } = open({ produce: () => (asked++, undefined) });
    const next = stream.next();
    for (let each = 0; each < 50; each += 1) {
      change();
      await stateOf(next);
      clock.advance(10);
    }
    await stateOf(next);
    expect(asked).toBeLessThanOrEqual(6); // at 0, 100, 200, 300, 400 and 500 ms
    expect(asked).toBeGreaterThanOrEqual(5);
  });

  describe('return', () => {
    test('while it waits for a change', async () => {
      const { stream, listeners } = open({ atOnce: false, produce: () => 1 });
      const next = stream.next();
      expect(await stateOf(next)).toBe('pending');
      const returned = stream.return();
      expect(listeners.size).toBe(0);
      expect(await returned).toEqual(END);
      expect(await next).toEqual(END);
    });

    test('while it waits for the interval: at once, and no timer stays', async () => {
      const { stream, clock, listeners, change } = open({ produce: () => 1 });
      await stream.next();
      change();
      const next = stream.next();
      expect(await stateOf(next)).toBe('pending');
      expect(clock.waiting).toBe(1);
      await stream.return();
      expect(await next).toEqual(END);
      expect([clock.waiting, listeners.size]).toEqual([0, 0]);
    });

    test('while a value is made: that value is not told', async () => {
      const answer = deferred<number>();
      const { stream } = open({ produce: () => answer.promise });
      const next = stream.next();
      await stream.return();
      answer.resolve(1);
      expect(await next).toEqual(END);
    });

    test('ends for good, and again does nothing', async () => {
      let asked = 0;
      const { stream, listeners } = open({ produce: () => ++asked });
      await stream.return();
      await stream.return();
      expect(await stream.next()).toEqual(END);
      expect([asked, listeners.size]).toEqual([0, 0]);
    });
  });

  test.for(['throwing', 'rejecting'])(
    '%s instead of a value ends the stream and lets go of its source: nobody calls return after a failure',
    async (way) => {
      const produce = () => {
        const error = new Error('the database is away');
        if (way === 'throwing') throw error;
        return Promise.reject(error);
      };
      const { stream, listeners, clock } = open<number>({ produce });
      await expect(stream.next()).rejects.toThrow('the database is away');
      expect([listeners.size, clock.waiting]).toEqual([0, 0]);
      expect(await stream.next()).toEqual(END);
    },
  );
});
