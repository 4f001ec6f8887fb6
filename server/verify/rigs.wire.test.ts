import { expect, test } from 'vitest';
import { exportRig } from './export.ts';
import { dosRig } from './dos.ts';
import { freshDatabase } from '../testkit/database.ts';
import { authzRig } from './authz.ts';
import { feedRig } from './feed.ts';
import { gapRig } from './gap.ts';
import { inputRig } from './input.ts';
import { replayRig, tradesFile } from './replay.ts';
import { fanoutRig } from './fanout.ts';
import { leakRig } from './leak.ts';
import { resumeRig } from './resume.ts';
import { slowRig } from './slow.ts';

/** The same every time, so that a failure here is one of the code, not of luck. */
const SHORT = { seed: 1, short: true, say: () => {} };

test('feed, short', { timeout: 60_000 }, async () => {
  const verdict = await feedRig(SHORT);
  expect(verdict).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
  expect(verdict.of).toBeGreaterThanOrEqual(15);
});

test('gap, short', { timeout: 60_000 }, async () => {
  const verdict = await gapRig(SHORT);
  expect(verdict).toMatchObject({ failed: [], ok: true, of: 25, planted: { caught: true } });
  expect(verdict.byCandle).toBeGreaterThan(0);
});

test('export, short', { timeout: 120_000 }, async () => {
  expect(await exportRig(SHORT)).toMatchObject({ failed: [], ok: true, of: 4, planted: { caught: true } });
});

test('input, short', { timeout: 120_000 }, async () => {
  const verdict = await inputRig(SHORT);
  expect(verdict).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
  expect(verdict.handmade).toBeGreaterThanOrEqual(400);
});

const hasLoopbackNet = process.platform === 'linux';
if (!hasLoopbackNet) console.log('skipped: dos, because only Linux has all of 127.0.0.0/8 for its attackers to come from');
test.skipIf(!hasLoopbackNet)('dos, short', { timeout: 240_000 }, async () => {
  const verdict = await dosRig(SHORT);
  expect(verdict).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
});

test('authz, short', { timeout: 120_000 }, async () => {
  const verdict = await authzRig(SHORT, await freshDatabase());
  expect(verdict).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
  expect(verdict.of).toBeGreaterThanOrEqual(100);
});

const isThere = tradesFile() !== undefined;
if (!isThere) console.log('skipped: the replay of real trades, because its file is not there; name it in VERIFY_TRADES_FILE');
test.skipIf(!isThere)('replay, short', { timeout: 60_000 }, async () => {
  expect(await replayRig(SHORT)).toMatchObject({ failed: [], ok: true, of: 3, planted: { caught: true } });
});

test.each([
  ['fanout', fanoutRig],
  ['slow', slowRig],
  ['resume', resumeRig],
  ['leak', leakRig],
])('%s, short', { timeout: 180_000 }, async (_, run) => {
  expect(await run({ ...SHORT, database: freshDatabase })).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
});
