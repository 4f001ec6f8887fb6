import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser } from '../../testkit/browser.ts';
import { expectWellMade } from '../../testkit/well-made.ts';
import { DemoVisits } from './demo-visits.ts';

interface PastTrade {
  readonly id: string;
  readonly priceCandles: { readonly openTime: string }[];
  readonly maxAdverseExcursion: { readonly percent: string };
}

/** How prices went, as a visitor sees it: on a trade's receipt, and beside the record's curve. */
describe.skipIf(!hasBrowser())('how prices went', () => {
  const visits = new DemoVisits();
  let trade: PastTrade;

  beforeAll(async () => {
    const query = `{ trades(filter: { status: [CLOSED_TP], marketType: [FUTURES] }, orderBy: { field: ENTRY_TIME, direction: ASC }, first: 1) {
      edges { node { id priceCandles { openTime } maxAdverseExcursion { percent } } } } }`;
    const { trades } = await visits.ask<{ trades: { edges: { node: PastTrade }[] } }>(query);
    trade = trades.edges[0]!.node;
  });

  test('a receipt has its chart, its excursions and all candles as a table without JavaScript', async () => {
    const { page } = await visits.visit(`/trades/${trade.id}`, { javaScriptEnabled: false });
    const panel = page.getByRole('region', { name: 'How the price went' });
    const percent = Number(trade.maxAdverseExcursion.percent).toFixed(2);
    expect(await panel.locator('dl').innerText()).toContain(`${percent}%`);
    expect(await panel.getByRole('img', { name: /^Candles around the trade/ }).count()).toBe(1);
    await panel.getByText('Show as a table').click();
    expect(await panel.locator('tbody tr').count()).toBe(trade.priceCandles.length);
  });

  test('the chart is read by keyboard, candle by candle', async () => {
    const { page } = await visits.visit(`/trades/${trade.id}`);
    const chart = page.getByRole('slider', { name: /^Candles around the trade/ });
    await chart.focus();
    await chart.press('Home');
    const first = await chart.getAttribute('aria-valuetext');
    expect(first).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC: open [\d.,]+, high [\d.,]+, low [\d.,]+, close [\d.,]+$/);
    await chart.press('ArrowRight');
    expect(await chart.getAttribute('aria-valuetext')).not.toBe(first);
    expect(await page.locator('.readout').innerText()).toBe(await chart.getAttribute('aria-valuetext'));
  });

  test('the curve is compared with BTC by its address, which stays when filters change, without JavaScript too', async () => {
    const { page } = await visits.visit('/bot-performance', { javaScriptEnabled: false });
    expect(await page.locator('figure').innerText()).not.toContain('held in BTC');
    await page.getByRole('link', { name: 'vs BTC' }).click();
    await page.waitForURL(/\?benchmark=btc$/);
    await page
      .locator('figcaption')
      .getByText(/Dashed: \$\d+, the most that was at work at once, held in BTC since \d{4}-\d\d-\d\d, .* [+−]\$[\d.,]+\./)
      .waitFor();
    await page.getByRole('link', { name: '30D' }).click();
    await page.waitForURL(/period=30d&benchmark=btc$/);
    await page.getByText('Show as a table').click();
    expect(await page.locator('figcaption th').last().innerText()).toBe('Same money in BTC');
    expect(await page.locator('figcaption tbody tr').last().locator('td').last().innerText()).toMatch(/^[+−]\$[\d.,]+$/);
    await page.getByRole('link', { name: 'vs BTC' }).click();
    await page.waitForURL(/\?period=30d$/);
  });

  test('a filter chosen on the living page keeps the comparison', async () => {
    const { page } = await visits.visit('/bot-performance?benchmark=btc');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('combobox', { name: /^Side/ }).selectOption('LONG');
    await page.waitForURL('**/bot-performance?side=LONG&benchmark=btc');
    await page.getByText(/held in BTC since/).waitFor();
  });

  test.each(['receipt', 'benchmark'])(
    'well made in both themes, on a desk and on a phone: %s',
    async (name) => {
      const { page } = await visits.visit(name === 'receipt' ? `/trades/${trade.id}` : '/bot-performance?benchmark=btc');
      await page.getByRole('slider').first().waitFor();
      await expectWellMade(page, name);
    },
    60_000,
  );
});
