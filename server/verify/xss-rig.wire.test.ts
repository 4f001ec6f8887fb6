import { expect, test } from 'vitest';
import { hasBrowser } from '../testkit/browser.ts';
import { SHORT } from './rig.ts';
import { xssRig } from './xss.ts';

// In a file of its own: the built pages can belong to one server in a process only.
test.skipIf(!hasBrowser())('xss, short', { timeout: 300_000 }, async () => {
  const verdict = await xssRig(SHORT);
  expect(verdict).toMatchObject({ failed: [], ok: true, csv: 'checked', planted: { caught: true } });
});
