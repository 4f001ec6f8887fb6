import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TICK_SOURCES } from '../ticks/tick.ts';
import type { TickSource } from '../ticks/tick.ts';
import { watchStretches } from './watch-stretches.ts';
import type { WatchStretch } from './watch-stretches.ts';

const stretch = (fromMs: number, toMs: number, source: TickSource): WatchStretch => ({ fromMs, toMs, source });
const show = (stretches: readonly WatchStretch[]) => stretches.map(({ fromMs, toMs, source }) => `${fromMs}-${toMs} ${source}`);

describe('how a life was watched', () => {
  test.for([
    ['live throughout', [], ['10-20 LIVE']],
    ['a repair in the middle', [stretch(12, 15, 'BACKFILL')], ['10-12 LIVE', '12-15 BACKFILL', '15-20 LIVE']],
    ['repairs around its ends', [stretch(5, 12, 'BACKFILL'), stretch(18, 25, 'CANDLE')], ['10-12 BACKFILL', '12-18 LIVE', '18-20 CANDLE']],
    ['repairs outside of it', [stretch(5, 10, 'BACKFILL'), stretch(20, 25, 'CANDLE')], ['10-20 LIVE']],
    ['a repair cut in two', [stretch(11, 13, 'BACKFILL'), stretch(13, 15, 'BACKFILL')], ['10-11 LIVE', '11-15 BACKFILL', '15-20 LIVE']],
    [
      'the weaker source holds',
      [stretch(11, 16, 'BACKFILL'), stretch(14, 18, 'CANDLE')],
      ['10-11 LIVE', '11-14 BACKFILL', '14-18 CANDLE', '18-20 LIVE'],
    ],
    ['a repair longer than the life', [stretch(0, 99, 'CANDLE')], ['10-20 CANDLE']],
  ] as const)('%s', ([, repaired, expected]) => expect(show(watchStretches(10, 20, repaired))).toEqual(expected));

  test('a life without any length, or one that ends before it begins by another clock, has none', () => {
    expect(watchStretches(10, 10, [stretch(0, 20, 'BACKFILL')])).toEqual([]);
    expect(watchStretches(10, 9, [stretch(0, 20, 'BACKFILL')])).toEqual([]);
  });

  test('whatever was repaired: no hole, no overlap, the life exactly, and at every moment the weakest source', () => {
    const some = fc
      .record({
        from: fc.integer({ min: -10, max: 60 }),
        length: fc.integer({ min: 1, max: 30 }),
        source: fc.constantFrom('BACKFILL' as const, 'CANDLE' as const),
      })
      .map(({ from, length, source }) => stretch(from, from + length, source));
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 8 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 40 }),
        (repaired, from, length) => {
          const to = from + length;
          const got = watchStretches(from, to, repaired);
          expect([got[0]?.fromMs, got.at(-1)?.toMs]).toEqual([from, to]);
          for (const [index, each] of got.entries()) {
            expect(each.fromMs).toBeLessThan(each.toMs);
            const next = got[index + 1];
            if (next) expect([next.fromMs, next.source === each.source]).toEqual([each.toMs, false]);
          }
          for (let ms = from; ms < to; ms += 1) {
            const sources = repaired.filter((each) => each.fromMs <= ms && ms < each.toMs).map(({ source }) => source);
            const weakest = TICK_SOURCES.findLast((source) => source === 'LIVE' || sources.includes(source as 'BACKFILL'));
            expect(got.find((each) => each.fromMs <= ms && ms < each.toMs)?.source).toBe(weakest);
          }
        },
      ),
    );
  });
});
