import { plural } from '../locale.ts';

/** The trade history only. */
export const historyText = {
  title: 'Trade history',
  caption: (n: string): string => `${n} closed trades`,
  total: (n: string): string => `${n} closed ${n === '1' ? 'trade' : 'trades'}, after fees`,
  emptyPage: 'There is nothing on this page.',
  pages: 'Pages of the history',
  start: 'First page',
  previous: 'Previous page',
  next: 'Next page',
  newOnes: (n: number): string => `${n} newer ${plural(n, 'trade', 'trades')}: show`,
  columns: 'Columns',
  apply: 'Show',
};
