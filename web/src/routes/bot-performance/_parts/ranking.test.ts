import { expect, test } from 'vitest';
import { openTrade } from '#lib/live/samples.ts';
import type { Row } from '#lib/live/live-store.svelte.ts';
import { Ranking, TOP_ROWS } from './ranking.ts';

const rows = (pnls: Record<string, string>): Row[] =>
  Object.entries(pnls).map(([id, pnl]) => {
    const trade = openTrade(id, pnl);
    return { trade, terms: trade, moved: null, movedIn: 0, isNew: false, result: null };
  });
const ids = (shown: Row[]): string => shown.map((row) => row.trade.id).join('');

test('shows the largest profits and losses, at most six', () => {
  expect(ids(new Ranking().top(rows({ a: '1', b: '-5', c: '0', d: '2', e: '3', f: '-4', g: '0.5' }), 0))).toBe('bfedag');
  expect(TOP_ROWS).toBe(6);
});

test('keeps the order for ten seconds while the same positions are open', () => {
  const ranking = new Ranking();
  ranking.top(rows({ a: '2', b: '1' }), 0);
  expect(ids(ranking.top(rows({ a: '1', b: '2' }), 9_999))).toBe('ab');
  expect(ids(ranking.top(rows({ a: '1', b: '2' }), 10_000))).toBe('ba');
});

test('puts rows in order at once when a position comes or goes', () => {
  const ranking = new Ranking();
  ranking.top(rows({ a: '2', b: '1' }), 0);
  expect(ids(ranking.top(rows({ a: '1', b: '2', c: '9' }), 1))).toBe('cba');
});
