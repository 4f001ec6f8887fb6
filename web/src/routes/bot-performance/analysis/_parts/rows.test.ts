import { expect, test } from 'vitest';
import { hourRows, namedRows, sideOf, weekdayRows } from './rows.ts';

const result = (key: string, totalPnl: string, closedTrades: number) => ({
  key,
  performance: { closedTrades, wins: closedTrades, losses: 0, flats: 0, totalPnl },
});

test('only what has a closed trade is compared', () => {
  expect(namedRows([result('trend', '5', 3), result('new', '0', 0)]).map(({ label }) => label)).toEqual(['trend']);
});

test('a week and a day are whole, from Monday and from midnight, whatever has a trade', () => {
  const week = weekdayRows([result('7', '-2', 4)]);
  expect(week.map(({ label }) => label)).toEqual(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']);
  expect(week.map(({ trades }) => trades)).toEqual([0, 0, 0, 0, 0, 0, 4]);
  const hours = hourRows([result('09', '1', 2)]);
  expect(hours).toHaveLength(24);
  expect(hours[9]).toMatchObject({ label: '09:00', pnl: '1', trades: 2 });
});

test('a bin says profit or loss only where all of it is one', () => {
  const side = (from: string, to: string) => sideOf({ from, to });
  expect([side('-2', '-1'), side('-1', '0'), side('-0.5', '0.5'), side('0', '1'), side('1', '2'), side('0', '0')]).toEqual([
    'down',
    'down',
    'flat',
    'up',
    'up',
    'flat',
  ]);
});
