import { describe, expect, test } from 'vitest';
import type { ReceiptTrade } from '../receipt.ts';
import { WIDTH } from '#lib/ui/plot.ts';
import { candleAt, HEIGHT, priceChart } from './price-chart.ts';

const start = Date.parse('2026-11-22T00:00:00.000Z');
const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** A trade of two minutes, with candles of these prices from one minute before it. */
function trade(candles: [open: number, high: number, low: number, close: number][], rest: Partial<ReceiptTrade> = {}): ReceiptTrade {
  return {
    entryPrice: '100',
    entryTime: iso(start + MINUTE),
    takeProfit: '110',
    stopLoss: '95',
    exitPrice: '110',
    exitTime: iso(start + 3 * MINUTE),
    priceCandles: candles.map(([open, high, low, close], i) => ({
      openTime: iso(start + i * MINUTE),
      closeTime: iso(start + (i + 1) * MINUTE - 1),
      ...Object.fromEntries(Object.entries({ open, high, low, close }).map(([name, price]) => [name, String(price)])),
    })),
    ...rest,
  } as ReceiptTrade;
}
const FOUR = trade([
  [100, 101, 99, 100.5],
  [100.5, 104, 100, 103],
  [103, 103, 97, 98],
  [98, 112, 98, 110],
]);
const numbers = (path: string): number[] => [...path.matchAll(/-?\d+(\.\d+)?/g)].map((match) => Number(match[0]));

describe('the chart', () => {
  const chart = priceChart(FOUR)!;

  test('has each candle once, among those that rose or those that fell', () => {
    expect(chart.rising.bodies.match(/Z/g)).toHaveLength(3);
    expect(chart.falling.bodies.match(/Z/g)).toHaveLength(1);
    expect(chart.xs).toEqual([125, 375, 625, 875]);
    expect(chart.lengthMs).toBe(MINUTE);
  });

  test('keeps every price and level inside the picture, the higher above the lower', () => {
    const ys = [...chart.labels.map(({ y }) => y), chart.entry.y, chart.exit.y];
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ys)).toBeLessThanOrEqual(HEIGHT);
    expect(chart.exit.y).toBeLessThan(chart.entry.y);
    for (const part of [chart.rising, chart.falling])
      expect(Math.max(...numbers(part.wicks), ...numbers(part.bodies))).toBeLessThanOrEqual(WIDTH);
  });

  test('puts entry and exit at their times', () => {
    expect([chart.entry.x, chart.exit.x]).toEqual([250, 750]);
  });

  test('leaves no label on another, also where the exit is the take profit', () => {
    const ys = chart.labels.map(({ labelY }) => labelY);
    for (const [i, y] of ys.entries()) if (i > 0) expect(y - ys[i - 1]!).toBeGreaterThanOrEqual(15);
    expect(chart.labels.map(({ level }) => level).sort()).toEqual(['entry', 'exit', 'stopLoss', 'takeProfit']);
    const crowded = priceChart(trade([[100, 100, 100, 100]], { takeProfit: '100.1', stopLoss: '99.9', exitPrice: '99.9' }))!;
    expect(Math.min(...crowded.labels.map(({ labelY }) => labelY))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...crowded.labels.map(({ labelY }) => labelY))).toBeLessThanOrEqual(HEIGHT);
  });

  test('is not drawn without candles or of an open trade', () => {
    expect(priceChart(trade([]))).toBeNull();
    expect(priceChart({ ...FOUR, priceCandles: null })).toBeNull();
    expect(priceChart({ ...FOUR, exitPrice: null, exitTime: null })).toBeNull();
  });
});

test('the pointer finds the nearest candle', () => {
  expect([0, 249, 251, 800, 2_000].map((x) => candleAt([125, 375, 625, 875], x))).toEqual([0, 0, 1, 3, 3]);
});
