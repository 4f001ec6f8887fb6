import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { deferred, nextTurn, stateOf } from '../../testkit/turns.ts';
import type { RecordEvent } from '../record/event.ts';
import type { SymbolKey } from '../ticks/tick.ts';
import type { Closure } from './closure.ts';
import { ClosureWriter } from './closure-writer.ts';
import type { ClosureSink } from './closure-writer.ts';

const KEY: SymbolKey = 'FUTURES:BTCUSDT';
const OTHER: SymbolKey = 'FUTURES:ETHUSDT';
const closure = (tradeId: string) => ({ tradeId }) as Closure;
class Refused extends Error {}

/** A database that is up or down, slow or quick, and refuses closures whose id begins with "poison". */
class Sink implements ClosureSink {
  readonly attempts: string[][] = [];
  readonly written: string[] = [];
  down = false;
  gate: Promise<void> | undefined;

  async close(closures: readonly Closure[]): Promise<RecordEvent[]> {
    const ids = closures.map(({ tradeId }) => tradeId);
    this.attempts.push(ids);
    await this.gate;
    if (this.down) throw new Error('the database is away');
    if (ids.some((id) => id.startsWith('poison'))) throw new Refused('violates a check');
    this.written.push(...ids);
    return ids.map((id) => ({ trade: { id } }) as RecordEvent);
  }

  isRefusal(error: unknown): boolean {
    return error instanceof Refused;
  }
}

function open(batchSize = 3) {
  const [sink, clock] = [new Sink(), new ManualClock()];
  const errors: Record<string, unknown>[] = [];
  const log = { ...silentLog, error: (fields: object) => void errors.push(fields as Record<string, unknown>) };
  const told: string[][] = [];
  const tell = (events: readonly RecordEvent[]) => void told.push(events.map(({ trade }) => trade!.id));
  const writer = new ClosureWriter(sink, clock, log, { batchSize, retryMinMs: 100, retryMaxMs: 350 }, tell);
  const add = (...ids: string[]) => ids.forEach((id) => writer.add(KEY, closure(id)));
  return { sink, clock, writer, add, errors, told };
}

