import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../../testkit/browser.ts';
import { subscribe } from '../../testkit/subscriptions.ts';
import { expectWellMade } from '../../testkit/well-made.ts';
import { DemoVisits } from './demo-visits.ts';

const TABS = { Overview: '/bot-performance', 'Open positions': '/bot-performance/open', 'Trade history': '/bot-performance/history' };
/** The demo's bots open and close several trades a minute. */
const EVENT_TIMEOUT_MS = 60_000;

interface TradeEvent {
  readonly __typename: string;
  readonly trade?: { readonly id: string };
}

/** The demo's page as a visitor has it, in a real browser. */
describe.skipIf(!hasBrowser())('the page of the demo', () => {
  const visits = new DemoVisits();

  test(
    'sees a trade open and close without a reload, changes tabs and pages through the history',
    async () => {
      const { page, faults } = await visits.visit('/bot-performance');
      await page.getByText(/^Live/).first().waitFor();
      await page.getByText('Simulated prices').first().waitFor();
      await page.evaluate(() => Object.assign(window, { sameDocument: true }));

      const events = subscribe<TradeEvent>(
        `${visits.demo.url}/graphql`,
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
    const { page } = await visits.visit('/bot-performance', { javaScriptEnabled: false });
    expect(await page.locator('main').innerText()).toMatch(/Total P\/L[\s\S]*\$\d/);
    for (const path of Object.values(TABS)) expect(await page.locator(`a[href$="${path}"]`).count()).toBeGreaterThan(0);
    await page.goto(`${visits.demo.url}/bot-performance/history`);
    expect(await page.locator('tbody tr').count()).toBe(50);
  });

  test.each(Object.entries(TABS))(
    'is well made in both themes, on a desk and on a phone: %s',
    async (name, path) => {
      const { page, faults } = await visits.visit(path);
      await page.getByText(/^Live/).first().waitFor();
      await expectWellMade(page, name.toLowerCase().replace(' ', '-'));
      expect(faults).toEqual([]);
    },
    60_000,
  );
});
