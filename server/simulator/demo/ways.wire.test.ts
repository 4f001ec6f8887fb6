import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasBrowser, pictureFile } from '../../testkit/browser.ts';
import { axeFaults } from '../../testkit/well-made.ts';
import { until } from '../../testkit/waiting.ts';
import { DemoVisits } from './demo-visits.ts';
import { startDemo, START_TIMEOUT_MS } from './test-processes.ts';

const PATHS = ['/bot-performance', '/bot-performance/open', '/bot-performance/history', '/bot-performance/analysis'];
const BAR_HEIGHT = 52;
/** The page must be seen to live again so soon after its server; the rest is the time of a loaded machine. */
const RECOVERY_TIMEOUT_MS = 15_000;

/** Ways through the page of those who use it in different ways: each from the first look to what it was for. */
describe.skipIf(!hasBrowser())('who uses the page', () => {
  const visits = new DemoVisits();

  test('a visitor comes by the bare address, reads how a number is worked out, and checks one trade', async () => {
    const { page } = await visits.alive('/');
    expect(new URL(page.url()).pathname).toBe('/bot-performance');
    expect(await page.locator('.basis').innerText()).toMatch(/PAPER[\s\S]*\$100 each, since \d{4}-\d\d-\d\d \(\d+ days\)/);
    await page.getByRole('button', { name: /^Win rate: How is this worked out/ }).click();
    await page.getByText('95% Wilson interval').waitFor();
    await page.keyboard.press('Escape');
    const latest = page.getByRole('region', { name: 'The trades that closed last' });
    const symbol = await latest.locator('tbody th a').first().innerText();
    await latest.locator('tbody th a').first().click();
    await page.waitForURL('**/trades/*');
    expect((await page.getByRole('main').innerText()).replaceAll('\n', '')).toContain(symbol.replaceAll('\n', ''));
    await page.goBack();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });

  test('an owner looks at the page of a bot that has done nothing, posts its first signal, and sees it at once', async () => {
    const { page } = await visits.alive('/bot-performance/open?bot=your-bot');
    expect(await page.getByRole('main').innerText()).toContain('No open position matches Bot: Your Bot');
    const token = /bpt_live_\w+/.exec(visits.demo.curl)?.[0];
    const body = /--data '(\{[^]*\})'/.exec(visits.demo.curl)?.[1];
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${visits.demo.url}/graphql`, { method: 'POST', headers, body: body ?? '' });
    const { data } = (await response.json()) as { data: { createSignal: { trade: { id: string } } } };
    await page.locator(`a[href$="/trades/${data.createSignal.trade.id}"]`).first().waitFor();
    await page.getByRole('link', { name: 'Clear', exact: true }).first().click();
    await page.waitForURL(/open$/);
  });

  test('a phone shows profit without scrolling sideways, and a trade by a tap', async () => {
    const { page } = await visits.alive('/bot-performance/history', {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const pnl = await page.locator('tbody tr').first().locator('td.number .delta').first().boundingBox();
    expect(pnl && pnl.x + pnl.width).toBeLessThanOrEqual(390);
    await page.locator('tbody th a').first().tap();
    await page.waitForURL('**/trades/*');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });

  test('by keyboard alone: past the head, along the chart, and never to something hidden by the bar', async () => {
    const { page } = await visits.alive('/bot-performance');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    const kinds = new Set<string>();
    for (let stop = 0; stop < 60; stop += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return null;
        const { top, bottom } = element.getBoundingClientRect();
        const visible = getComputedStyle(element).outlineStyle !== 'none';
        return { kind: element.getAttribute('role') ?? element.tagName, top, bottom, visible, inHead: element.closest('header') !== null };
      });
      if (at === null) break;
      kinds.add(at.kind);
      expect(at.visible, `${at.kind} shows that it has the focus`).toBe(true);
      if (!at.inHead) expect(at.bottom, `${at.kind} is not behind the bar`).toBeGreaterThan(BAR_HEIGHT);
    }
    expect([...kinds]).toEqual(expect.arrayContaining(['A', 'BUTTON', 'SELECT', 'slider']));
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('Home');
    const first = await slider.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).not.toBe(first);
    await page.getByText('Show as a table').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'Realised profit over time' }).waitFor();
  });

  test('two readers in two zones are shown the same instants, in UTC until they choose', async () => {
    const path = '/bot-performance/history?to=2099-01-01&sort=opened&dir=asc';
    const [{ page: west }, { page: east }] = await Promise.all([
      visits.alive(path, { timezoneId: 'America/Los_Angeles' }),
      visits.alive(path, { timezoneId: 'Asia/Kolkata' }),
    ]);
    const times = (page: Page) => page.locator('tbody tr td time').allInnerTexts();
    expect(await times(west)).toEqual(await times(east));
    const choose = async (page: Page) => {
      await page.getByRole('button', { name: 'Display' }).click();
      await page.getByRole('combobox', { name: 'Time zone' }).selectOption('local');
      await page.keyboard.press('Escape');
      await page.getByRole('columnheader', { name: /\((America|Asia)/ }).waitFor();
      return Date.parse(`${(await times(page))[0]?.replace(' ', 'T')}:00Z`);
    };
    const [inWest, inEast] = [await choose(west), await choose(east)];
    expect([12.5, 13.5]).toContain((inEast - inWest) / 3_600_000);
  });

  test('nothing moves by itself for who wants less motion, but the numbers', async () => {
    const { page } = await visits.alive('/bot-performance/open', { reducedMotion: 'reduce' });
    const prices = () => page.locator('.tick').allInnerTexts();
    const before = (await prices()).join();
    await until(async () => ((await prices()).join() !== before ? true : undefined), 'another price');
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    const areTinted = (): Promise<boolean[]> =>
      until(async () => {
        const moved = await page.evaluate(() =>
          [...document.querySelectorAll('.tick:is(.up, .down)')].map((tick) => getComputedStyle(tick).backgroundColor),
        );
        return moved.length > 0 ? moved.map((colour) => colour !== 'rgba(0, 0, 0, 0)') : undefined;
      }, 'a price that has just moved');
    expect(await areTinted()).not.toContain(true);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await areTinted()).toContain(true);
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await page.locator('.tick:is(.up, .down)').count()).toBe(0);
  });

  test('the columns of the open positions line up, and no cell reaches into the next, however wide the page is', async () => {
    const { page } = await visits.alive('/bot-performance/open');
    for (const width of [1280, 1024, 800, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      const faults = await page.evaluate(() => {
        const rows = [...document.querySelectorAll('main table tr')].map((row) =>
          [...row.children].filter((cell) => cell.getClientRects().length > 0),
        );
        const contents = (cell: Element): DOMRect => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return range.getBoundingClientRect();
        };
        const isBelow = (cell: Element, head: Element): boolean => {
          const [own, above] = [cell.getBoundingClientRect(), head.getBoundingClientRect()];
          const right = own.right + Number.parseFloat(getComputedStyle(cell).marginRight);
          return Math.abs(own.left - above.left) < 1 || Math.abs(right - above.right) < 1;
        };
        return rows.flatMap((cells) =>
          cells.flatMap((cell, column) => {
            const [head, next] = [rows[0]?.[column], cells[column + 1]];
            return !head || !isBelow(cell, head) || (next && contents(cell).right > contents(next).left)
              ? [`${column}: ${cell.textContent}`]
              : [];
          }),
        );
      });
      expect(faults, `${width} px`).toEqual([]);
    }
  });

  test.each(PATHS)('with forced colours all is there, charts included, and nothing for axe to find: %s', async (path) => {
    const { page } = await visits.alive(path, { forcedColors: 'active', colorScheme: 'dark' });
    expect(await axeFaults(page)).toEqual([]);
    const invisible = await page.evaluate(() => {
      const ground = getComputedStyle(document.body).backgroundColor;
      const marks = [...document.querySelectorAll('main svg :is(path, rect, line, polygon, circle, text):not(.halo)')].filter(
        (mark) => mark.getClientRects().length > 0,
      );
      const ways = [...document.querySelectorAll('td > svg[role=img]')]; // from stop to target: a picture behind the line and the mark
      return [
        ...marks.map((mark) => {
          const { fill, stroke } = getComputedStyle(mark);
          return mark.tagName === 'line' ? [stroke] : [fill, stroke];
        }),
        ...ways.map((way) => [getComputedStyle(way).backgroundImage]),
      ].filter((colours) => colours.every((colour) => colour === 'none' || colour === ground)).length;
    });
    expect(invisible).toBe(0);
    await page.screenshot({ path: pictureFile(`forced-colours${path.replaceAll('/', '-')}.png`), fullPage: true });
  });

  test.each(PATHS)('on paper: dark on white, every row, no control, the filters in words: %s', async (path) => {
    const { page } = await visits.alive(`${path}?side=LONG`, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const look = await page.evaluate(() => {
      const shown = (element: Element): boolean => element.getClientRects().length > 0;
      return {
        ground: getComputedStyle(document.body).backgroundColor,
        controls: [...document.querySelectorAll('button, select, header, nav')]
          .filter(shown)
          .map(({ outerHTML }) => outerHTML.slice(0, 80)),
        cut: [...document.querySelectorAll('.table')].filter((table) => shown(table) && getComputedStyle(table).overflowX !== 'visible')
          .length,
      };
    });
    expect(look).toEqual({ ground: 'rgb(255, 255, 255)', controls: [], cut: 0 });
    expect(await page.getByText('Filters: Side: Long').isVisible()).toBe(true);
    await page.pdf({ path: pictureFile(`print${path.replaceAll('/', '-')}.pdf`), format: 'A4' });
    await page.screenshot({ path: pictureFile(`print${path.replaceAll('/', '-')}.png`), fullPage: true });
  });

  test(
    'who has it open when the server is restarted sees it live again without doing anything',
    async () => {
      const { page } = await visits.alive('/bot-performance');
      await page.locator('.chip').getByText('Live').waitFor();
      await page.evaluate(() => Object.assign(window, { sameDocument: true }));
      const { port } = new URL(visits.demo.url);
      visits.demo.child.kill('SIGKILL');
      await page.locator('.chip').getByText('Reconnecting').waitFor({ timeout: RECOVERY_TIMEOUT_MS });
      visits.demo = await startDemo(visits.databaseUrl, port);
      await page.locator('.chip').getByText('Live').waitFor({ timeout: RECOVERY_TIMEOUT_MS });
      await page
        .locator('.toast')
        .getByText(/^(Caught up|Reconnected)/)
        .waitFor();
      const query = JSON.stringify({ query: '{ performance { closedTrades } }' });
      const closed = async () => {
        const response = await fetch(`${visits.demo.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: query,
        });
        return ((await response.json()) as { data: { performance: { closedTrades: number } } }).data.performance.closedTrades;
      };
      const shown = page.locator('.tile').filter({ hasText: 'Signals' }).locator('.line');
      await until(async () => ((await shown.innerText()).startsWith(`${await closed()} closed`) ? true : undefined), 'the same closures');
      expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    },
    START_TIMEOUT_MS + 2 * RECOVERY_TIMEOUT_MS,
  );
});
