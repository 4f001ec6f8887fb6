import { expect, test } from 'vitest';
import { feedRig } from './feed.ts';
import { gapRig } from './gap.ts';
import { replayRig, tradesFile } from './replay.ts';
import { SHORT } from './rig.ts';

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

const isThere = tradesFile() !== undefined;
if (!isThere) console.log('skipped: the replay of real trades, because its file is not there; name it in VERIFY_TRADES_FILE');
test.skipIf(!isThere)('replay, short', { timeout: 60_000 }, async () => {
  expect(await replayRig(SHORT)).toMatchObject({ failed: [], ok: true, of: 3, planted: { caught: true } });
});
