import { describe, expect, test } from 'vitest';
import { Delistings, isOver } from './delisting.ts';

describe('a symbol in a list', () => {
  test.for(['DELIVERING', 'DELIVERED', 'SETTLING', 'CLOSE'])('%s is over', (status) => expect(isOver({ status })).toBe(true));

  test.for([
    'TRADING',
    'HALT',
    'BREAK',
    'END_OF_DAY',
    'CANCEL_ONLY',
    'PENDING_TRADING',
    'PRE_SETTLE',
    'PRE_DELISTING',
    'TRADING_HALT',
    'DOWN',
    'A_NEW_WORD',
    'UNKNOWN',
  ])('%s is not', (status) => expect(isOver({ status })).toBe(false));

  test('one that is not listed is over', () => expect(isOver(undefined)).toBe(true));
});

test('it takes so many lists in a row to believe it', () => {
  const delistings = new Delistings(3);
  const next = (list: Record<string, string>) =>
    delistings.next(['A', 'B'], (symbol) => {
      const status = list[symbol];
      return status === undefined ? undefined : { status };
    });
  expect(next({ B: 'TRADING' })).toEqual([]);
  expect(next({ B: 'CLOSE' })).toEqual([]);
  // A comes back once: its count begins anew.
  expect(next({ A: 'HALT', B: 'CLOSE' })).toEqual([]);
  expect(next({ B: 'SETTLING' })).toEqual(['B']);
  expect(next({ B: 'TRADING' })).toEqual([]);
  expect(next({ B: 'TRADING' })).toEqual(['A']);
  expect(next({ B: 'TRADING' })).toEqual(['A']);
});

test('a symbol that nobody watched meanwhile is counted from the beginning', () => {
  const delistings = new Delistings(2);
  expect(delistings.next(['A'], () => undefined)).toEqual([]);
  expect(delistings.next([], () => undefined)).toEqual([]);
  expect(delistings.next(['A'], () => undefined)).toEqual([]);
  expect(delistings.next(['A'], () => undefined)).toEqual(['A']);
});
