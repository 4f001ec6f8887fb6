import { expect, test } from 'vitest';
import { leaderRig } from './leader.ts';

// A file of its own: it starts some ten processes, which take their time on a loaded machine.
test('leader, short', { timeout: 600_000 }, async () => {
  expect(await leaderRig({ seed: 1, short: true, say: () => {} })).toMatchObject({ failed: [], ok: true, planted: { caught: true } });
});
