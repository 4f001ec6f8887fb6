import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../src/process/environment.ts';
import { hasBrowser } from '../testkit/browser.ts';
import { freshDatabase } from '../testkit/database.ts';
import { BENCHES, TINY } from './benches.ts';
import { hasMercurius, NAMES } from './fanout.ts';

if (!hasMercurius) console.log('skipped: mercurius among the contenders, because it is not there; `npm run bench` installs it');

const size = { ...TINY, latency: { ...TINY.latency, database: freshDatabase } };
const COMPARED = Object.keys(BENCHES).filter((name) => name !== 'page');

test.each(COMPARED)('%s runs, and all contenders tell the same', { timeout: 120_000 }, async (name) => {
  const rows = await BENCHES[name]!(size);
  expect(new Set(rows.map(({ contender }) => contender))).toEqual(
    new Set(name === 'latency' ? ['ours', 'bare ws and pg', 'polling each 0.3 s'] : NAMES),
  );
  for (const { value } of rows) expect(value.median).not.toBeNaN();
});

test.skipIf(!hasBrowser())('page runs, and finds a figure for each budget', { timeout: 180_000 }, async () => {
  expect(existsSync(join(projectRoot, 'web/build/handler.js'))).toBe(true);
  const rows = await BENCHES['page']!(TINY);
  expect(rows.length).toBeGreaterThanOrEqual(16);
  for (const { value, case: label } of rows) expect(value.median, label).not.toBeNaN();
  const of = (label: string) => rows.find((row) => row.case === label)?.value.median;
  expect(of('JavaScript, all that is loaded')).toBeGreaterThan(20);
  expect(of('LCP, phone on slow 4G')).toBeGreaterThan(0);
  expect(of('worst interaction of a visit, p75')).toBeGreaterThan(0);
  expect(of('Lighthouse accessibility')).toBe(1);
});
