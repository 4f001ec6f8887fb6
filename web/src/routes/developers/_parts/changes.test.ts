import { expect, test } from 'vitest';
import { readChanges } from './changes.ts';

test('a change log is read: versions, parts, changes over several lines', () => {
  const markdown =
    '# Changelog\n\n## Unreleased\n\n- One `thing`\n  on two lines.\n- Another.\n\n### Breaking\n\n- `Bot.slug` went.\n\n## 1.0.0\n\n- First.\n';
  expect(readChanges(markdown)).toEqual([
    {
      name: 'Unreleased',
      parts: [
        { title: null, changes: ['One thing on two lines.', 'Another.'] },
        { title: 'Breaking', changes: ['Bot.slug went.'] },
      ],
    },
    { name: '1.0.0', parts: [{ title: null, changes: ['First.'] }] },
  ]);
});
