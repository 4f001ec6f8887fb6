import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser, pictureFile } from '../../testkit/browser.ts';
import { freshDatabase } from '../../testkit/database.ts';
import { killAll, startDemo, START_TIMEOUT_MS } from './test-processes.ts';
import type { RunningDemo } from './test-processes.ts';

interface PastTrade {
  readonly id: string;
  readonly priceCandles: { readonly openTime: string }[];
  readonly maxAdverseExcursion: { readonly percent: string };
}

/** How prices went, as a visitor sees it: on a trade's receipt, and beside the record's curve. */
describe.skipIf(!hasBrowser())('how prices went', () => {
  let demo: RunningDemo;
  let browser: Browser;
  let trade: PastTrade;

  beforeAll(async () => {
    [demo, browser] = await Promise.all([freshDatabase().then(startDemo), openBrowser()]);
    const query = `{ trades(filter: { status: [CLOSED_TP], marketType: [FUTURES] }, orderBy: { field: ENTRY_TIME, direction: ASC }, first: 1) {
      edges { node { id priceCandles { openTime } maxAdverseExcursion { percent } } } } }`;
    const response = await fetch(`${demo.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data } = (await response.json()) as { data: { trades: { edges: { node: PastTrade }[] } } };
    trade = data.trades.edges[0]!.node;
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await browser.close();
    killAll();
  });

  async function visit(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
    await page.goto(demo.url + path);
    return page;
  }

  test('a receipt has its chart, its excursions and all candles as a table without JavaScript', async () => {
    const page = await visit(`/trades/${trade.id}`, { javaScriptEnabled: false });
    const panel = page.getByRole('region', { name: 'How the price went' });
    const percent = Number(trade.maxAdverseExcursion.percent).toFixed(2);
    expect(await panel.locator('dl').innerText()).toContain(`${percent}%`);
    expect(await panel.getByRole('img', { name: /^Candles around the trade/ }).count()).toBe(1);
    await panel.getByText('Show as a table').click();
    expect(await panel.locator('tbody tr').count()).toBe(trade.priceCandles.length);
    await page.context().close();
  });

  test('the chart is read by keyboard, candle by candle', async () => {
    const page = await visit(`/trades/${trade.id}`);
    const chart = page.getByRole('slider', { name: /^Candles around the trade/ });
    await chart.focus();
    await chart.press('Home');
    const first = await chart.getAttribute('aria-valuetext');
    expect(first).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC: open [\d.,]+, high [\d.,]+, low [\d.,]+, close [\d.,]+$/);
    await chart.press('ArrowRight');
    expect(await chart.getAttribute('aria-valuetext')).not.toBe(first);
    expect(await page.locator('.readout').innerText()).toBe(await chart.getAttribute('aria-valuetext'));
    await page.context().close();
  });

  test('the curve is compared with BTC by its address, which stays when filters change, without JavaScript too', async () => {
    const page = await visit('/bot-performance', { javaScriptEnabled: false });
    expect(await page.locator('figure').innerText()).not.toContain('held in BTC');
    await page.getByRole('link', { name: 'vs BTC' }).click();
    expect(page.url()).toMatch(/\?benchmark=btc$/);
    expect(await page.locator('figcaption').innerText()).toMatch(
      /Dashed: \$\d+, the most that was at work at once, held in BTC since \d{4}-\d\d-\d\d, .* [+−]\$[\d.,]+\./,
    );
    await page.getByRole('link', { name: '30D' }).click();
    expect(page.url()).toMatch(/period=30d&benchmark=btc$/);
    await page.getByText('Show as a table').click();
    expect(await page.locator('figcaption th').last().innerText()).toBe('Same money in BTC');
    expect(await page.locator('figcaption tbody tr').last().locator('td').last().innerText()).toMatch(/^[+−]\$[\d.,]+$/);
    await page.getByRole('link', { name: 'vs BTC' }).click();
    expect(page.url()).toMatch(/\?period=30d$/);
    await page.context().close();
  });

  test('a filter chosen on the living page keeps the comparison', async () => {
    const page = await visit('/bot-performance?benchmark=btc');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('combobox', { name: /^Side/ }).selectOption('LONG');
    await page.waitForURL('**/bot-performance?side=LONG&benchmark=btc');
    await page.getByText(/held in BTC since/).waitFor();
    await page.context().close();
  });

  for (const width of [1280, 390]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`has nothing for axe to find at ${width} px, ${colorScheme}, and fits`, async () => {
        for (const [name, path] of [
          ['receipt', `/trades/${trade.id}`],
          ['benchmark', '/bot-performance?benchmark=btc'],
        ] as const) {
          const page = await visit(path, { viewport: { width, height: 900 }, colorScheme });
          await page.getByRole('slider').first().waitFor();
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
          await page.screenshot({ path: pictureFile(`${name}-${width}-${colorScheme}.png`), fullPage: true });
          await page.context().close();
        }
      }, 60_000);
    }
  }
});