describe('the closure writer', () => {
  test('writes at once, in the order decided, what piles up meanwhile in batches', async () => {
    const { sink, writer, add, told } = open(3);
    const gate = deferred<void>();
    sink.gate = gate.promise;
    add('1', '2', '3', '4', '5');
    expect(sink.attempts).toEqual([['1']]);
    gate.resolve();
    await nextTurn();
    expect(sink.attempts).toEqual([['1'], ['2', '3', '4'], ['5']]);
    expect(sink.written).toEqual(['1', '2', '3', '4', '5']);
    expect(told).toEqual([['1'], ['2', '3', '4'], ['5']]);
    expect(writer.isPending(KEY)).toBe(false);
  });

  test('a symbol is pending until its closure is durable', async () => {
    const { sink, writer } = open();
    const gate = deferred<void>();
    sink.gate = gate.promise;
    writer.add(KEY, closure('1'));
    writer.add(OTHER, closure('2'));
    await nextTurn();
    expect([writer.isPending(KEY), writer.isPending(OTHER)]).toEqual([true, true]);
    sink.gate = deferred<void>().promise; // the second write hangs
    gate.resolve();
    await nextTurn();
    expect([writer.isPending(KEY), writer.isPending(OTHER)]).toEqual([false, true]);
  });

  test('keeps what cannot be written and tries again after 100, 200, 350, 350 ms', async () => {
    const { sink, clock, writer, add, told, errors } = open();
    sink.down = true;
    add('1', '2');
    await nextTurn();
    for (const [attempts, waitMs] of [
      [1, 100],
      [2, 200],
      [3, 350],
      [4, 350],
    ] as const) {
      expect(sink.attempts).toHaveLength(attempts);
      clock.advance(waitMs - 1);
      await nextTurn();
      expect(sink.attempts).toHaveLength(attempts);
      clock.advance(1);
      await nextTurn();
    }
    expect([sink.attempts.length, told, writer.isPending(KEY)]).toEqual([5, [], true]);
    expect(errors).toHaveLength(5);
    sink.down = false;
    clock.advance(350);
    await nextTurn();
    expect(sink.written).toEqual(['1', '2']);
    expect(writer.isPending(KEY)).toBe(false);
  });

  test('after a success the wait begins small again', async () => {
    const { sink, clock, add } = open(1);
    sink.down = true;
    add('1', '2');
    await nextTurn();
    clock.advance(100);
    await nextTurn();
    const close = sink.close.bind(sink);
    sink.close = (closures) => {
      sink.down = closures[0]?.tradeId === '2';
      return close(closures);
    };
    clock.advance(200);
    await nextTurn();
    expect(sink.attempts).toEqual([['1'], ['1'], ['1'], ['2']]);
    clock.advance(100);
    await nextTurn();
    expect(sink.attempts).toHaveLength(5);
  });

  test('what comes while it waits joins the queue and starts no second write', async () => {
    const { sink, clock, add } = open();
    sink.down = true;
    add('1');
    await nextTurn();
    add('2', '3');
    await nextTurn();
    expect(sink.attempts).toEqual([['1']]);
    sink.down = false;
    clock.advance(100);
    await nextTurn();
    expect(sink.written).toEqual(['1', '2', '3']);
  });

  test('a closure that the database refuses is given up alone; its neighbours are written in order', async () => {
    const { sink, writer, add, errors } = open(5);
    const gate = deferred<void>();
    sink.gate = gate.promise;
    add('0', '1', 'poison', '2', '3', 'poison too', '4');
    gate.resolve();
    await nextTurn();
    expect(sink.written).toEqual(['0', '1', '2', '3', '4']);
    expect(errors.map(({ tradeId }) => tradeId)).toEqual(['poison', 'poison too']);
    expect(writer.isPending(KEY)).toBe(false);
  });

  test('the database going away in the middle of such a batch loses nothing', async () => {
    const { sink, clock, add } = open(5);
    const gate = deferred<void>();
    sink.gate = gate.promise;
    add('0', '1', 'poison', '2');
    const close = sink.close.bind(sink);
    sink.close = (closures) => {
      sink.down = closures.length === 1 && closures[0]?.tradeId === '2' && sink.attempts.filter(([id]) => id === '2').length === 0;
      return close(closures);
    };
    gate.resolve();
    await nextTurn();
    expect(sink.written).toEqual(['0', '1']);
    clock.advance(100);
    await nextTurn();
    // '1' is sent again, which the database takes for nothing, as it is closed.
    expect(sink.written).toEqual(['0', '1', '1', '2']);
  });

  test('a closure added at the very end of a write, before anybody else has a turn, is written', async () => {
    for (let microtasks = 0; microtasks < 12; microtasks += 1) {
      const { sink, add } = open();
      const gate = deferred<void>();
      sink.gate = gate.promise;
      add('1');
      gate.resolve();
      for (let each = 0; each < microtasks; each += 1) await Promise.resolve();
      add('2');
      await nextTurn();
      expect(sink.written, `after ${microtasks} microtasks`).toEqual(['1', '2']);
    }
  });

  describe('stop', () => {
    test('waits for the write under way', async () => {
      const { sink, writer, add } = open();
      const gate = deferred<void>();
      sink.gate = gate.promise;
      add('1', '2');
      const stopped = writer.stop();
      expect(await stateOf(stopped)).toBe('pending');
      gate.resolve();
      await stopped;
      expect(sink.written).toEqual(['1', '2']);
    });

    test('ends a wait at once, tries once more, and leaves no timer', async () => {
      for (const down of [false, true]) {
        const { sink, clock, writer, add } = open();
        sink.down = true;
        add('1');
        await nextTurn();
        sink.down = down;
        await writer.stop();
        expect(sink.attempts).toHaveLength(2);
        expect(sink.written).toEqual(down ? [] : ['1']);
        expect(clock.waiting).toBe(0);
      }
    });

    test('gives up after a write that fails meanwhile', async () => {
      const { sink, clock, writer, add } = open();
      const gate = deferred<void>();
      sink.gate = gate.promise;
      sink.down = true;
      add('1');
      const stopped = writer.stop();
      gate.resolve();
      await stopped;
      expect([sink.attempts.length, clock.waiting]).toEqual([1, 0]);
    });

    test('with nothing to write is done at once', async () => {
      const { writer } = open();
      await writer.stop();
      await writer.stop();
    });
  });
});
