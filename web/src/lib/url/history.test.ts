import { expect, test } from 'vitest';
import { readFilters } from './filters.ts';
import { COLUMNS, historySearch, historyVariables, PAGE_SIZE, readHistory, sortSearch, type Sort } from './history.ts';

const read = (query: string) => readHistory(new URLSearchParams(query));
const filtersOf = (query: string) => readFilters(new URLSearchParams(query)).filters;
const rewritten = (query: string) => historySearch(filtersOf(query), read(query));
const sorted = (query: string, sort: Sort) => sortSearch(filtersOf(query), read(query), sort);

test('the plain address is newest closed first', () => {
  expect(read('')).toEqual({ sort: 'closed', direction: 'desc', columns: COLUMNS, after: null, before: null });
  expect(rewritten('')).toBe('');
  expect(historyVariables(read(''))).toEqual({ orderBy: { field: 'EXIT_TIME', direction: 'DESC' }, first: PAGE_SIZE });
});

test('an address is written as it is read', () => {
  for (const query of [
    '',
    '?sort=pnl',
    '?sort=symbol&dir=asc',
    '?after=a%2Bb%3D',
    '?sort=held&dir=asc&before=c',
    '?side=LONG&period=7d&sort=pnl&after=x',
  ]) {
    expect(rewritten(query)).toBe(query);
  }
});

test('a page forward asks for the first after its cursor, a page back for the last before it', () => {
  expect(historyVariables(read('?after=x'))).toEqual({ orderBy: { field: 'EXIT_TIME', direction: 'DESC' }, first: PAGE_SIZE, after: 'x' });
  expect(historyVariables(read('?before=x'))).toEqual({ orderBy: { field: 'EXIT_TIME', direction: 'DESC' }, last: PAGE_SIZE, before: 'x' });
  expect(read('?after=x&before=y').before).toBeNull();
});

test('nonsense is read as the default', () => {
  expect(read('?sort=toString&dir=up&after=')).toEqual({ sort: 'closed', direction: 'desc', columns: COLUMNS, after: null, before: null });
});

test('a column head turns the order round when it is sorted by already, and leaves the page', () => {
  expect(sorted('?after=x', 'closed')).toBe('?dir=asc');
  expect(sorted('?dir=asc', 'closed')).toBe('');
  expect(sorted('?after=x', 'pnl')).toBe('?sort=pnl');
  expect(sorted('', 'symbol')).toBe('?sort=symbol&dir=asc');
  expect(sorted('?sort=symbol&dir=asc', 'symbol')).toBe('?sort=symbol');
});

test('columns are those of the address, in the table’s order, with the two that are never left out', () => {
  expect(read('?col=percent&col=closed&col=nonsense').columns).toEqual(['closed', 'symbol', 'pnl', 'percent']);
  expect(rewritten('?col=percent&col=closed')).toBe('?col=closed&col=symbol&col=pnl&col=percent');
  expect(read('?col=nonsense').columns).toEqual(COLUMNS);
});

test('filters and columns stay when the order changes', () => {
  expect(sorted('?side=LONG&col=closed&after=x', 'pnl')).toBe('?side=LONG&sort=pnl&col=closed&col=symbol&col=pnl');
});
