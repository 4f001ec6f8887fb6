import { expect, test } from 'vitest';
import { missingTests, page, tableUnder } from '../../testkit/doc-tables.ts';
import { CONNECTION_EVENTS, CONNECTION_STATES } from './feed-state.ts';

const text = page('FEED.md');

test('FEED.md shows the machine as it is', () => {
  const rows = Object.entries(CONNECTION_STATES).map(([state, moves]) => [state, ...CONNECTION_EVENTS.map((event) => moves[event])]);
  expect(tableUnder(text, '## One connection')).toEqual([['state', ...CONNECTION_EVENTS], ...rows]);
});

test('FEED.md names tests that are there', () => {
  const { named, missing } = missingTests(text);
  expect(missing).toEqual([]);
  expect(named).toBeGreaterThan(20);
});

test('a name that is not there is found missing', () => {
  const wrong = '`src/ticks/feed-state.test.ts` “no such test” `src/ticks/no-such.test.ts` “one connection”';
  expect(missingTests(wrong).missing).toHaveLength(2);
});
