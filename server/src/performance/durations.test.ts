import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averageDurations, exposure } from './durations.ts';

const span = (entryTimeMs: number, exitTimeMs: number) => ({ entryTimeMs, exitTimeMs });

test('domain section 6: average durations in seconds, of all, of wins, of losses; flats count among all', () => {
  const spans = [span(0, 1000), span(0, 3000), span(500, 6500), span(0, 500)];
  const { averageDurationSeconds, averageWinDurationSeconds, averageLossDurationSeconds } = averageDurations(spans, [1n, 2n, -1n, 0n]);
  expect(averageDurationSeconds.value).toBe(2.625);
  expect(averageWinDurationSeconds.value).toBe(2);
  expect(averageLossDurationSeconds.value).toBe(6);
});

describe('domain section 6: exposure', () => {
  test('overlaps count once, gaps not at all, open trades until now', () => {
    expect(exposure([span(0, 40), span(10, 20), span(30, 50)], [], 100).value).toBe(0.5);
    expect(exposure([span(0, 40)], [80, 90], 100).value).toBe(0.6);
    expect(exposure([], [60], 100).value).toBe(1);
    expect(exposure([span(50, 60)], [20], 100).value).toBe(1);
  });

  test('an exit beyond now or before its entry, as clocks differ, counts no time twice and none below 0', () => {
    expect(exposure([span(0, 130)], [], 100).value).toBe(1);
    expect(exposure([span(0, 10), span(50, 48)], [], 100).value).toBe(0.1);
  });

  test('undefined without trades or without time', () => {
    expect(exposure([], [], 100)).toEqual({ value: null, reason: 'NO_TRADES' });
    expect(exposure([], [100], 100)).toEqual({ value: null, reason: 'TOO_FEW_DAYS' });
    expect(exposure([span(120, 130)], [], 100)).toEqual({ value: null, reason: 'TOO_FEW_DAYS' });
  });

  test('agrees with counting millisecond by millisecond', () => {
    const spans = fc.array(fc.tuple(fc.nat(90), fc.nat(90)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(spans, fc.array(fc.nat(90), { maxLength: 3 }), (raw, open) => {
        const closed = raw.map(([entryMs, lengthMs]) => span(entryMs, entryMs + lengthMs));
        const nowMs = 100;
        const first = Math.min(...closed.map(({ entryTimeMs }) => entryTimeMs), ...open);
        let covered = 0;
        for (let ms = first; ms < nowMs; ms += 1) {
          if (open.some((entryMs) => entryMs <= ms) || closed.some((trade) => trade.entryTimeMs <= ms && ms < trade.exitTimeMs))
            covered += 1;
        }
        expect(exposure(closed, open, nowMs).value).toBe(covered / (nowMs - first));
      }),
    );
  });
});
