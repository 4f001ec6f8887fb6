import { describe, expect, test } from 'vitest';
import { exportSearch, filterCount, filterSearch, readFilters, toTradeFilter } from './filters.ts';

const read = (query: string) => readFilters(new URLSearchParams(query));
const NOW = Date.parse('2026-11-22T12:00:00.000Z');

describe('an address', () => {
  test('without filters means everything', () => {
    const { filters, ignored } = read('');
    expect(ignored).toEqual([]);
    expect(filterCount(filters)).toBe(0);
    expect(filterSearch(filters)).toBe('');
    expect(toTradeFilter(filters, NOW)).toEqual({});
  });

  test('is read and written the same, lists and all', () => {
    const query = '?market=SPOT&timeframe=1m&timeframe=1M&symbol=BTCUSDT&strategy=a%26b&side=LONG&result=WIN&bot=quick-fox&period=30d';
    const { filters, ignored } = read(query);
    expect(ignored).toEqual([]);
    expect(filterSearch(filters)).toBe(query);
    expect(filterCount(filters)).toBe(8);
  });

  test('as a form without JavaScript sends it, with empty fields, has one short form', () => {
    const { filters, ignored } = read('market=&timeframe=&symbol=btcusdt&strategy=&side=short&result=&bot=&period=all&from=&to=');
    expect(ignored).toEqual([]);
    expect(filterSearch(filters)).toBe('?symbol=BTCUSDT&side=SHORT');
  });

  test('with values that cannot be meant is read without them, and says which', () => {
    const { filters, ignored } = read(`market=OPTIONS&side=LONG&period=2w&from=2026-02-30&symbol=${'X'.repeat(65)}&result=win`);
    expect(ignored).toEqual(['market=OPTIONS', `symbol=${'X'.repeat(65)}`, 'period=2w', 'from=2026-02-30']);
    expect(filterSearch(filters)).toBe('?side=LONG&result=WIN');
  });

  test('whose period ends before it begins has no period', () => {
    const { filters, ignored } = read('from=2026-11-02&to=2026-11-01');
    expect(ignored).toEqual(['from=2026-11-02', 'to=2026-11-01']);
    expect(filters.period).toBe('all');
  });

  test('with more values than anybody chooses is cut', () => {
    const { filters, ignored } = read(Array.from({ length: 25 }, (_, i) => `symbol=S${i}`).join('&'));
    expect(filters.symbol).toHaveLength(20);
    expect(ignored).toHaveLength(5);
  });
});

describe('the filter for the API', () => {
  test('names the fields as the API does', () => {
    const { filters } = read('market=SPOT&side=LONG&result=LOSS&strategy=trend&bot=quick-fox');
    expect(toTradeFilter(filters, NOW)).toEqual({
      marketType: ['SPOT'],
      direction: ['LONG'],
      result: ['LOSS'],
      strategy: ['trend'],
      bot: ['quick-fox'],
    });
  });

  test('counts a period that ends now in whole UTC days, today included', () => {
    expect(toTradeFilter(read('period=7d').filters, NOW)).toEqual({ from: '2026-11-16T00:00:00.000Z' });
  });

  test('takes both ends of a period whole', () => {
    expect(toTradeFilter(read('from=2026-11-01&to=2026-11-02').filters, NOW)).toEqual({
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-02T23:59:59.999Z',
    });
  });
});

test('the download has the filters of the page and its very times', () => {
  const { filters } = read('side=LONG&period=7d');
  expect(exportSearch(filters, toTradeFilter(filters, NOW))).toBe('?side=LONG&from=2026-11-16T00%3A00%3A00.000Z');
});
