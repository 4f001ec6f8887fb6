import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tickAt } from '../../testkit/watched-trades.ts';
import { isAfter } from '../ticks/tick.ts';
import type { StreamPoint } from '../ticks/tick.ts';
import { startPoint } from './start-point.ts';

const HOUR = 3_600_000;
/** A trade opened at `entryTimeMs`, after the tick `afterTradeId`, by the event `openedSequence`. */
const trade = (entryTimeMs: number, afterTradeId: number | null, openedSequence = 1n) => ({
  from: { afterTradeId, fromTimeMs: entryTimeMs },
  openedSequence,
});
const cursor = (lastTradeId: number, lastTimeMs: number, recordSequence: bigint | null) => ({
  lastTradeId,
  lastPrice: '100',
  lastTimeMs,
  recordSequence,
});

describe('where a stream is taken up again', () => {
  test('without a cursor: at the oldest beginning', () => {
    expect(startPoint([trade(2_000, 20), trade(1_000, 10)], undefined)).toEqual({ afterTradeId: 10, fromTimeMs: 1_000 });
    expect(startPoint([trade(2_000, null)], undefined)).toEqual({ afterTradeId: null, fromTimeMs: 2_000 });
  });

  test('at the cursor, for trades that were watched when it was saved', () => {
    expect(startPoint([trade(1_000, 10)], cursor(500, 500_000, 1n))).toEqual({ afterTradeId: 500, fromTimeMs: 500_000 });
    expect(startPoint([trade(1_000, null)], cursor(500, 500_000, 1n))).toEqual({ afterTradeId: 500, fromTimeMs: 500_000 });
  });

  test('a trade that was not told of when the cursor was saved starts from its own point', () => {
    const saved = cursor(500, 600_000, 7n);
    expect(startPoint([trade(1_000, 400, 8n)], saved).afterTradeId).toBe(400);
    expect(startPoint([trade(599_999, 400, 7n)], saved).afterTradeId).toBe(500);
    expect(startPoint([trade(1_000, 10, 7n), trade(540_001, 400, 8n)], saved).afterTradeId).toBe(400);
  });

  test('a cursor of an older version, which did not say for whom it speaks, speaks for nobody', () => {
    expect(startPoint([trade(1_000, 10)], cursor(500, 500_000, null))).toEqual({ afterTradeId: 10, fromTimeMs: 1_000 });
  });

  test('a cursor from before a trade does not pull the start back', () => {
    expect(startPoint([trade(500_000, 900)], cursor(100, 100_000, 1n))).toEqual({ afterTradeId: 900, fromTimeMs: 500_000 });
  });

  test('where one trade knows no id, times decide for all, with room for two clocks', () => {
    const at = 10 * HOUR;
    expect(startPoint([trade(at, 900), trade(at + 1, null)], undefined)).toEqual({ afterTradeId: null, fromTimeMs: 9 * HOUR });
    expect(startPoint([trade(at, null), trade(at + HOUR + 1, 900)], undefined)).toEqual({ afterTradeId: null, fromTimeMs: at });
  });

  test('no tick that may close a trade is left out, whatever the trades, the cursor and the difference of the clocks', () => {
    const someTrade = fc.record({
      openedAtId: fc.integer({ min: 0, max: 1_000 }),
      knowsId: fc.boolean(),
      clockOffMs: fc.integer({ min: -HOUR, max: HOUR }),
      openedSequence: fc.bigInt({ min: 0n, max: 4n }),
    });
    const world = fc.record({
      trades: fc.array(someTrade, { minLength: 1, maxLength: 6 }),
      cursor: fc.option(fc.record({ atId: fc.integer({ min: 0, max: 1_000 }), sequence: fc.bigInt({ min: 0n, max: 4n }) })),
      msPerTick: fc.constantFrom(0, 1, 1_000, 30_000),
    });
    fc.assert(
      fc.property(world, ({ trades, cursor: saved, msPerTick }) => {
        const timeOf = (id: number) => 10_000_000 + id * msPerTick;
        const watchedTrades = trades.map(({ openedAtId, knowsId, clockOffMs, openedSequence }) =>
          trade(timeOf(openedAtId) + clockOffMs, knowsId ? openedAtId : null, openedSequence),
        );
        const given = saved ? cursor(saved.atId, timeOf(saved.atId), saved.sequence) : undefined;
        const start = startPoint(watchedTrades, given);
        for (const each of watchedTrades) {
          // Applied before the cursor was saved, as the trade had been told of.
          const wasApplied = (id: number) => saved !== null && each.openedSequence <= saved.sequence && id <= saved.atId;
          for (let id = 0; id <= 1_010; id += 1) {
            const tick = tickAt(id, '100', { timeMs: timeOf(id) });
            if (isAfter(tick, each.from) && !wasApplied(id) && !isAfter(tick, start)) {
              expect.unreachable(
                `tick ${id} is left out: start ${show(start)}, trade ${show(each.from)}, cursor ${saved?.atId} of ${saved?.sequence}`,
              );
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

const show = (point: StreamPoint) => JSON.stringify(point);
