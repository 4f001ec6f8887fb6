import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser } from '../../testkit/browser.ts';
import { expectWellMade } from '../../testkit/well-made.ts';
import { DemoVisits } from './demo-visits.ts';

/** What leaves the pages: links, embedded pieces and pictures; and the page that says how the server is doing. */
describe.skipIf(!hasBrowser())('what is shared', () => {
  const visits = new DemoVisits();
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
  });
  afterAll(() => void other.close());
  const frame = (path: string) => `${otherUrl}?frame=${encodeURIComponent(visits.demo.url + path)}`;

  test('the menu shares the page as it is filtered, with and without JavaScript', async () => {
    const path = '/bot-performance/history?side=LONG&sort=pnl';
    const { page, faults } = await visits.visit(visits.demo.url + path, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('summary', { hasText: 'Share' }).click();
    await page.getByRole('button', { name: 'Copy: Live link' }).click();
    await page.getByText('Copied', { exact: true }).first().waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(visits.demo.url + path);
    await page.keyboard.press('Escape');
    expect(await page.getByLabel('Live link', { exact: true }).isVisible()).toBe(false);
    expect(faults).toEqual([]);

    const plain = await visits.visit(visits.demo.url + path, { javaScriptEnabled: false });
    await plain.page.locator('summary', { hasText: 'Share' }).click();
    const value = (label: string) => plain.page.getByLabel(label).inputValue();
    expect(await value('Live link')).toBe(visits.demo.url + path);
    expect(await value('Embed the summary')).toContain(`src="${visits.demo.url}/embed/summary?side=LONG"`);
    const badge = /\((\S+\.svg\S*)\)\]/.exec(await value('Badge, as Markdown'))?.[1] ?? '';
    expect(await (await fetch(badge)).text()).toContain('win rate (paper)');
    for (const name of ['CSV', 'JSON', 'Feed of closures', 'Picture']) {
      const href = await plain.page.locator('details').getByRole('link', { name }).getAttribute('href');
      const answer = await fetch(visits.demo.url + href);
      expect(answer.status, name).toBe(200);
      await answer.arrayBuffer(); // an address has one download at a time
    }
  });

  test('any site may frame the small pieces, and nothing else', async () => {
    for (const path of ['/embed/summary?side=LONG', '/embed/equity', '/bot-performance', '/status', '/developers', '/embed/none']) {
      const { headers } = await fetch(visits.demo.url + path);
      const embedded = path.startsWith('/embed/');
      expect(headers.get('content-security-policy'), path).toContain(embedded ? 'frame-ancestors *' : "frame-ancestors 'self'");
      if (embedded) expect(headers.get('x-frame-options'), path).toBeNull();
    }
    const { page, faults } = await visits.visit(frame('/embed/summary?side=LONG&theme=dark'));
    const piece = page.frameLocator('iframe');
    await piece.getByText(/^Live/).waitFor();
    const { performance } = await visits.ask<{ performance: { closedTrades: number } }>(
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

    const refused = await visits.visit(frame('/bot-performance'));
    expect(refused.faults.join()).toMatch(/frame-ancestors|refused to connect|X-Frame-Options/i);
  });

  test('what is shown inside another site is live there', async () => {
    const { page } = await visits.visit(frame('/embed/equity?theme=light'));
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
    const { trades } = await visits.ask<{ trades: { edges: { node: { id: string } }[] } }>(
      '{ trades(filter: { status: [CLOSED_TP, OPEN] }, first: 1) { edges { node { id } } } }',
    );
    const trade = `/trades/${trades.edges[0]?.node.id}`;
    const pages = ['', '/open', '/history?result=WIN', '/compare?by=symbol', '/leaderboard?sort=pnl'].map(
      (path) => `/bot-performance${path}`,
    );
    for (const path of [...pages, trade, '/status', '/methodology', '/developers']) {
      const html = await (await fetch(visits.demo.url + path)).text();
      const meta = (name: string) =>
        new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
      expect(html.match(/<title>/g), path).toHaveLength(1);
      expect([meta('twitter:card'), meta('og:url')], path).toEqual(['summary_large_image', visits.demo.url + path]);
      expect(meta('og:title').length * meta('og:description').length, path).toBeGreaterThan(0);
      expect(meta('og:image'), path).toContain(new URL(path, visits.demo.url).search);
      const picture = await fetch(meta('og:image'));
      expect([picture.status, picture.headers.get('content-type')], path).toEqual([200, 'image/png']);
      const bytes = Buffer.from(await picture.arrayBuffer());
      expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)], path).toEqual(['PNG', 1200, 630]);
    }
    for (const path of ['/og/none.png', '/og/trades/none.png']) expect((await fetch(visits.demo.url + path)).status, path).toBe(404);
  }, 60_000);

  test('the status page tells of times that were not watched live', async () => {
    const database = new pg.Client({ connectionString: visits.databaseUrl });
    await database.connect();
    await database.query(`INSERT INTO repaired_stretches (market_type, symbol, from_time, to_time, from_trade_id, to_trade_id, source) VALUES
      ('FUTURES', 'BTCUSDT', '2026-11-01T10:00:00Z', '2026-11-01T10:00:47Z', 1, 9, 'BACKFILL'),
      ('FUTURES', 'ETHUSDT', '2026-11-01T10:00:30Z', '2026-11-01T10:01:02Z', 1, 9, 'BACKFILL'),
      ('SPOT', 'BTCUSDT', '2026-10-01T08:00:00Z', '2026-10-03T11:12:00Z', NULL, NULL, 'CANDLE')`);
    await database.end();
    const { page, faults } = await visits.visit('/status');
    // On a busy machine the demo may have had one of its own.
    const row = (from: string) => page.getByRole('row').filter({ hasText: from });
    const cells = async (from: string) => (await row(from).locator('td').allInnerTexts()).map((text) => text.trim());
    await row('2026-11-01').waitFor();
    expect(await cells('2026-11-01')).toEqual(['Futures', '2026-11-01 10:00:00', '1 min', '2', 'trade by trade']);
    expect(await cells('2026-10-01')).toEqual(['Spot', '2026-10-01 08:00:00', '2 d 3 h', '1', 'partly by minutes only']);
    expect(faults).toEqual([]);
  }, 60_000);

  test.each([
    ['status', '/status', /^Connected$/],
    ['embed-summary', '/embed/summary', /^Live/],
    ['embed-equity', '/embed/equity', /^Live/],
    ['share', '/bot-performance/open', /^Live/],
  ])(
    'well made in both themes, on a desk and on a phone: %s',
    async (name, path, says) => {
      const { page, faults } = await visits.visit(path);
      await page.getByText(says).first().waitFor();
      if (name === 'share') await page.locator('summary', { hasText: 'Share' }).click();
      await expectWellMade(page, name);
      expect(faults).toEqual([]);
    },
    60_000,
  );

  // The last one: it ends the server.
  test('the status page says what it hears, pauses, and says when it hears nothing more', async () => {
    const plain = await visits.visit(`${visits.demo.url}/status`, { javaScriptEnabled: false });
    expect(await plain.page.locator('main').innerText()).toMatch(
      /Not live: this is how it was[\s\S]*\d of \d bring data[\s\S]*Prices arrive and nothing is missing/,
    );

    const { page } = await visits.visit(`${visits.demo.url}/status`);
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

    visits.demo.child.kill('SIGKILL');
    await value('Connection')
      .getByText(/^(Lost; trying again|Connecting)/)
      .waitFor();
    await value('Last told')
      .getByText(/^([3-9]\.\d|\d\d) s ago/)
      .waitFor({ timeout: 20_000 });
    expect(await page.locator('.state.good').count()).toBe(0);
  }, 120_000);
});
