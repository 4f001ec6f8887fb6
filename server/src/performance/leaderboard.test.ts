import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { closedDaily, MS_PER_DAY } from '../../testkit/closed-trades.ts';
import { Decimal } from '../kernel/decimal.ts';
import type { Performance } from './figures.ts';
import { KnownIntervals } from './intervals.ts';
import { ranked } from './leaderboard.ts';
import type { LeaderboardSort } from './leaderboard.ts';
import { Part } from './part.ts';

/** Trades begin on day 1 at 11:00. */
const AS_OF = new Date(11.5 * MS_PER_DAY);

/** A row whose trades had these profits, one a day. */
function row(key: string, profits: readonly (number | string)[]) {
  const part = new Part(closedDaily(profits), [], profits.length);
  const metrics = part.metrics(new Decimal(1000), 1e12, 0);
  const performance = {
    ...metrics,
    asOf: AS_OF,
    expectancyInterval: () => part.expectancyInterval(new KnownIntervals(turn, 1), () => {}),
    firstEntryAt: () => part.firstEntryAt(),
  };
  return { key, performance: performance as Performance };
}
const ROWS = [
  row('b', [1, 1, -1]),
  row('a', [-1, 1, 1]),
  row('best', [3, 2, -1]),
  row('lucky', [100]),
  row('lossless', [1, 1, 1]),
  row('loser', [-1, -2, -3]),
  row('empty', []),
];
const ranks = async (sort: LeaderboardSort, minTrades: number, rows = ROWS) =>
  (await ranked(rows, sort, { minTrades, minDays: 0 })).map(({ rank, key }) => `${rank} ${key}`);

describe('the leaderboard', () => {
  test('equals share a rank, in the order of their keys, and the next one counts them all', async () => {
    expect(await ranks('TOTAL_PNL', 3)).toEqual(['1 best', '2 lossless', '3 a', '3 b', '5 loser']);
  });

  test('rows with too few trades are left out', async () => {
    expect((await ranks('TOTAL_PNL', 1))[0]).toBe('1 lucky');
    expect(await ranks('TOTAL_PNL', 0)).toHaveLength(7);
    expect(await ranks('TOTAL_PNL', 4)).toEqual([]);
  });

  test('rows with too short a record are left out, to the millisecond', async () => {
    const entryMs = MS_PER_DAY * 1.5 - 3_600_000;
    const atLeast = async (minDays: number, asOf: Date) => {
      const rows = ROWS.map(({ key, performance }) => ({ key, performance: { ...performance, asOf } }));
      return (await ranked(rows, 'TOTAL_PNL', { minTrades: 0, minDays })).map(({ key }) => key);
    };
    expect(await atLeast(10, new Date(entryMs + 10 * MS_PER_DAY))).toHaveLength(6); // all but the empty one
    expect(await atLeast(10, new Date(entryMs + 10 * MS_PER_DAY - 1))).toEqual([]);
    expect(await atLeast(0, AS_OF)).toContain('empty');
  });

  test('a metric that is not defined comes last, and all such rows share a rank', async () => {
    expect(await ranks('PROFIT_FACTOR', 0)).toEqual(['1 best', '2 a', '2 b', '4 loser', '5 empty', '5 lossless', '5 lucky']);
    expect((await ranks('SHARPE', 3)).at(-1)).toBe('5 lossless'); // all days are equal
  });

  test('money is compared exactly', async () => {
    const rows = [row('x', ['123456789012345.00000001']), row('y', ['123456789012345.00000002'])];
    expect(await ranks('TOTAL_PNL', 1, rows)).toEqual(['1 y', '2 x']);
  });

  test.for(['WIN_RATE', 'EXPECTANCY', 'EXPECTANCY_LOWER_BOUND'] as const)('%s: largest first', async (sort) => {
    const [first] = await ranked(ROWS, sort, { minTrades: 3, minDays: 0 });
    expect(first?.key).toBe(sort === 'EXPECTANCY' ? 'best' : 'lossless');
  });
});
