import type { Page } from 'playwright-core';
import { describe, expect, test, vi } from 'vitest';
import { hasBrowser } from '../../testkit/browser.ts';
import { expectWellMade } from '../../testkit/well-made.ts';
import { DemoVisits } from './demo-visits.ts';

const BOARD = '/bot-performance/leaderboard';
const COMPARE = '/bot-performance/compare';
/** The demo's bots close several trades a minute. */
const CLOSURE_TIMEOUT_MS = 60_000;
/** A page that follows the record asks anew within seconds. */
const FOLLOWED = { timeout: 20_000, interval: 500 };

interface Row {
  readonly rank: number;
  readonly key: string;
  readonly performance: { readonly closedTrades: number; readonly totalPnl: string };
}

/** Who earned most, and who beside whom: the pages that compare. */
describe.skipIf(!hasBrowser())('the pages that compare', () => {
  const visits = new DemoVisits();

  const table = (page: Page, name: RegExp) => page.getByRole('table', { name });
  const names = (page: Page, caption: RegExp) => table(page, caption).locator('tbody th').allInnerTexts();

  test('a leaderboard is the API’s, without those it is too early to judge', async () => {
    const { page, faults } = await visits.alive(`${BOARD}?by=symbol&sort=pnl`);
    // Bots close trades meanwhile, and the page follows.
    const early = await vi.waitFor(async () => {
      const asked = await visits.ask<{ leaderboard: Row[]; breakdown: { key: string }[] }>(
        '{ leaderboard(by: SYMBOL, sort: TOTAL_PNL, minTrades: 30, minDays: 14) { rank key } breakdown(by: SYMBOL) { key } }',
      );
      const ranked = await names(page, /^Symbols, ranked by: Total P\/L/);
      expect(ranked.toSorted()).toEqual(asked.leaderboard.map(({ key }) => key).toSorted());
      const unranked = await names(page, /^Not ranked yet/);
      expect([...ranked, ...unranked].toSorted()).toEqual(asked.breakdown.map(({ key }) => key).toSorted());
      return unranked;
    }, FOLLOWED);
    expect(early.length).toBeGreaterThan(0);
    expect(await table(page, /^Not ranked yet/).innerText()).toMatch(/\d more closed trades?/);
    expect(await page.getByText('Ranked by the sum of all closed trades').count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test('is put in another order and by another key with links, which keep the filters', async () => {
    const { page } = await visits.alive(`${BOARD}?side=LONG`);
    await page.getByRole('link', { name: 'Strategies' }).click();
    await page.waitForURL(`**${BOARD}?side=LONG&by=strategy`);
    await page.locator('th .sort', { hasText: 'Win rate' }).click();
    await page.waitForURL(`**${BOARD}?side=LONG&by=strategy&sort=win-rate`);
    const head = page.getByRole('columnheader', { name: /^Win rate/ });
    await page.locator('th[aria-sort="descending"]', { hasText: 'Win rate' }).waitFor();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    const rates = (await page.locator('td.decides').allInnerTexts()).map((text) => Number(text.replace('%', '')));
    expect(rates.length).toBeGreaterThan(1);
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));

    await page.getByRole('combobox', { name: /^Market/ }).selectOption('FUTURES');
    await page.waitForURL(`**${BOARD}?market=FUTURES&side=LONG&by=strategy&sort=win-rate`);
    await table(page, /ranked by/)
      .locator('tbody th a')
      .first()
      .click();
    await page.waitForURL(/\/bot-performance\?market=FUTURES&strategy=[\w-]+&side=LONG$/);
  });

  test('a period shorter than the days that are asked for ranks nobody, and says why', async () => {
    const { page } = await visits.alive(`${BOARD}?period=7d`);
    await page.getByText('Nobody has enough closed trades and days').waitFor();
    await page.getByText('a period shorter than the days that are asked for').waitFor();
    expect(await table(page, /^Not ranked yet/).innerText()).toMatch(/\d+ more days?/);
    const none = await visits.alive(`${BOARD}?symbol=NOSUCH`);
    await none.page.getByText('No closed trade matches Symbol: NOSUCH').waitFor();
  });

  test('up to four lines are chosen by ticks; a fifth is refused, and the address says the rest', async () => {
    const { page, faults } = await visits.alive(`${COMPARE}?by=symbol&side=LONG`);
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(4);
    const all = await names(page, /^Symbols side by side/);
    const pick = (name: string) => page.getByRole('checkbox', { name, exact: true });
    await pick(all[4] ?? '').click();
    await page.getByText('4 at most: untick one first.').waitFor();
    expect(await pick(all[4] ?? '').isChecked()).toBe(false);
    await pick(all[0] ?? '').uncheck();
    await page.waitForURL(`**${COMPARE}?side=LONG&by=symbol&pick=${all[1]}&pick=${all[2]}&pick=${all[3]}`);
    await pick(all[4] ?? '').check();
    await page.waitForURL(`**&pick=${all[4]}`);
    await page
      .getByRole('list', { name: 'Shown' })
      .getByText(all[4] ?? '')
      .waitFor();
    expect(await page.getByRole('list', { name: 'Shown' }).getByRole('listitem').count()).toBe(4);
    expect(faults).toEqual([]);
  });

  test('the lines can be read by keyboard and as a table, by time and by trade number', async () => {
    const { page } = await visits.alive(`${COMPARE}?by=market`);
    const { breakdown } = await visits.ask<{ breakdown: Row[] }>(
      '{ breakdown(by: MARKET_TYPE) { key performance { closedTrades totalPnl } } }',
    );
    const slider = page.getByRole('slider', { name: /^Realised profit side by side/ });
    const text = () => slider.getAttribute('aria-valuetext');
    expect(await text()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC: (Spot|Futures) [+−]?\$[\d.]+, (Spot|Futures) [+−]?\$[\d.]+$/);
    await page.getByRole('link', { name: 'By trade number' }).click();
    await page.waitForURL(`**${COMPARE}?by=market&axis=trades`);
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await text()).toBe(`Trade 0: ${breakdown.map(({ key }) => (key === 'SPOT' ? 'Spot not yet' : 'Futures not yet')).join(', ')}`);
    await page.keyboard.press('ArrowRight');
    expect(await text()).not.toContain('Trade 0:');
    await page.getByText('Show as a table').click();
    expect(
      await table(page, /^Realised profit of the chosen ones/)
        .getByRole('row')
        .count(),
    ).toBe(12);
  });

  test('everything works without JavaScript', async () => {
    const { page } = await visits.visit(`${COMPARE}?by=symbol`, { javaScriptEnabled: false });
    const all = await names(page, /^Symbols side by side/);
    for (const name of all.slice(0, 5)) await page.getByRole('checkbox', { name, exact: true }).check();
    await page.getByRole('button', { name: 'Show the chosen' }).click();
    expect(new URL(page.url()).searchParams.getAll('pick')).toEqual(all.slice(0, 5));
    expect(await page.getByText(`4 lines at most; left out: ${all[4]}`).count()).toBe(1);
    expect(await page.locator('.plot path[class*="line-"]').count()).toBe(4);
    await page.goto(`${visits.demo.url}${BOARD}?by=strategy`);
    expect(await page.getByRole('table').first().locator('tbody tr').count()).toBeGreaterThan(0);
  });

  test(
    'a closure is counted without a reload',
    async () => {
      const { page } = await visits.alive(BOARD);
      const counted = page.getByText(/^As of .*, over \d+ closed trades/);
      const before = /over (\d+)/.exec(await counted.innerText())?.[1];
      await page.evaluate(() => Object.assign(window, { sameDocument: true }));
      await expect.poll(async () => /over (\d+)/.exec(await counted.innerText())?.[1], { timeout: CLOSURE_TIMEOUT_MS }).not.toBe(before);
      expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    },
    CLOSURE_TIMEOUT_MS + 20_000,
  );

  test.each([
    ['leaderboard', `${BOARD}?by=symbol`],
    ['compare', `${COMPARE}?by=symbol&axis=trades`],
    ['too-early', `${BOARD}?period=7d`],
  ])(
    'well made in both themes, on a desk and on a phone: %s',
    async (name, path) => {
      const { page, faults } = await visits.alive(path);
      await expectWellMade(page, name);
      expect(faults).toEqual([]);
    },
    60_000,
  );
});
