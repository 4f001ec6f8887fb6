import { expect, test } from 'vitest';
import { leaderRig } from './leader.ts';
import { SHORT } from './rig.ts';

// A file of its own: it starts some ten processes, which take their time on a loaded machine.
test('leader, short', { timeout: 600_000 }, async () => {
  expect(await leaderRig(SHORT)).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
});
