import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { buildSchema } from 'graphql';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser } from '../../testkit/browser.ts';
import type { Payload } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { expectWellMade } from '../../testkit/well-made.ts';
import { apiFacts } from './api-facts.ts';

const run = promisify(execFile);
const BTC = { marketType: 'FUTURES', symbol: 'BTCUSDT', price: '42500' } as const;

describe('what developers are told', () => {
  let product: Product;
  let html: string;
  let token: string;
  beforeAll(async () => {
    product = await startProduct({ pages: true, exchangeOptions: { symbols: [BTC, { ...BTC, marketType: 'SPOT' }] } });
    token = await product.bot('My Bot');
    await product.pricesKnown([BTC]);
    html = await (await fetch(`${product.url}/developers`)).text();
  });

  /** The text of the code blocks that hold `words`. */
  function printed(words: string): string[] {
    const blocks = [...html.matchAll(/<pre[^>]*><code>([\s\S]*?)<\/code><\/pre>/g)].map(([, code = '']) => code);
    const texts = blocks.map((code) => code.replaceAll('<!---->', '').replaceAll('&lt;', '<').replaceAll('&amp;', '&'));
    return texts.filter((text) => text.includes(words));
  }
  const shell = (command: string) => run('bash', ['-c', command], { env: { ...process.env, BOT_TOKEN: token } });

  test('the signal that is printed opens a trade, the query has an answer, the stream tells it', async () => {
    const [post = ''] = printed('createSignal(');
    const { data } = JSON.parse((await shell(post)).stdout) as { data: { createSignal: Payload } };
    expect(data.createSignal).toMatchObject({ trade: { status: 'OPEN' }, duplicate: false, userErrors: [] });

    const [ask = ''] = printed('"{ performance {');
    expect(JSON.parse((await shell(ask)).stdout)).toMatchObject({ data: { performance: { closedTrades: 0, totalPnl: '0' } } });

    product.exchange.tick({ ...BTC, price: '60000' });
    await product.whenClosed(data.createSignal.trade?.id ?? '');
    const [follow = ''] = printed('text/event-stream');
    const { stdout } = await shell(`(${follow}) | grep --max-count=1 '"tradeClosed"'`);
    expect(stdout).toContain('"status":"CLOSED_TP"');
  });

  test('the addresses are the visitor’s own, also behind a proxy that speaks TLS', async () => {
    expect(printed('/hooks/tradingview/')[0]).toBe(`${product.url}/hooks/tradingview/YOUR_TOKEN`);
    const asked = await fetch(`${product.url}/developers`, { headers: { 'x-forwarded-proto': 'https' } });
    expect(await asked.text()).toContain(`${product.url.replace('http:', 'https:')}/hooks/freqtrade/`);
  });

  test('the webhooks’ messages are JSON, TradingView’s once it has filled them in, and freqtrade’s values texts', () => {
    const alert = printed('{{ticker}}')[0]?.replace('{{close}}', '42500.5') ?? '';
    expect(JSON.parse(alert)).toMatchObject({ entryPrice: 42500.5, timenow: '{{timenow}}' });
    const { webhook } = JSON.parse(`{${printed('entry_fill')[0]}}`) as { webhook: Record<string, object> };
    for (const format of ['entry_fill', 'exit_fill'])
      expect(Object.values(webhook[format] ?? {}).every((value) => typeof value === 'string')).toBe(true);
  });

  test('every code and limit is told', () => {
    const { refusals, hookFaults, errors, limits } = apiFacts();
    const text = html.replaceAll(/<wbr *\/?>|<!--.*?-->/g, '');
    for (const name of [...refusals, ...hookFaults, ...errors].map(({ code }) => code).concat(limits.map(({ variable }) => variable)))
      expect(text).toContain(`>${name}</code>`);
  });

  test('the schema comes as a file', async () => {
    const answer = await fetch(`${product.url}/schema.graphql`);
    expect(answer.headers.get('content-type')).toBe('application/graphql; charset=utf-8');
    const sdl = await answer.text();
    expect(sdl).toBe(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
    expect(buildSchema(sdl).getQueryType()?.name).toBe('Query');
  });

  describe.skipIf(!hasBrowser())('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await openBrowser();
    });
    afterAll(() => browser.close());

    async function visit(options: BrowserContextOptions = {}): Promise<{ page: Page; faults: string[] }> {
      const page = await (await browser.newContext(options)).newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(product.url)) faults.push(`asks ${request.url()}`);
      });
      await page.goto(`${product.url}/developers`);
      return { page, faults };
    }

    test('a click copies the command', async () => {
      const { page, faults } = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
      await page.getByRole('button', { name: 'Copy: The signal' }).click();
      await page.getByText('Copied').first().waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(printed('createSignal(')[0]);
      expect(faults).toEqual([]);
    });

    test('the code of a badge or a piece is made of what is chosen, with and without JavaScript', async () => {
      const { page, faults } = await visit();
      const block = (label: string) => page.getByRole('region', { name: label }).innerText();
      await page.getByRole('button', { name: /^Copy/ }).first().waitFor();
      await page.locator('select[name=what]').selectOption('equity');
      await page.getByLabel('Theme of a live piece').selectOption('dark');
      await expect.poll(() => block('HTML')).toContain(`<iframe src="${product.url}/embed/equity?theme=dark"`);
      await page.locator('select[name=what]').selectOption('pnl');
      await expect.poll(() => block('Markdown')).toContain(`(${product.url}/badge/pnl.svg)`);
      expect(faults).toEqual([]);

      const plain = await visit({ javaScriptEnabled: false });
      await plain.page.locator('input[name=symbol]').fill('BTCUSDT');
      await plain.page.getByRole('button', { name: 'Make the code' }).click();
      expect(await plain.page.getByRole('region', { name: 'HTML' }).innerText()).toContain('/embed/summary?symbol=BTCUSDT"');
      const look = await plain.page.getByRole('link', { name: 'Look at it' }).getAttribute('href');
      expect((await fetch(product.url + look)).status).toBe(200);
    });

    test('everything is there without JavaScript, but no button that could not work', async () => {
      const { page } = await visit({ javaScriptEnabled: false });
      expect(await page.locator('main').innerText()).toContain('EXTERNAL_ID_CONFLICT');
      expect(await page.getByRole('button', { name: /^Copy/ }).count()).toBe(0);
    });

    test('it is well made in both themes, on a desk and on a phone', async () => {
      const { page, faults } = await visit();
      await page.getByRole('button', { name: /^Copy/ }).first().waitFor();
      await expectWellMade(page, 'developers');
      expect(faults).toEqual([]);
    }, 60_000);
  });
});
