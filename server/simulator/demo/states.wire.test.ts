import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../../testkit/browser.ts';
import { expectWellMade, TWO_VIEWS } from '../../testkit/well-made.ts';
import { PAGE_STATES } from './states.ts';
import { DemoVisits } from './demo-visits.ts';

/** The latest of all is the banner of a lost connection, after 10 s. */
const SAYS_TIMEOUT_MS = 20_000;

test('each state is listed for developers, with its address', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../CONTRIBUTING.md'), 'utf8');
  const missing = Object.values(PAGE_STATES).filter(({ path }) => !text.includes(`\`${path}\``));
  expect(missing.map(({ path }) => path)).toEqual([]);
});

/** Every state of the page as a developer opens it: what it says, nothing for axe to find, and a picture. */
describe.skipIf(!hasBrowser())('the states of the page', () => {
  const visits = new DemoVisits();

  async function said(page: Page, expected: RegExp): Promise<void> {
    const { source } = expected;
    const says = (pattern: string): boolean => new RegExp(pattern).test(document.body.innerText.replaceAll('\u00a0', ' '));
    await page.waitForFunction(says, source, { timeout: SAYS_TIMEOUT_MS });
  }

  test.each(Object.entries(PAGE_STATES))(
    '%s',
    async (name, { path, says }) => {
      const { page } = await visits.visit(path);
      await said(page, says);
      await expectWellMade(page, `state-${name.replaceAll(' ', '-')}`, TWO_VIEWS);
    },
    120_000,
  );
});
