import { expect, test } from 'vitest';
import { historyHref, historyVariables, PAGE_SIZE, readHistory, sortHref } from './history.ts';

const read = (query: string) => readHistory(new URLSearchParams(query));

test('the plain address is newest closed first', () => {
  expect(read('')).toEqual({ sort: 'closed', direction: 'desc', after: null, before: null });
  expect(historyHref(read(''))).toBe('');
  expect(historyVariables(read(''))).toEqual({ orderBy: { field: 'EXIT_TIME', direction: 'DESC' }, first: PAGE_SIZE });
});

test('an address is written as it is read', () => {
  for (const query of ['', '?sort=pnl', '?sort=symbol&dir=asc', '?after=a%2Bb%3D', '?sort=held&dir=asc&before=c']) {
    expect(historyHref(read(query))).toBe(query);
  }
});

test('a page forward asks for the first after its cursor, a page back for the last before it', () => {
  expect(historyVariables(read('?after=x'))).toEqual({ orderBy: { field: 'EXIT_TIME', direction: 'DESC' }, first: PAGE_SIZE, after: 'x' });
  expect(historyVariables(read('?before=x'))).toEqual({ orderBy: { field: 'EXIT_TIME', direction: 'DESC' }, last: PAGE_SIZE, before: 'x' });
  expect(read('?after=x&before=y').before).toBeNull();
});

test('nonsense is read as the default', () => {
  expect(read('?sort=toString&dir=up&after=')).toEqual({ sort: 'closed', direction: 'desc', after: null, before: null });
});

test('a column head turns the order round when it is sorted by already, and leaves the page', () => {
  expect(sortHref(read('?after=x'), 'closed')).toBe('?dir=asc');
  expect(sortHref(read('?dir=asc'), 'closed')).toBe('');
  expect(sortHref(read('?after=x'), 'pnl')).toBe('?sort=pnl');
  expect(sortHref(read(''), 'symbol')).toBe('?sort=symbol&dir=asc');
  expect(sortHref(read('?sort=symbol&dir=asc'), 'symbol')).toBe('?sort=symbol');
});
