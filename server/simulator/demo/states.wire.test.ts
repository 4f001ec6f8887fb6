import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser, pictureFile } from '../../testkit/browser.ts';
import { freshDatabase } from '../../testkit/database.ts';
import { PAGE_STATES } from './states.ts';
import { killAll, startDemo, START_TIMEOUT_MS } from './test-processes.ts';
import type { RunningDemo } from './test-processes.ts';

const VIEWS = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const;
/** The latest of all is the banner of a lost connection, after 10 s. */
const SAYS_TIMEOUT_MS = 20_000;

test('each state is listed for developers, with its address', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../CONTRIBUTING.md'), 'utf8');
  const missing = Object.values(PAGE_STATES).filter(({ path }) => !text.includes(`\`${path}\``));
  expect(missing.map(({ path }) => path)).toEqual([]);
});

/** Every state of the page as a developer opens it: what it says, nothing for axe to find, and a picture. */
describe.skipIf(!hasBrowser())('the states of the page', () => {
  let demo: RunningDemo;
  let browser: Browser;

  beforeAll(async () => {
    [demo, browser] = await Promise.all([freshDatabase().then(startDemo), openBrowser()]);
    console.info(`  pictures: ${pictureFile('')}`);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    killAll();
    await browser.close();
  });

  async function look(page: Page, name: string, { width, colorScheme }: (typeof VIEWS)[number]): Promise<void> {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: pictureFile(`state-${name.replaceAll(' ', '-')}-${width}-${colorScheme}.png`), fullPage: true });
  }

  async function said(page: Page, expected: RegExp): Promise<void> {
    const { source } = expected;
    const says = (pattern: string): boolean => new RegExp(pattern).test(document.body.innerText.replaceAll('\u00a0', ' '));
    await page.waitForFunction(says, source, { timeout: SAYS_TIMEOUT_MS });
  }

  test.each(Object.entries(PAGE_STATES))(
    '%s',
    async (name, { path, says }) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(demo.url + path);
      await said(page, says);
      for (const view of VIEWS) await look(page, name, view);
      await context.close();
    },
    120_000,
  );
});
