import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser, pictureFile } from '../../testkit/browser.ts';
import { until } from '../../testkit/waiting.ts';
import { axeFaults, expectWellMade } from '../../testkit/well-made.ts';
import { DemoVisits } from './demo-visits.ts';

/** The page itself, packed; scripts and styles are weighed by the build. */
const HTML_LIMIT_KB = 25;
const REQUESTS_LIMIT = 15;

/** What a visitor chooses to see: filters, order, columns, keys, and the address that says it all. */
describe.skipIf(!hasBrowser())('the view of the page', () => {
  const visits = new DemoVisits();

  const choice = (page: Page, name: string) => page.getByRole('combobox', { name: new RegExp(`^${name}`) });
  const signals = (page: Page) => page.locator('.tile').filter({ hasText: 'Signals' }).locator('.line').innerText();
  const symbolsShown = async (page: Page) => [...new Set(await page.locator('tbody th a').allInnerTexts())];

  test('is filtered by a choice, follows the back button, and is the same for whoever opens its address', async () => {
    const { page } = await visits.alive('/bot-performance/history');
    const all = await signals(page);
    await choice(page, 'Symbol').selectOption('BTCUSDT');
    await page.waitForURL('**/history?symbol=BTCUSDT');
    await choice(page, 'Side').selectOption('LONG');
    await page.waitForURL('**/history?symbol=BTCUSDT&side=LONG');
    await page.getByText(/^\d+ closed trades?, after fees$/).waitFor();
    expect(await symbolsShown(page)).toEqual(['BTC/USDT']);

    // A trade may close between the question and the look at the page.
    const performance = await until(async () => {
      const query = '{ performance(filter: { symbol: "BTCUSDT", direction: LONG }) { closedTrades } }';
      const { performance: told } = await visits.ask<{ performance: { closedTrades: number } }>(query);
      return (await signals(page)).startsWith(`${told.closedTrades} closed`) ? told : undefined;
    }, 'as many closures as the API tells');
    expect(await signals(page)).not.toBe(all);

    for (const [tab, path] of [
      ['Overview', '/bot-performance'],
      ['Open positions', '/bot-performance/open'],
    ] as const) {
      await page.getByRole('navigation', { name: 'Bot performance' }).getByRole('link', { name: tab }).click();
      await page.waitForURL(`**${path}?symbol=BTCUSDT&side=LONG`);
    }
    expect(await page.locator('.panel-error').count()).toBe(0);
    const { page: shared } = await visits.alive('/bot-performance/history?symbol=BTCUSDT&side=LONG');
    // Positions open and close meanwhile, on both pages at once.
    await until(async () => (await signals(shared)) === (await signals(page)) || undefined, 'the same on both pages');
    expect(await choice(shared, 'Symbol').inputValue()).toBe('BTCUSDT');
    const file = await shared.getByRole('link', { name: 'CSV' }).first().getAttribute('href');
    expect(file).toBe('/bot-performance/export.csv?symbol=BTCUSDT&side=LONG');
    const lines = (await (await fetch(visits.demo.url + file)).text()).trim().split(/\r?\n/);
    expect(lines.length - 1).toBeGreaterThanOrEqual(performance.closedTrades);

    for (const query of ['history?symbol=BTCUSDT&side=LONG', 'history?symbol=BTCUSDT', 'history']) {
      while (!page.url().endsWith(query)) await page.goBack();
      await page.waitForURL(`**/${query}`);
    }
    await page.getByText(/^4\d\d closed trades, after fees$/).waitFor();
    expect(await choice(page, 'Symbol').inputValue()).toBe('');
  });

  test('names the filters that nothing matches, and clears them with one click', async () => {
    const { page } = await visits.alive('/bot-performance/history?symbol=NOSUCH&side=SHORT');
    expect(await page.locator('.card-empty').innerText()).toContain('No closed trade matches Symbol: NOSUCH · Side: Short');
    await page.getByRole('link', { name: 'Clear the filters' }).click();
    await page.waitForURL(/history$/);
    await page.locator('tbody tr').nth(49).waitFor();
  });

  test('leaves out what cannot be meant, and says so', async () => {
    const { page } = await visits.visit('/bot-performance?market=OPTIONS&period=2w&from=yesterday&side=LONG');
    expect(await page.getByText('Left out of the address').innerText()).toContain('market=OPTIONS, period=2w, from=yesterday');
    expect(await choice(page, 'Side').inputValue()).toBe('LONG');
    const { page: broken } = await visits.visit('/bot-performance/history?after=nonsense');
    expect(await broken.locator('.panel-error').innerText()).toContain('Error: ');
    expect(await broken.locator('.tile').count()).toBe(4);
  });

  test('is chosen by forms and links without JavaScript', async () => {
    const { page } = await visits.visit('/bot-performance/history?sort=pnl', { javaScriptEnabled: false });
    await choice(page, 'Result').selectOption('LOSS');
    await choice(page, 'Period').selectOption('custom');
    await page.getByLabel('From (UTC)').fill('2020-01-01');
    await page.getByRole('button', { name: 'Show' }).first().click();
    await page.waitForURL(/result=LOSS/);
    const address = new URL(page.url()).searchParams;
    expect([address.get('result'), address.get('from'), address.get('sort')]).toEqual(['LOSS', '2020-01-01', 'pnl']);
    expect(await page.locator('tbody tr').count()).toBe(50);
    expect(await page.locator('tbody .up').count()).toBe(0);
    await page.getByRole('link', { name: /^Next page/ }).click();
    await page.waitForURL(/result=LOSS.*after=/);

    await page.getByRole('button', { name: 'Columns' }).click();
    for (const name of ['Market', 'Strategy']) await page.getByRole('checkbox', { name }).uncheck();
    await page.locator('#columns button').click();
    await page.waitForURL(/col=/);
    const heads = (await page.locator('thead th').allInnerTexts()).join(' ');
    expect(heads).not.toMatch(/Market|Strategy/);
    expect(heads).toMatch(/Closed.*Symbol.*Timeframe.*Side.*P\/L \$/s);
  });

  test('puts the history in order and keeps its columns in the address', async () => {
    const { page } = await visits.alive('/bot-performance/history');
    await page.getByRole('link', { name: /^P\/L \$/ }).click();
    await page.waitForURL(/sort=pnl/);
    const best = await page.locator('tbody tr').first().locator('.delta').first().innerText();
    const { performance } = await visits.ask<{ performance: { bestTrade: { realizedPnl: string } } }>(
      '{ performance { bestTrade { realizedPnl } } }',
    );
    expect(best).toContain(Number(performance.bestTrade.realizedPnl).toFixed(2));
    expect(await page.getByRole('columnheader', { name: /P\/L \$/ }).getAttribute('aria-sort')).toBe('descending');

    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Fees' }).uncheck();
    await page.waitForURL(/col=/);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('columnheader', { name: 'Fees' }).count()).toBe(0);
    const { page: again } = await visits.visit(page.url().replace(visits.demo.url, ''));
    expect(await again.getByRole('columnheader', { name: 'Fees' }).count()).toBe(0);
    expect(await again.getByRole('columnheader', { name: /P\/L \$/ }).getAttribute('aria-sort')).toBe('descending');
  });

  test('is reached by single keys, which can be turned off', async () => {
    const { page } = await visits.alive('/bot-performance?side=LONG');
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    // The keys come with a part of the page that is loaded after all else.
    await until(async () => {
      await press('g', 'h');
      return page.waitForURL('**/history?side=LONG', { timeout: 5_000 }).then(
        () => true,
        () => undefined,
      );
    }, 'the history');
    await press('g', 'p');
    await page.waitForURL('**/open?side=LONG');
    await press('g', 'o');
    await page.waitForURL('**/bot-performance?side=LONG');
    await press('?');
    await page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await press('Escape');
    await press('/');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('symbol');
    await press('p');
    expect(await page.locator('.chip').innerText()).not.toContain('Paused');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await press('p');
    await page.locator('.chip').getByText('Paused').waitFor();
    await press('t');
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');

    await page.getByRole('button', { name: 'Display' }).click();
    await choice(page, 'Shortcuts').selectOption('off');
    await press('Escape');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await press('p');
    await press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.locator('.chip').innerText()).toContain('Paused');
  });

  test('is filtered on a phone in a sheet', async () => {
    const { page } = await visits.alive('/bot-performance', { viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.getByRole('button', { name: 'Filters' }).click();
    const sheet = page.getByRole('dialog', { name: 'Filters' });
    await sheet.getByLabel('Market').selectOption('SPOT');
    await page.waitForURL('**/bot-performance?market=SPOT');
    expect(await axeFaults(page)).toEqual([]);
    await page.screenshot({ path: pictureFile('filters-390.png') });
    await sheet.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Filters (1)' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });

  test('prints times in the chosen zone, and says which', async () => {
    const { page } = await visits.alive('/bot-performance/history', { timezoneId: 'Asia/Kolkata' });
    const first = page.locator('tbody time').first();
    const utc = await first.innerText();
    await page.getByRole('button', { name: 'Display' }).click();
    await choice(page, 'Time zone').selectOption('local');
    await page.getByRole('columnheader', { name: /Closed.*\(Asia\/(Kolkata|Calcutta)\)/ }).waitFor();
    expect(await first.innerText()).not.toBe(utc);
    await page.reload();
    await page.getByRole('columnheader', { name: /Closed.*\(Asia/ }).waitFor();
  });

  test('weighs no more than it may, and asks nobody else', async () => {
    const html = await (await fetch(`${visits.demo.url}/bot-performance`)).text();
    const size = gzipSync(html).length / 1_000;
    const page = await (await visits.browser.newContext()).newPage();
    const asked: string[] = [];
    let loaded = false;
    page.on('request', (request) => void (loaded || asked.push(request.url())));
    page.on('load', () => (loaded = true));
    await page.goto(`${visits.demo.url}/bot-performance`);
    console.info(
      `  /bot-performance: ${size.toFixed(1)} kB of ${HTML_LIMIT_KB} kB HTML, ${asked.length} of ${REQUESTS_LIMIT} requests until it was loaded`,
    );
    expect(size).toBeLessThanOrEqual(HTML_LIMIT_KB);
    expect(asked.length).toBeLessThanOrEqual(REQUESTS_LIMIT);
    expect(asked.filter((url) => !url.startsWith(visits.demo.url) && !url.startsWith('data:'))).toEqual([]);
  });

  test('is well made in both themes, on a desk and on a phone, when nothing matches', async () => {
    const { page } = await visits.alive('/bot-performance?symbol=NOSUCH&market=X');
    await expectWellMade(page, 'no-match');
  });
});
