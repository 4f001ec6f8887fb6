import { expect, test } from 'vitest';
import { freshDatabase } from '../testkit/database.ts';
import { BENCHES, TINY } from './benches.ts';
import { hasMercurius, NAMES } from './fanout.ts';

if (!hasMercurius) console.log('skipped: mercurius among the contenders, because it is not there; `npm run bench` installs it');

const size = { ...TINY, latency: { ...TINY.latency, database: freshDatabase } };
test.each(Object.keys(BENCHES))('%s runs, and all contenders tell the same', { timeout: 120_000 }, async (name) => {
  const rows = await BENCHES[name]!(size);
  expect(new Set(rows.map(({ contender }) => contender))).toEqual(new Set(name === 'latency' ? ['ours', 'polling each 0.3 s'] : NAMES));
  for (const { value } of rows) expect(value.median).not.toBeNaN();
});
