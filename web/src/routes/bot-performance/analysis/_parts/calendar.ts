import { addDecimals } from '#lib/format/decimal.ts';
import type { PeriodResult } from '#lib/graphql/later/analysis-query.ts';

/** How strong a cell's colour is, by the largest result of all: 1 to 3 for a profit, −1 to −3 for a loss, 0 for neither. */
export type Heat = -3 | -2 | -1 | 0 | 1 | 2 | 3;

export interface Cell extends PeriodResult {
  heat: Heat;
}

/** One UTC month as a calendar has it. */
export interface CalendarMonth {
  /** "2026-11". */
  name: string;
  /** From Monday to Sunday; null before the first and after the last of the month. */
  weeks: (CalendarDay | null)[][];
}

export interface CalendarDay {
  /** "2026-11-03". */
  date: string;
  /** Null where nothing was closed. */
  result: Cell | null;
}

export interface Year {
  name: string;
  /** January first; null where nothing was closed. */
  months: (Cell | null)[];
  /** The exact sum of its months. */
  total: string;
}

const LEVELS = 3;
const DAY_MS = 86_400_000;
const MONTHS_LIMIT = 12;

/** The periods in which something was closed, each with its heat. */
export function toCells(periods: readonly PeriodResult[]): Cell[] {
  const traded = periods.filter((period) => period.closedTrades > 0);
  const most = Math.max(0, ...traded.map(({ pnl }) => Math.abs(Number(pnl))));
  return traded.map((period) => ({ ...period, heat: heatOf(Number(period.pnl), most) }));
}

function heatOf(pnl: number, most: number): Heat {
  if (pnl === 0) return 0;
  return (Math.sign(pnl) * Math.max(1, Math.ceil(LEVELS * (Math.abs(pnl) / most)))) as Heat;
}

/** The months of the days that were traded on, newest first, those without a trade between them included. */
export function toCalendar(days: readonly PeriodResult[]): CalendarMonth[] {
  const cells = new Map(toCells(days).map((cell) => [cell.start.slice(0, 10), cell]));
  const dates = [...cells.keys()].sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const months: CalendarMonth[] = [];
  for (let name = last.slice(0, 7); name >= first.slice(0, 7) && months.length < MONTHS_LIMIT; name = monthBefore(name)) {
    months.push({ name, weeks: weeksOf(name, cells) });
  }
  return months;
}

function monthBefore(name: string): string {
  return new Date(Date.parse(`${name}-01T00:00:00Z`) - DAY_MS).toISOString().slice(0, 7);
}

function weeksOf(name: string, cells: ReadonlyMap<string, Cell>): (CalendarDay | null)[][] {
  const first = new Date(`${name}-01T00:00:00Z`);
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const before = (first.getUTCDay() + 6) % 7;
  const days = Array.from({ length: Math.ceil((before + length) / 7) * 7 }, (_, i): CalendarDay | null => {
    const day = i - before + 1;
    if (day < 1 || day > length) return null;
    const date = `${name}-${String(day).padStart(2, '0')}`;
    return { date, result: cells.get(date) ?? null };
  });
  return Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
}

/** Newest year first. */
export function toYears(months: readonly PeriodResult[]): Year[] {
  const cells = new Map(toCells(months).map((cell) => [cell.start.slice(0, 7), cell]));
  const names = [...new Set([...cells.keys()].map((month) => month.slice(0, 4)))].sort().reverse();
  return names.map((name) => {
    const all = Array.from({ length: 12 }, (_, i) => cells.get(`${name}-${String(i + 1).padStart(2, '0')}`) ?? null);
    return { name, months: all, total: addDecimals(all.flatMap((cell) => cell?.pnl ?? [])) };
  });
}
