import type { Bin, KeyResult } from '#lib/graphql/later/analysis-query.ts';
import type { Direction } from '#lib/format/number.ts';
import { weekdayName } from './names.ts';

/** With fewer closed trades than this, a result is likely chance. */
export const SMALL_SAMPLE = 30;

/** What is drawn and printed of the closed trades with one key. */
export interface Row {
  label: string;
  pnl: string;
  trades: number;
  wins: number;
  losses: number;
  flats: number;
}

function toRow({ performance: { totalPnl, closedTrades, wins, losses, flats } }: KeyResult, label: string): Row {
  return { label, pnl: totalPnl, trades: closedTrades, wins, losses, flats };
}

/** Those with a closed trade, in the server's order: most closed trades first. */
export function namedRows(results: readonly KeyResult[]): Row[] {
  return results.filter(({ performance }) => performance.closedTrades > 0).map((result) => toRow(result, result.key));
}

/** Every key of the clock or the week in the order of time, also those without a trade. */
function timeRows(results: readonly KeyResult[], keys: readonly string[], labelOf: (key: string) => string): Row[] {
  const byKey = new Map(results.map((result) => [result.key, result]));
  return keys.map((key) => {
    const result = byKey.get(key);
    return result ? toRow(result, labelOf(key)) : { label: labelOf(key), pnl: '0', trades: 0, wins: 0, losses: 0, flats: 0 };
  });
}

export const weekdayRows = (results: readonly KeyResult[]): Row[] =>
  timeRows(results, ['1', '2', '3', '4', '5', '6', '7'], (key) => weekdayName(Number(key)));

export const hourRows = (results: readonly KeyResult[]): Row[] =>
  timeRows(
    results,
    Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
    (key) => `${key}:00`,
  );

/** Whether the trades of a bin made money: one that lies on both sides of zero says neither. */
export function sideOf({ from, to }: Pick<Bin, 'from' | 'to'>): Direction {
  if (Number(from) >= 0 && Number(to) > 0) return 'up';
  return Number(to) <= 0 && Number(from) < 0 ? 'down' : 'flat';
}
