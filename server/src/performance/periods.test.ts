import { describe, expect, test } from 'vitest';
import { closedTrade } from '../../testkit/closed-trades.ts';
import { toPlain } from '../kernel/decimal.ts';
import { profitsByPeriod } from './periods.ts';
import type { Period } from './periods.ts';

const at = (time: string, pnl: string) => closedTrade(pnl, Date.parse(time));
const TRADES = [
  at('2026-03-02T00:00:00.000Z', '-0.00000003'), // a Monday; found late: it stands before older ones
  at('2025-12-31T23:59:59.999Z', '1.5'),
  at('2026-01-01T00:00:00.000Z', '-0.5'),
  at('2026-01-04T23:59:59.999Z', '0'), // a Sunday
  at('2026-01-05T00:00:00.000Z', '0.00000001'),
];
const periodsOf = (period: Period) =>
  profitsByPeriod(TRADES, period).map(({ start, pnl, closedTrades, wins }) => [
    start.toISOString().slice(0, 10),
    toPlain(pnl),
    closedTrades,
    wins,
  ]);

describe('profit by period', () => {
  test('months, without gaps', () => {
    expect(periodsOf('MONTH')).toEqual([
      ['2025-12-01', '1.5', 1, 1],
      ['2026-01-01', '-0.49999999', 3, 1],
      ['2026-02-01', '0', 0, 0],
      ['2026-03-01', '-0.00000003', 1, 0],
    ]);
  });

  test('weeks begin on Monday', () => {
    const weeks = periodsOf('WEEK');
    expect(weeks).toHaveLength(10);
    expect(weeks.slice(0, 3)).toEqual([
      ['2025-12-29', '1', 3, 1],
      ['2026-01-05', '0.00000001', 1, 1],
      ['2026-01-12', '0', 0, 0],
    ]);
    expect(weeks.at(-1)).toEqual(['2026-03-02', '-0.00000003', 1, 0]);
  });

  test('days', () => {
    const days = periodsOf('DAY');
    expect(days).toHaveLength(62);
    expect(days.slice(0, 3)).toEqual([
      ['2025-12-31', '1.5', 1, 1],
      ['2026-01-01', '-0.5', 1, 0],
      ['2026-01-02', '0', 0, 0],
    ]);
  });

  test('before 1970 too, and none without trades', () => {
    expect(profitsByPeriod([at('1969-12-31T23:00:00Z', '1')], 'WEEK')[0]?.start.toISOString()).toBe('1969-12-29T00:00:00.000Z');
    expect(profitsByPeriod([], 'DAY')).toEqual([]);
  });
});
