import { expect, test } from 'vitest';
import { BENCHES, TINY } from './benches.ts';

test.each(Object.keys(BENCHES))('%s runs, and all contenders tell the same', { timeout: 120_000 }, async (name) => {
  const rows = await BENCHES[name]!(TINY);
  expect(new Set(rows.map(({ contender }) => contender))).toEqual(new Set(['ours', 'yoga', 'ws']));
  for (const { value } of rows) expect(value.median).not.toBeNaN();
});
