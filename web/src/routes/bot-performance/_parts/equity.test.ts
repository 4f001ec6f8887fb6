import { describe, expect, test } from 'vitest';
import { equity, heldAt, HEIGHT, niceStep, pointAt, tableRows, thin, toCurve, type CurvePoint } from './equity.ts';

const HOUR = 3_600_000;
const start = Date.parse('2026-11-22T00:00:00.000Z');

/** A curve from totals, an hour apart, with the falls that belong to them. */
function curve(totals: number[]): CurvePoint[] {
  let peak = 0;
  return totals.map((total, i) => {
    peak = Math.max(peak, total);
    return { time: start + i * HOUR, total, fall: peak - total, trades: i + 1 };
  });
}

const numbers = (path: string): number[] => [...path.matchAll(/-?\d+(\.\d+)?/g)].map((match) => Number(match[0]));

describe('the line', () => {
  test('starts at zero and goes in steps, without slopes', () => {
    const chart = equity(curve([1, 3, 2]), start + 2 * HOUR, null);
    expect(chart?.line).toMatch(/^M0 \d+(\.\d+)?(H\d+(\.\d+)?V\d+(\.\d+)?){3}$/);
    expect(chart?.line.startsWith(`M0 ${chart.zero}`)).toBe(true);
  });

  test('stays inside the picture, the highest above the lowest', () => {
    const chart = equity(curve([-40, 10, 120.5, 90]), start + 3 * HOUR, 200);
    expect(Math.min(...(chart?.ys ?? []), chart?.tip?.y ?? 0)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...(chart?.ys ?? []))).toBeLessThanOrEqual(HEIGHT);
    expect(chart?.ys[2]).toBeLessThan(chart?.ys[0] ?? 0);
  });

  test('is not drawn without a point, and can be drawn with one', () => {
    expect(equity([], start, 1)).toBeNull();
    expect(numbers(equity(curve([0]), start, 0)?.line ?? '').every(Number.isFinite)).toBe(true);
  });
});

describe('the tip', () => {
  test('leads from the last closure to the live total at the right', () => {
    const chart = equity(curve([5, 10]), start + HOUR, 8);
    expect(chart?.tip?.path.startsWith(`M${chart.xs[1]} ${chart.ys[1]}H`)).toBe(true);
    expect(chart?.tip?.x).toBeGreaterThan(chart?.xs[1] ?? 0);
    expect(chart?.tip?.y).toBeGreaterThan(chart?.ys[1] ?? 0);
  });

  test('is left out while the live total is not to be trusted', () => {
    expect(equity(curve([5, 10]), start + HOUR, null)?.tip).toBeNull();
  });
});

describe('the shade', () => {
  test('has one shape per fall', () => {
    const shapes = (totals: number[]): number =>
      (equity(curve(totals), start + totals.length * HOUR, null)?.shade.match(/Z/g) ?? []).length;
    expect(shapes([1, 2, 3])).toBe(0);
    expect(shapes([3, 1, 2, 4])).toBe(1);
    expect(shapes([3, 1, 4, 2])).toBe(2);
    expect(shapes([-1, 2])).toBe(1);
  });

  test('reaches from the best point down to the line', () => {
    const chart = equity(curve([10, 4, 12]), start + 2 * HOUR, null);
    expect(chart?.shade).toBe(`M${chart?.xs[1]} ${chart?.ys[0]}H${chart?.xs[2]}V${chart?.ys[1]}H${chart?.xs[1]}Z`);
  });
});

test('thinning keeps the ends, and the lowest and highest of all', () => {
  const totals = Array.from({ length: 5_000 }, (_, i) => Math.sin(i / 40) * 50);
  totals[1_234] = -333;
  totals[3_210] = 444;
  const thinned = thin(curve(totals), 400);
  expect(thinned.length).toBeLessThanOrEqual(400);
  const kept = thinned.map((point) => point.total);
  expect([kept[0], kept.at(-1), Math.min(...kept), Math.max(...kept)]).toEqual([totals[0], totals.at(-1), -333, 444]);
  expect(thinned.map((point) => point.trades)).toEqual([...thinned.map((point) => point.trades)].sort((a, b) => a - b));
});

test('axis steps are round', () => {
  expect([0.1, 7, 40, 100, 101, 999, 12_000].map(niceStep)).toEqual([0.02, 2, 10, 20, 25, 200, 2_500]);
});

test('the cross-hair finds the point that holds', () => {
  expect([-5, 0, 9.9, 10, 99].map((x) => pointAt([0, 10, 20], x))).toEqual([0, 0, 0, 1, 2]);
});

test('the table ends with the last point', () => {
  const rows = tableRows(curve(Array.from({ length: 101 }, (_, i) => i)), 40);
  expect(rows.length).toBeLessThanOrEqual(40);
  expect(rows.at(-1)?.trades).toBe(101);
});

test('what the API sends becomes numbers only here', () => {
  expect(toCurve([{ time: '2026-11-22T00:00:00.000Z', totalPnl: '-1.25', drawdown: '1.25', closedTrades: 3 }])).toEqual([
    { time: start, total: -1.25, fall: 1.25, trades: 3 },
  ]);
});

describe('the same money in BTC', () => {
  const DAY = 24 * HOUR;
  const held = [-1, 0, 1].map((n) => ({ time: start + n * DAY, total: n * 10 - 1 }));

  test('is a line of its own that widens the picture to where it begins and how far it goes', () => {
    const chart = equity(curve([1, 3, 2]), start + 2 * DAY, null, held)!;
    expect(chart.held).toMatch(/^M0 \d+(\.\d+)?(L\d+(\.\d+)? \d+(\.\d+)?){2}$/);
    expect(chart.times[0]).toBe(start - DAY);
    expect(Math.max(...numbers(chart.held).filter((_, i) => i % 2 === 1))).toBeLessThanOrEqual(HEIGHT);
    expect(chart.xs[0]).toBeGreaterThan(0);
    expect(equity(curve([1, 3, 2]), start + 2 * DAY, null)?.held).toBe('');
  });

  test('is known by the last daily close', () => {
    expect(heldAt(held, start - 2 * DAY)).toBeUndefined();
    expect(heldAt(held, start - 1)).toBe(held[0]);
    expect(heldAt(held, start)).toBe(held[1]);
    expect(heldAt(held, start + 9 * DAY)).toBe(held[2]);
  });
});
