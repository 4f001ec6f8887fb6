import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TradeRow } from './binance-answers.ts';
import { SymbolTape } from './symbol-tape.ts';
import type { StreamPoint, Tick } from './tick.ts';

const LIMITS = { heldTicks: 5, recentTicks: 8 };

function tick(id: number, source: Tick['source'] = 'LIVE', timeMs = 1_000 + id): Tick {
  return { marketType: 'SPOT', symbol: 'BTCUSDT', id, price: `${id + 1}`, quantity: '1', timeMs, source };
}

function rows(...ids: number[]): TradeRow[] {
  return ids.map((id) => ({ id, tick: tick(id, 'BACKFILL') }));
}

function afterId(id: number): StreamPoint {
  return { afterTradeId: id, fromTimeMs: 0 };
}

function tapeFrom(from: StreamPoint, limits = LIMITS) {
  const delivered: Tick[] = [];
  const tape = new SymbolTape(from, limits, (next) => delivered.push(next));
  return { tape, delivered, ids: () => delivered.map(({ id }) => id) };
}

describe('order', () => {
  test('the stream goes on exactly where the tape stands', () => {
    const { tape, ids } = tapeFrom(afterId(9));
    expect(tape.inSync).toBe(false);
    tape.live(tick(10));
    tape.live(tick(11));
    expect(ids()).toEqual([10, 11]);
    expect(tape.inSync).toBe(true);
  });

  test('a tick that comes again is dropped and counted', () => {
    const { tape, ids } = tapeFrom(afterId(9));
    for (const id of [10, 10, 9, 12, 12, 11]) tape.live(tick(id));
    expect(ids()).toEqual([10, 11, 12]);
    expect(tape.duplicates).toBe(3);
  });

  test('behind a hole ticks wait until REST has filled it; live ones stay LIVE', () => {
    const { tape, ids, delivered } = tapeFrom(afterId(9));
    tape.live(tick(10));
    tape.live(tick(13));
    expect(ids()).toEqual([10]);
    expect([tape.inSync, tape.isBehind, tape.nextId]).toEqual([false, true, 11]);
    expect(tape.page(rows(11, 12, 13), true)).toEqual([]);
    expect(delivered.map(({ id, source }) => [id, source])).toEqual([
      [10, 'LIVE'],
      [11, 'BACKFILL'],
      [12, 'BACKFILL'],
      [13, 'LIVE'],
    ]);
    expect(tape.inSync).toBe(true);
  });

  test('an empty answer does not open a hole that the stream has shown', () => {
    const { tape, ids } = tapeFrom(afterId(9));
    tape.live(tick(12));
    expect(tape.page([], true)).toEqual([]);
    expect(ids()).toEqual([]);
    expect(tape.inSync).toBe(false);
  });

  test('a hole that REST passes over does not exist', () => {
    const { tape, ids } = tapeFrom(afterId(9));
    tape.live(tick(12));
    expect(tape.page(rows(12, 13), true)).toEqual([{ afterTradeId: 9, toTradeId: 12 }]);
    expect(ids()).toEqual([12, 13]);
    expect(tape.inSync).toBe(true);
  });

  test('a held tick that REST passes over is delivered all the same', () => {
    const { tape, ids } = tapeFrom(afterId(9));
    tape.live(tick(11));
    expect(tape.page(rows(10, 12), true)).toEqual([]);
    expect(ids()).toEqual([10, 11, 12]);
  });

  test('a blanked row is neither a tick nor a jump', () => {
    const { tape, ids } = tapeFrom(afterId(9));
    expect(tape.page([...rows(10), { id: 11, tick: null }, ...rows(12)], true)).toEqual([]);
    expect(ids()).toEqual([10, 12]);
  });

  test('a full page of REST is not the end', () => {
    const { tape } = tapeFrom(afterId(9));
    tape.page(rows(10, 11), false);
    expect(tape.inSync).toBe(false);
    tape.page([], true);
    expect(tape.inSync).toBe(true);
  });

  test('after the stream was lost it must join on or REST must answer before the tape is in sync again', () => {
    const { tape, ids } = tapeFrom(afterId(9));
    tape.live(tick(10));
    tape.doubt();
    expect(tape.inSync).toBe(false);
    tape.page([], true);
    expect(tape.inSync).toBe(true);
    tape.doubt();
    tape.live(tick(11));
    expect(tape.inSync).toBe(true);
    expect(ids()).toEqual([10, 11]);
  });

  test('the end that REST told of before the stream was joined proves nothing, unless the stream has shown how it joins on', () => {
    const { tape } = tapeFrom(afterId(9));
    tape.page([], true);
    const { doubts } = tape;
    tape.joined();
    expect([tape.inSync, tape.doubts > doubts]).toEqual([false, true]);
    tape.page([], true);
    expect(tape.inSync).toBe(true);
    tape.doubt();
    tape.live(tick(10)); // told before its confirmation
    const seen = tape.doubts;
    tape.joined();
    expect([tape.inSync, tape.doubts]).toEqual([true, seen]);
  });

  test('more live ticks than may be held are a hole like any other', () => {
    const { tape, ids } = tapeFrom(afterId(0));
    for (let id = 2; id <= 10; id += 1) tape.live(tick(id));
    expect(tape.heldCount).toBe(5);
    tape.page(rows(1), true);
    expect(ids()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(tape.inSync).toBe(false);
    tape.page(rows(7, 8, 9, 10), true);
    expect(ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(tape.inSync).toBe(true);
  });

  test('held ticks set aside are missing again as soon as the stream goes on', () => {
    const { tape, ids } = tapeFrom(afterId(9));
    tape.live(tick(9_000_000));
    tape.setHeldAside();
    tape.page([], true);
    expect(tape.inSync).toBe(true);
    tape.live(tick(10));
    expect(ids()).toEqual([10]);
  });

  test('nothing is delivered after a stop, also one from within a delivery', () => {
    const seen: number[] = [];
    const tape: SymbolTape = new SymbolTape(afterId(0), LIMITS, (next) => {
      seen.push(next.id);
      if (next.id === 2) tape.stop();
    });
    tape.page(rows(1, 2, 3, 4), true);
    tape.live(tick(3));
    expect(seen).toEqual([1, 2]);
  });
});

describe('a tape that begins at a time', () => {
  test('holds the stream until it is known where to begin', () => {
    const { tape, ids } = tapeFrom({ afterTradeId: null, fromTimeMs: 1_012 });
    tape.live(tick(13));
    tape.live(tick(12));
    expect(ids()).toEqual([]);
    tape.beginAt(12);
    expect(ids()).toEqual([12, 13]);
    expect(tape.inSync).toBe(true);
  });

  test('passes over earlier ticks, and only before its first delivery', () => {
    const { tape, ids } = tapeFrom({ afterTradeId: null, fromTimeMs: 1_012 });
    tape.beginAt(10);
    for (const id of [10, 11, 12]) tape.live(tick(id));
    tape.live(tick(13, 'LIVE', 1));
    expect(ids()).toEqual([12, 13]);
  });
});

describe('recentAfter', () => {
  test('answers from memory as far as it reaches, by id and by time', () => {
    const { tape } = tapeFrom(afterId(0));
    for (let id = 1; id <= 30; id += 1) tape.live(tick(id));
    const after = (point: StreamPoint) => tape.recentAfter(point)?.map(({ id }) => id);
    expect(after(afterId(22))).toEqual([23, 24, 25, 26, 27, 28, 29, 30]);
    expect(after(afterId(21))).toBeUndefined();
    expect(after(afterId(30))).toEqual([]);
    expect(after({ afterTradeId: null, fromTimeMs: 1_023 })).toEqual([23, 24, 25, 26, 27, 28, 29, 30]);
    expect(after({ afterTradeId: null, fromTimeMs: 1_022 })).toBeUndefined();
    expect(after({ afterTradeId: null, fromTimeMs: 9_999 })).toEqual([]);
  });

  test('reaches back to where the tape began', () => {
    const byId = tapeFrom(afterId(9)).tape;
    expect(byId.recentAfter(afterId(9))).toEqual([]);
    expect(byId.recentAfter(afterId(8))).toBeUndefined();
    expect(byId.recentAfter({ afterTradeId: null, fromTimeMs: 5 })).toBeUndefined();
    const byTime = tapeFrom({ afterTradeId: null, fromTimeMs: 1_000 }).tape;
    expect(byTime.recentAfter({ afterTradeId: null, fromTimeMs: 1_000 })).toEqual([]);
    expect(byTime.recentAfter({ afterTradeId: null, fromTimeMs: 999 })).toBeUndefined();
    expect(byTime.recentAfter(afterId(9))).toBeUndefined();
    byTime.beginAt(10);
    expect(byTime.recentAfter(afterId(9))).toEqual([]);
  });
});

/** What can happen to a tape between a stream and a REST server that both tell of the same exchange. */
type Step =
  | { readonly kind: 'trade'; readonly count: number; readonly shown: 'yes' | 'no' | 'twice' | 'late' | 'old' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'rest'; readonly lag: number; readonly size: number }
  | { readonly kind: 'aside' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      count: fc.integer({ min: 1, max: 4 }),
      shown: fc.constantFrom('yes', 'no', 'twice', 'late', 'old'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lost' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('rest' as const), lag: fc.integer({ min: 0, max: 6 }), size: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('aside' as const) }) },
);

describe('any order of events', () => {
  /** The exchange's ids: contiguous but for the `absent`, which it never used. */
  function run(steps: readonly Step[], absent: ReadonlySet<number>, from: number): void {
    const exchange: number[] = [];
    let lastId = 0;
    const { tape, ids } = tapeFrom(afterId(from));
    const late: number[] = [];

    function check(): void {
      const got = ids();
      const expected = exchange.filter((id) => id > from);
      expect(got).toEqual(expected.slice(0, got.length));
    }

    function rest(lag: number, size: number): void {
      const known = exchange.slice(0, Math.max(0, exchange.length - lag)).filter((id) => id >= tape.nextId!);
      const page = known.slice(0, size);
      tape.page(rows(...page), page.length < size);
    }

    for (const one of steps) {
      if (one.kind === 'lost') tape.doubt();
      else if (one.kind === 'aside') tape.setHeldAside();
      else if (one.kind === 'rest') rest(one.lag, one.size);
      else {
        for (let made = 0; made < one.count; made += 1) {
          lastId += 1;
          while (absent.has(lastId)) lastId += 1;
          exchange.push(lastId);
          if (one.shown === 'yes' || one.shown === 'twice') tape.live(tick(lastId));
          if (one.shown === 'twice') tape.live(tick(lastId));
          if (one.shown === 'late') late.unshift(lastId);
          if (one.shown === 'old') tape.live(tick(exchange[Math.floor(exchange.length / 2)]!));
        }
        if (one.shown !== 'late') while (late.length > 0) tape.live(tick(late.pop()!));
      }
      check();
    }

    // As long as REST is asked whenever the tape is not in sync, everything arrives.
    tape.doubt();
    for (let tries = 0; !tape.inSync; tries += 1) {
      expect(tries).toBeLessThan(1_000);
      rest(0, 3);
    }
    expect(ids()).toEqual(exchange.filter((id) => id > from));
  }

  test('delivers the tape: in order, none twice, none missing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 20 }), (steps, from) => run(steps, new Set(), from)),
      { numRuns: 500 },
    );
  });

  test('also where the exchange left out ids', () => {
    const absent = fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), absent, (steps, gone) => run(steps, new Set(gone), 0)),
      { numRuns: 500 },
    );
  });
});
