import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../testkit/database.ts';
import { hasBrowser, openBrowser, pictureFile } from '../../testkit/browser.ts';
import { subscribe } from '../../testkit/subscriptions.ts';
import { killAll, startDemo, START_TIMEOUT_MS } from './test-processes.ts';
import type { RunningDemo } from './test-processes.ts';

const TABS = { Overview: '/bot-performance', 'Open positions': '/bot-performance/open', 'Trade history': '/bot-performance/history' };
/** The demo's bots open and close several trades a minute. */
const EVENT_TIMEOUT_MS = 60_000;

interface TradeEvent {
  readonly __typename: string;
  readonly trade?: { readonly id: string };
}

/** The demo's page as a visitor has it, in a real browser. */
describe.skipIf(!hasBrowser())('the page of the demo', () => {
  let demo: RunningDemo;
  let browser: Browser;

  beforeAll(async () => {
    [demo, browser] = await Promise.all([freshDatabase().then(startDemo), openBrowser()]);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    killAll();
  });

  /** A page whose faults are kept; anything but its own server would be a fault as well. */
  async function visit(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<{ page: Page; faults: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(demo.url) && !request.url().startsWith('data:')) faults.push(`asks ${request.url()}`);
    });
    await page.goto(demo.url + path);
    return { page, faults };
  }

  test(
    'sees a trade open and close without a reload, changes tabs and pages through the history',
    async () => {
      const { page, faults } = await visit('/bot-performance');
      await page.getByText(/^Live/).first().waitFor();
      await page.getByText('Simulated prices').first().waitFor();
      await page.evaluate(() => Object.assign(window, { sameDocument: true }));

      const events = subscribe<TradeEvent>(
        `${demo.url}/graphql`,
        'subscription { events { __typename ... on TradeOpened { trade { id } } ... on TradeClosed { trade { id } } } }',
        {},
        'WS',
      );
      const rowOf = ({ trade }: TradeEvent) => page.locator(`a[href$="/trades/${trade?.id}"]`).first();

      await page
        .getByRole('link', { name: /^Open positions/ })
        .first()
        .click();
      await page.waitForURL('**/bot-performance/open');
      const opened = await events.next(({ __typename }) => __typename === 'TradeOpened', 'an opened trade', EVENT_TIMEOUT_MS);
      await rowOf(opened).waitFor({ timeout: 5_000 });

      await page
        .getByRole('link', { name: /^Trade history/ })
        .first()
        .click();
      await page.waitForURL('**/bot-performance/history');
      const known = events.items.length;
      const closed = await events.next(
        (event) => event.__typename === 'TradeClosed' && events.items.indexOf(event) >= known,
        'a closed trade',
        EVENT_TIMEOUT_MS,
      );
      await rowOf(closed).waitFor({ timeout: 5_000 });
      events.stop();

      expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(50);
      await page
        .getByRole('link', { name: /^Next page/ })
        .first()
        .click();
      await page.waitForURL(/after=/);
      await page
        .getByRole('link', { name: /P\/L \$/ })
        .first()
        .click();
      await page.waitForURL(/sort=pnl/);
      expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
      expect(faults).toEqual([]);
    },
    2 * EVENT_TIMEOUT_MS + 30_000,
  );

  test('is readable without JavaScript, with real numbers and links', async () => {
    const { page } = await visit('/bot-performance', { javaScriptEnabled: false });
    expect(await page.locator('main').innerText()).toMatch(/Total P\/L[\s\S]*\$\d/);
    for (const path of Object.values(TABS)) expect(await page.locator(`a[href$="${path}"]`).count()).toBeGreaterThan(0);
    await page.goto(`${demo.url}/bot-performance/history`);
    expect(await page.locator('tbody tr').count()).toBe(50);
  });

  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`has nothing for axe to find at ${width} px, ${colorScheme}, and fits`, async () => {
        const look = async ([name, path]: [string, string]) => {
          const { page, faults } = await visit(path, { viewport: { width, height }, colorScheme });
          await page.getByText(/^Live/).first().waitFor();
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
          await page.screenshot({
            path: pictureFile(`${name.toLowerCase().replace(' ', '-')}-${width}-${colorScheme}.png`),
            fullPage: true,
          });
          expect(faults).toEqual([]);
          await page.context().close();
        };
        await Promise.all(Object.entries(TABS).map(look));
      }, 60_000);
    }
  }
});
