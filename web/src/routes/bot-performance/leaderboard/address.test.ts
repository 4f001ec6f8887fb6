import { describe, expect, test } from 'vitest';
import { readFilters } from '#lib/url/filters.ts';
import { BOARD_SORTS, boardSearch, daysOf, missing, readBoard } from './address.ts';

const { filters } = readFilters(new URLSearchParams('symbol=BTCUSDT&period=90d'));

describe('the address of a leaderboard', () => {
  test('what is unknown becomes the default, which an address does not say', () => {
    expect(readBoard(new URLSearchParams('by=__proto__&sort=toString'))).toEqual({ by: 'bot', sort: 'expectancy-low' });
    expect(boardSearch(readFilters(new URLSearchParams()).filters, readBoard(new URLSearchParams()))).toBe('');
  });

  test('what is written is read again, with the filters', () => {
    for (const sort of BOARD_SORTS) {
      const search = boardSearch(filters, { by: 'timeframe', sort });
      expect(readBoard(new URLSearchParams(search))).toEqual({ by: 'timeframe', sort });
      expect(readFilters(new URLSearchParams(search)).filters).toEqual(filters);
    }
  });
});

describe('what a row needs to be ranked', () => {
  const asOf = '2026-11-24T12:00:00.000Z';

  test('counts whole days of 24 hours from the first entry', () => {
    expect(daysOf({ asOf, firstEntryAt: '2026-11-10T12:00:00.000Z' })).toBe(14);
    expect(daysOf({ asOf, firstEntryAt: '2026-11-10T12:00:00.001Z' })).toBe(13);
    expect(daysOf({ asOf, firstEntryAt: null })).toBe(0);
    expect(daysOf({ asOf, firstEntryAt: '2026-11-24T12:00:01.000Z' })).toBe(0);
  });

  test('says what is missing of each', () => {
    expect(missing({ asOf, firstEntryAt: '2026-11-22T11:00:00.000Z', closedTrades: 12 })).toEqual({ trades: 18, days: 12 });
    expect(missing({ asOf, firstEntryAt: '2026-11-01T00:00:00.000Z', closedTrades: 29 })).toEqual({ trades: 1, days: 0 });
    expect(missing({ asOf, firstEntryAt: '2026-11-01T00:00:00.000Z', closedTrades: 30 })).toEqual({ trades: 0, days: 0 });
  });
});
