import { expect, test } from 'vitest';
import { SHORT } from './rig.ts';
import { DIAL_NAMES } from './sim-dials.ts';
import { simRig } from './sim.ts';
import { runSeed } from './sim-runs.ts';

test('sim, short', { timeout: 60_000 }, async () => {
  expect(DIAL_NAMES.length).toBeGreaterThanOrEqual(20);
  expect(await simRig(SHORT)).toMatchObject({
    failed: [],
    ok: true,
    seeds: 300,
    planted: { caught: true },
  });
});

test('the same seed gives the same log, another seed another', async () => {
  const [one, again, other] = [await runSeed(7), await runSeed(7), await runSeed(8)];
  expect(again).toEqual(one);
  expect(other.hash).not.toBe(one.hash);
});
