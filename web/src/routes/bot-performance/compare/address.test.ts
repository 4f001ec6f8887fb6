import { describe, expect, test } from 'vitest';
import { readFilters } from '#lib/url/filters.ts';
import { chooseLines, compareSearch, readCompare } from './address.ts';

const read = (query: string) => readCompare(new URLSearchParams(query));
const { filters } = readFilters(new URLSearchParams('side=LONG'));

describe('the address of a comparison', () => {
  test('what is unknown becomes the default, which an address does not say', () => {
    expect(read('by=weekday&axis=x')).toEqual({ by: 'strategy', axis: 'time', pick: [] });
    expect(compareSearch(readFilters(new URLSearchParams()).filters, read(''))).toBe('');
  });

  test('what is written is read again, with the filters', () => {
    const address = { by: 'symbol', axis: 'trades', pick: ['BTCUSDT', 'a&b=c', ''] } as const;
    const search = compareSearch(filters, address);
    expect(read(search)).toEqual(address);
    expect(readFilters(new URLSearchParams(search)).filters).toEqual(filters);
  });

  test('a flood of names is cut, and each counts once', () => {
    expect(read(Array.from({ length: 500 }, (_, i) => `pick=${i}`).join('&')).pick).toHaveLength(20);
    expect(read('pick=a&pick=a').pick).toEqual(['a']);
  });
});

describe('the lines that are drawn', () => {
  const keys = ['e', 'd', 'c', 'b', 'a'];

  test('are those with most trades where none is chosen, or none that is there', () => {
    expect(chooseLines(keys, [])).toEqual({ shown: ['e', 'd', 'c', 'b'], left: [], unknown: [] });
    expect(chooseLines(keys, ['z'])).toEqual({ shown: ['e', 'd', 'c', 'b'], left: [], unknown: ['z'] });
    expect(chooseLines([], ['a'])).toEqual({ shown: [], left: [], unknown: ['a'] });
  });

  test('stand in the order of the rows, so that a line keeps its colour whatever was ticked first', () => {
    expect(chooseLines(keys, ['a', 'd']).shown).toEqual(['d', 'a']);
    expect(chooseLines(keys, ['d', 'a']).shown).toEqual(['d', 'a']);
  });

  test('are four at most; what is left out is said', () => {
    expect(chooseLines(keys, ['a', 'b', 'c', 'd', 'e', 'z'])).toEqual({ shown: ['d', 'c', 'b', 'a'], left: ['e'], unknown: ['z'] });
  });
});
