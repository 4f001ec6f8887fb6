import { expect, test } from 'vitest';
import { missingTests, page, tableUnder } from '../../testkit/doc-tables.ts';
import { nextStatus, TRADE_HAPPENINGS, TRADE_STATUSES } from './trade.ts';

const text = page('TRADE.md');

test('TRADE.md shows the transitions as they are', () => {
  const rows = TRADE_STATUSES.map((status) => [status, ...TRADE_HAPPENINGS.map((happening) => nextStatus(status, happening) ?? 'refused')]);
  expect(tableUnder(text, '## States and moves')).toEqual([['state', ...TRADE_HAPPENINGS], ...rows]);
});

test('TRADE.md names tests that are there', () => {
  const { named, missing } = missingTests(text);
  expect(missing).toEqual([]);
  expect(named).toBeGreaterThan(20);
});
