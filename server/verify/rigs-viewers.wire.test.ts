import { expect, test } from 'vitest';
import { freshDatabase } from '../testkit/database.ts';
import { fanoutRig } from './fanout.ts';
import { leakRig } from './leak.ts';
import { resumeRig } from './resume.ts';
import { SHORT } from './rig.ts';
import { slowRig } from './slow.ts';

test.each([
  ['fanout', fanoutRig],
  ['slow', slowRig],
  ['resume', resumeRig],
  ['leak', leakRig],
])('%s, short', { timeout: 180_000 }, async (_, run) => {
  expect(await run({ ...SHORT, database: freshDatabase })).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
});
