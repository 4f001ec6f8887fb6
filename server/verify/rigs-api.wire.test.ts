import { expect, test } from 'vitest';
import { freshDatabase } from '../testkit/database.ts';
import { authzRig } from './authz.ts';
import { dosRig } from './dos.ts';
import { exportRig } from './export.ts';
import { inputRig } from './input.ts';
import { SHORT } from './rig.ts';

const IN_TESTS = { ...SHORT, database: freshDatabase };

test('export, short', { timeout: 120_000 }, async () => {
  expect(await exportRig(IN_TESTS)).toMatchObject({ failed: [], ok: true, of: 4, planted: { caught: true } });
});

test('input, short', { timeout: 120_000 }, async () => {
  const verdict = await inputRig(IN_TESTS);
  expect(verdict).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
  expect(verdict.handmade).toBeGreaterThanOrEqual(400);
});

const hasLoopbackNet = process.platform === 'linux';
if (!hasLoopbackNet) console.log('skipped: dos, because only Linux has all of 127.0.0.0/8 for its attackers to come from');
test.skipIf(!hasLoopbackNet)('dos, short', { timeout: 240_000 }, async () => {
  const verdict = await dosRig(IN_TESTS);
  expect(verdict).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
});

test('authz, short', { timeout: 120_000 }, async () => {
  const verdict = await authzRig(IN_TESTS);
  expect(verdict).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
  expect(verdict.of).toBeGreaterThanOrEqual(100);
});
