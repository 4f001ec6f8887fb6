import { describe, expect, test } from 'vitest';
import { toCurve } from '../_parts/equity.ts';
import { overlay, PLACES, type Series } from './lines.ts';

const T0 = Date.parse('2026-11-01T00:00:00.000Z');
const DAY_MS = 86_400_000;

/** Totals after one trade a day, from a day on. */
function series(key: string, fromDay: number, totals: readonly number[]): Series {
  const points = totals.map((total, i) => ({
    time: new Date(T0 + (fromDay + i) * DAY_MS).toISOString(),
    totalPnl: String(total),
    drawdown: '0',
    closedTrades: i + 1,
  }));
  return { key, name: key.toUpperCase(), points: toCurve(points) };
}
const A = series('a', 0, [1, 2, 3, 4, 5]);
const B = series('b', 5, [-1, -2]);
const NOW = T0 + 10 * DAY_MS;

describe('lines over each other', () => {
  test('by time: each begins with its first closure and goes on until now', () => {
    const chart = overlay([A, B], 'time', NOW);
    expect(chart?.values(0)).toEqual([1, 'before']);
    expect(chart?.values(PLACES / 2)).toEqual([5, -1]);
    expect(chart?.values(PLACES)).toEqual([5, -2]);
    expect(chart?.at(PLACES)).toBe(NOW);
    expect(chart?.lines.map(({ path }) => path.endsWith('H1000'))).toEqual([true, true]);
    expect(chart?.labels).toHaveLength(5);
  });

  test('by trade number: all begin at nothing, and each ends with its last trade', () => {
    const chart = overlay([A, B], 'trades', NOW);
    expect(chart?.labels).toEqual([0, 1, 3, 4, 5]);
    expect(chart?.values(0)).toEqual(['before', 'before']);
    expect(chart?.values((PLACES * 2) / 5)).toEqual([2, -2]);
    expect(chart?.values(PLACES)).toEqual([5, 'after']);
    expect(chart?.lines[1]?.path).not.toContain('H1000');
  });

  test('one scale of money for all, zero always in it', () => {
    const chart = overlay([A, B], 'time', NOW);
    const ys = [...(chart?.lines ?? [])].flatMap(({ path }) => [...path.matchAll(/V([\d.]+)/g)].map(([, y]) => Number(y)));
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ys)).toBeLessThanOrEqual(216);
    expect(chart?.ticks.some(({ value }) => value === 0)).toBe(true);
    expect(chart?.zero).toBeGreaterThan(Math.min(...ys));
    expect(chart?.zero).toBeLessThan(Math.max(...ys));
  });

  test('nothing closed is no picture; who has nothing is left out', () => {
    expect(overlay([{ key: 'x', name: 'X', points: [] }], 'time', NOW)).toBeNull();
    expect(overlay([{ key: 'x', name: 'X', points: [] }, A], 'trades', NOW)?.lines.map(({ key }) => key)).toEqual(['a']);
  });
});
