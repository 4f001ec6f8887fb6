import { expect, test } from 'vitest';
import { toCalendar, toCells, toYears } from './calendar.ts';

const period = (start: string, pnl: string, closedTrades = 1) => ({ start: `${start}T00:00:00.000Z`, pnl, closedTrades, wins: 0 });

test('the heat goes by the largest result of all, and only an exact zero has none', () => {
  const cells = toCells([
    period('2026-11-01', '9'),
    period('2026-11-02', '-4'),
    period('2026-11-03', '0.00000001'),
    period('2026-11-04', '0'),
  ]);
  expect(cells.map(({ heat }) => heat)).toEqual([3, -2, 1, 0]);
  expect(toCells([period('2026-11-01', '0', 0)])).toEqual([]);
  for (const most of ['43.2', '0.1', '0.3', '77.77']) expect(toCells([period('2026-11-01', most)])[0]?.heat).toBe(3);
});

test('a month begins on its weekday and ends with its last day, leap years included', () => {
  const [november] = toCalendar([period('2026-11-03', '1.5')]);
  expect(november?.name).toBe('2026-11');
  // 1 November 2026 was a Sunday.
  expect(november?.weeks[0]?.map((day) => day?.date.slice(8) ?? '')).toEqual(['', '', '', '', '', '', '01']);
  expect(november?.weeks.flat().filter(Boolean)).toHaveLength(30);
  expect(november?.weeks[1]?.[1]?.result?.pnl).toBe('1.5');
  expect(november?.weeks[1]?.[2]?.result).toBeNull();
  const [february] = toCalendar([period('2028-02-29', '1')]);
  expect(february?.weeks.flat().at(-6)?.date).toBe('2028-02-29');
});

test('months without a trade stand between those with one, newest first, over the turn of a year, twelve at most', () => {
  const names = (from: string, to: string) => toCalendar([period(from, '1'), period(to, '1')]).map(({ name }) => name);
  expect(names('2025-11-30', '2026-02-01')).toEqual(['2026-02', '2026-01', '2025-12', '2025-11']);
  expect(names('2024-01-01', '2026-02-01')).toHaveLength(12);
  expect(toCalendar([])).toEqual([]);
});

test('a year is the exact sum of its months', () => {
  const years = toYears([
    period('2025-12-01', '-3'),
    period('2026-01-01', '0.1'),
    period('2026-02-01', '0', 0),
    period('2026-03-01', '0.2'),
  ]);
  expect(years.map(({ name, total }) => [name, total])).toEqual([
    ['2026', '0.3'],
    ['2025', '-3'],
  ]);
  expect(years[0]?.months.map((cell) => cell?.pnl ?? null).slice(0, 4)).toEqual(['0.1', null, '0.2', null]);
});
