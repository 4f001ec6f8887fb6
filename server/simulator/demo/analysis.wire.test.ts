import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser } from '../../testkit/browser.ts';
import { Decimal } from '../../src/kernel/decimal.ts';
import { subscribe } from '../../testkit/subscriptions.ts';
import { until } from '../../testkit/waiting.ts';
import { expectWellMade } from '../../testkit/well-made.ts';
import { DemoVisits } from './demo-visits.ts';

const PATH = '/bot-performance/analysis';
/** The demo's bots close several trades a minute. */
const CLOSURE_TIMEOUT_MS = 60_000;

interface Figures {
  readonly performance: { readonly closedTrades: number; readonly totalPnl: string };
  readonly months: readonly { readonly start: string; readonly pnl: string }[];
}

/** The charts of the analysis, as a visitor has them. */
describe.skipIf(!hasBrowser())('the analysis', () => {
  const visits = new DemoVisits();
  const visit = (search = '', wishes?: BrowserContextOptions) => visits.visit(PATH + search, wishes);

  /** Yesterday and before: what closes while the test runs changes nothing of it. */
  const TO = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

  async function figures(filter: string, isPast = true): Promise<Figures> {
    const bounded = `{ ${isPast ? `to: "${TO}T23:59:59.999Z"` : ''} ${filter} }`;
    const query = `{ performance(filter: ${bounded}) { closedTrades totalPnl } months: pnlByPeriod(period: MONTH, filter: ${bounded}) { start pnl } }`;
    return visits.ask(query);
  }

  /** Money as a table prints it: "▲+$1,234.50". */
  const cents = (text: string) => Math.round(Number(text.replaceAll(/[^0-9.−]/g, '').replace('−', '-')) * 100);
  const sum = (texts: string[]) => texts.reduce((total, text) => total + cents(text), 0);
  const column = (page: Page, caption: string | RegExp, nth: number) =>
    page.getByRole('table', { name: caption }).locator(`tbody tr > :nth-child(${nth})`).allInnerTexts();

  test.each([
    ['', ''],
    ['&symbol=BTCUSDT&market=FUTURES', 'symbol: ["BTCUSDT"], marketType: [FUTURES]'],
  ])('says the same as the API, by any cut, and without JavaScript (%s)', async (search, filter) => {
    const { page } = await visit(`?to=${TO}${search}`, { javaScriptEnabled: false });
    const { performance, months } = await figures(filter);
    const total = Math.round(Number(performance.totalPnl) * 100);
    const trades = performance.closedTrades;
    for (const by of ['symbol', 'strategy', 'timeframe', 'weekday']) {
      const caption = `Realised P/L by ${by}`;
      const pnl = await column(page, caption, 2);
      expect(Math.abs(sum(pnl) - total), caption).toBeLessThanOrEqual(pnl.length); // each is rounded to a cent
      const counts = await column(page, caption, 4);
      expect(
        counts.reduce((all, text) => all + Number(text.replace('few', '')), 0),
        caption,
      ).toBe(trades);
    }
    for (const summary of await page.getByText('Show as a table').all()) await summary.click();
    const days = await column(page, /^Realised P\/L of each day on which/, 2);
    expect(Math.abs(sum(days) - total)).toBeLessThanOrEqual(days.length);
    const hours = await column(page, 'Realised P/L by hour of the day', 3);
    expect(hours.length).toBe(24);
    expect(hours.reduce((all, text) => all + Number(text), 0)).toBe(trades);
    const bins = await column(page, 'How many closed trades had which result', 3);
    expect(bins.reduce((all, text) => all + Number(text), 0)).toBe(trades);

    const shown = (await column(page, 'Realised P/L of each month, in $', 2)).slice(0, -1).filter(Boolean);
    const expected = months.filter(({ pnl }) => !new Decimal(pnl).isZero()).map(({ pnl }) => Math.round(Number(pnl) * 100));
    expect(shown.map(cents).sort()).toEqual(expected.sort());
    if (trades < 30) expect(await page.getByText(`Early: ${trades} closed trades.`).count()).toBe(1);
  });

  test('leads from a month to its trades, and names filters that nothing matches', async () => {
    const { page } = await visit('?side=LONG');
    const month = page.getByRole('heading', { level: 3 }).getByRole('link').nth(1);
    await month.click();
    await page.waitForURL(/history\?side=LONG&period=custom&from=\d{4}-\d\d-01&to=\d{4}-\d\d-(28|29|30|31)$/);
    await page.locator('tbody tr').first().waitFor();
    await page.goto(`${visits.demo.url}${PATH}?symbol=NOSUCH`);
    expect(await page.locator('.card-empty').innerText()).toContain('No closed trade matches Symbol: NOSUCH');
  });

  test(
    'is there again a moment after a trade has closed, without a reload, and asks once for it',
    async () => {
      const { page } = await visit();
      await page.getByRole('button', { name: 'Pause' }).waitFor();
      await page.evaluate(() => Object.assign(window, { sameDocument: true }));
      const asked: number[] = [];
      page.on('request', (request) => request.postData()?.includes('pnlDistribution') && asked.push(Date.now()));
      const shown = async () => {
        const weekdays = await column(page, 'Realised P/L by weekday', 4);
        return weekdays.reduce((all, text) => all + Number(text.replace('few', '')), 0);
      };
      const before = await shown();
      const events = subscribe<object>(`${visits.demo.url}/graphql`, 'subscription { tradeClosed { sequence } }', {}, 'WS');
      await events.next(() => true, 'a closed trade', CLOSURE_TIMEOUT_MS);
      await until(async () => ((await shown()) > before ? true : undefined), 'the closure in the charts');
      const { performance } = await figures('', false);
      await until(async () => ((await shown()) >= performance.closedTrades ? true : undefined), 'all closures in the charts');
      for (const [i, at] of asked.slice(1).entries()) expect(at - asked[i]!).toBeGreaterThanOrEqual(900);
      expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
      events.stop();
    },
    CLOSURE_TIMEOUT_MS + 30_000,
  );

  test('is well made in both themes, on a desk and on a phone', async () => {
    const { page, faults } = await visits.alive(PATH);
    await page.getByText('Show as a table').last().click();
    await expectWellMade(page, 'analysis');
    expect(faults).toEqual([]);
  }, 60_000);
});
