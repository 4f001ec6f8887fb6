import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../testkit/database.ts';
import { hasBrowser, openBrowser, pictureFile } from '../../testkit/browser.ts';
import { killAll, startDemo, START_TIMEOUT_MS } from './test-processes.ts';
import type { RunningDemo } from './test-processes.ts';

/** What leaves the pages: links, embedded pieces and pictures; and the page that says how the server is doing. */
describe.skipIf(!hasBrowser())('what is shared', () => {
  let demo: RunningDemo;
  let browser: Browser;
  /** Somebody else's site, whose page frames what its address says. */
  let other: Server;
  let otherUrl: string;

  beforeAll(async () => {
    other = createServer((request, response) => {
      const framed = new URL(request.url ?? '', 'http://other').searchParams.get('frame') ?? '';
      response
        .setHeader('content-type', 'text/html')
        .end(`<!doctype html><title>Other</title><iframe src="${framed.replaceAll('&', '&amp;')}"></iframe>`);
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    [demo, browser] = await Promise.all([freshDatabase().then(startDemo), openBrowser()]);
  }, START_TIMEOUT_MS);
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(async () => {
    killAll();
    other.close();
    await browser.close();
  });

  async function visit(url: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<{ page: Page; faults: string[] }> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
    await page.goto(url);
    return { page, faults };
  }
  const frame = (path: string) => `${otherUrl}?frame=${encodeURIComponent(demo.url + path)}`;

  async function ask<T>(query: string): Promise<T> {
    const body = JSON.stringify({ query });
    const response = await fetch(`${demo.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return ((await response.json()) as { data: T }).data;
  }

  test('the menu shares the page as it is filtered, with and without JavaScript', async () => {
    const path = '/bot-performance/history?side=LONG&sort=pnl';
    const { page, faults } = await visit(demo.url + path, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('summary', { hasText: 'Share' }).click();
    await page.getByRole('button', { name: 'Copy: Live link' }).click();
    await page.getByText('Copied', { exact: true }).first().waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(demo.url + path);
    await page.keyboard.press('Escape');
    expect(await page.getByLabel('Live link', { exact: true }).isVisible()).toBe(false);
    expect(faults).toEqual([]);

    const plain = await visit(demo.url + path, { javaScriptEnabled: false });
    await plain.page.locator('summary', { hasText: 'Share' }).click();
    const value = (label: string) => plain.page.getByLabel(label).inputValue();
    expect(await value('Live link')).toBe(demo.url + path);
    expect(await value('Embed the summary')).toContain(`src="${demo.url}/embed/summary?side=LONG"`);
    const badge = /\((\S+\.svg\S*)\)\]/.exec(await value('Badge, as Markdown'))?.[1] ?? '';
    expect(await (await fetch(badge)).text()).toContain('win rate (paper)');
    for (const name of ['CSV', 'JSON', 'Feed of closures', 'Picture']) {
      const href = await plain.page.locator('details').getByRole('link', { name }).getAttribute('href');
      expect((await fetch(demo.url + href)).status, name).toBe(200);
    }
  });

  test('any site may frame the small pieces, and nothing else', async () => {
    for (const path of ['/embed/summary?side=LONG', '/embed/equity', '/bot-performance', '/status', '/developers', '/embed/none']) {
      const { headers } = await fetch(demo.url + path);
      const embedded = path.startsWith('/embed/');
      expect(headers.get('content-security-policy'), path).toContain(embedded ? 'frame-ancestors *' : "frame-ancestors 'self'");
      if (embedded) expect(headers.get('x-frame-options'), path).toBeNull();
    }
    const { page, faults } = await visit(frame('/embed/summary?side=LONG&theme=dark'));
    const piece = page.frameLocator('iframe');
    await piece.getByText(/^Live/).waitFor();
    const { performance } = await ask<{ performance: { closedTrades: number } }>(
      '{ performance(filter: { direction: LONG }) { closedTrades } }',
    );
    expect(
      Math.abs(Number((await piece.locator('dd', { hasText: ' W ' }).innerText()).split('\n')[0]) - performance.closedTrades),
    ).toBeLessThanOrEqual(1);
    expect(await piece.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(await piece.getByText('PAPER', { exact: true }).count()).toBe(1);
    expect(await piece.getByText('Only: Side: Long.').count()).toBe(1);
    const links = await piece.locator('main a').evaluateAll((all) => all.map((link) => link.getAttribute('target')));
    expect(links.length).toBeGreaterThan(0);
    expect(new Set(links)).toEqual(new Set(['_top']));
    expect(faults).toEqual([]);

    const refused = await visit(frame('/bot-performance'));
    expect(refused.faults.join()).toMatch(/frame-ancestors|refused to connect|X-Frame-Options/i);
  });

  test('what is shown inside another site is live there', async () => {
    const { page } = await visit(frame('/embed/equity?theme=light'));
    const piece = page.frameLocator('iframe');
    await piece.getByText(/^Live/).waitFor();
    const live = piece.getByText(/^Now, open positions included/);
    const before = await live.innerText();
    await expect.poll(() => live.innerText(), { timeout: 30_000 }).not.toBe(before);
    expect(await piece.getByRole('link', { name: '7D' }).count()).toBe(0);
    await piece.getByText('Show as a table').click();
    await piece.getByRole('table').waitFor();
  }, 60_000);

  test('each page names its picture, which is there in the size that networks show', async () => {
    const { trades } = await ask<{ trades: { edges: { node: { id: string } }[] } }>(
      '{ trades(filter: { status: [CLOSED_TP, OPEN] }, first: 1) { edges { node { id } } } }',
    );
    const trade = `/trades/${trades.edges[0]?.node.id}`;
    const pages = ['', '/open', '/history?result=WIN', '/compare?by=symbol', '/leaderboard?sort=pnl'].map(
      (path) => `/bot-performance${path}`,
    );
    for (const path of [...pages, trade, '/status', '/methodology', '/developers']) {
      const html = await (await fetch(demo.url + path)).text();
      const meta = (name: string) =>
        new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
      expect(html.match(/<title>/g), path).toHaveLength(1);
      expect([meta('twitter:card'), meta('og:url')], path).toEqual(['summary_large_image', demo.url + path]);
      expect(meta('og:title').length * meta('og:description').length, path).toBeGreaterThan(0);
      expect(meta('og:image'), path).toContain(new URL(path, demo.url).search);
      const picture = await fetch(meta('og:image'));
      expect([picture.status, picture.headers.get('content-type')], path).toEqual([200, 'image/png']);
      const bytes = Buffer.from(await picture.arrayBuffer());
      expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)], path).toEqual(['PNG', 1200, 630]);
    }
    for (const path of ['/og/none.png', '/og/trades/none.png']) expect((await fetch(demo.url + path)).status, path).toBe(404);
  }, 60_000);

  for (const width of [1280, 390]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`axe finds nothing at ${width} px, ${colorScheme}, and everything fits`, async () => {
        for (const [name, path] of [
          ['status', '/status'],
          ['embed-summary', '/embed/summary'],
          ['embed-equity', '/embed/equity'],
          ['share', '/bot-performance/open'],
        ] as const) {
          const { page, faults } = await visit(demo.url + path, { viewport: { width, height: 844 }, colorScheme });
          await page
            .getByText(name === 'status' ? /^Connected$/ : /^Live/)
            .first()
            .waitFor();
          if (name === 'share') await page.locator('summary', { hasText: 'Share' }).click();
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${name} ${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), name).toBeLessThanOrEqual(0);
          await page.screenshot({ path: pictureFile(`${name}-${width}-${colorScheme}.png`), fullPage: true });
          expect(faults).toEqual([]);
          await page.context().close();
        }
      }, 60_000);
    }
  }

  // The last one: it ends the server.
  test('the status page says what it hears, pauses, and says when it hears nothing more', async () => {
    const plain = await visit(`${demo.url}/status`, { javaScriptEnabled: false });
    expect(await plain.page.locator('main').innerText()).toMatch(
      /Not live: this is how it was[\s\S]*\d of \d bring data[\s\S]*Prices arrive and nothing is missing/,
    );

    const { page } = await visit(`${demo.url}/status`);
    const value = (term: string) => page.locator('dt', { hasText: term }).first().locator('+ dd');
    await value('Connection').getByText('Connected', { exact: true }).waitFor();
    await value('Last told')
      .getByText(/^\d\.\d s ago, at/)
      .waitFor();
    const sequence = await value('Track record').innerText();
    await expect.poll(() => value('Track record').innerText(), { timeout: 60_000 }).not.toBe(sequence);
    await page.getByRole('button', { name: 'Pause' }).click();
    await value('Connection').getByText('Paused').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await value('Connection').getByText('Connected', { exact: true }).waitFor();

    killAll();
    await value('Connection')
      .getByText(/^(Lost; trying again|Connecting)/)
      .waitFor();
    await value('Last told')
      .getByText(/^([3-9]\.\d|\d\d) s ago/)
      .waitFor({ timeout: 20_000 });
    expect(await page.locator('.state.good').count()).toBe(0);
  }, 120_000);
});
