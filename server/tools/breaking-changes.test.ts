import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { undeclaredChanges } from './breaking-changes.ts';

const released = readFileSync(new URL('../released.graphql', import.meta.url), 'utf8');
const NOTHING_DECLARED = '# Changelog\n\n## Unreleased\n\n- News.\n';

/** The released schema with one thing changed. */
function changed(from: string | RegExp, to: string): string {
  const current = released.replace(from, to);
  if (current === released) throw new Error(`nothing to change: ${from}`);
  return current;
}

test.each([
  ['a field taken away', 'slug: String!', 'handle: String!', 'Field Bot.slug was removed.'],
  ['a field that may now be null', 'fees: Decimal!', 'fees: Float', 'changed type from Decimal! to Float.'],
  ['an enum value taken away', /^ {2}CLOSED_EXPIRED$/m, '  CLOSED_LATE', 'Enum value TradeStatus.CLOSED_EXPIRED was removed.'],
  ['an input that must now be sent', 'timeframe: String = "1h"', 'timeframe: String!', 'CreateSignalInput.timeframe changed type'],
  [
    'a new input that must be sent',
    'input CreateSignalInput {',
    'input CreateSignalInput {\n  leverage: Int!',
    'CreateSignalInput.leverage',
  ],
])('finds %s', (_, from, to, sentence) => {
  expect(undeclaredChanges(released, changed(from, to), NOTHING_DECLARED)).toEqual([expect.stringContaining(sentence)]);
});

test('nothing is said of what only adds', () => {
  const more = changed('type Bot implements Node {', 'type Bot implements Node {\n  homepage: String');
  expect(undeclaredChanges(released, more, NOTHING_DECLARED)).toEqual([]);
});

test('a change is declared in the part "Breaking" of what is not released yet, and nowhere else', () => {
  const without = changed('slug: String!', 'handle: String!');
  const sentence = 'Field `Bot.slug`\n  was removed.';
  const said = (changelog: string) => undeclaredChanges(released, without, changelog).length === 0;
  expect(said(`# Changelog\n\n## Unreleased\n\n### Breaking\n\n- ${sentence} Use id.\n\n### Added\n\n- More.\n`)).toBe(true);
  expect(said(`# Changelog\n\n## Unreleased\n\n### Added\n\n- ${sentence}\n`)).toBe(false);
  expect(said(`# Changelog\n\n## Unreleased\n\n## 1.0.0\n\n### Breaking\n\n- ${sentence}\n`)).toBe(false);
});
