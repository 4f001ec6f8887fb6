import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser, pictureFile } from '../../testkit/browser.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';

const HOUR_MS = 3_600_000;
const FUTURES = { marketType: 'FUTURES' } as const;
const LEVELS = { direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' } as const;

/** A halted symbol beside a living one, after a trade of which three days later only candles could tell what became of it. */
describe.skipIf(!hasBrowser())('what the page says about prices that are not of now', () => {
  let product: Product;
  let browser: Browser;
  let token: string;
  /** Decided by a candle that reached both levels. */
  let ambiguous: string;

  beforeAll(async () => {
    const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'].map((symbol) => ({ ...FUTURES, symbol, tickSize: '0.01' }));
    product = await startProduct({
      pages: true,
      exchangeOptions: { symbols: [...symbols, { marketType: 'SPOT', symbol: 'BTCUSDT', tickSize: '0.01' }] },
      env: { FEED_SYMBOL_LIST_INTERVAL_MS: '9000' },
    });
    token = await product.bot('Old Hand');
    ambiguous = await closeByCandle('SOLUSDT');
    await openHalted('ETHUSDT');
    product.exchange.tick({ ...FUTURES, symbol: 'BTCUSDT', price: '101' });
    await product.open(token, { ...FUTURES, ...LEVELS, symbol: 'BTCUSDT' });
    await product.exchange.whenSubscribed('FUTURES', 'btcusdt@aggTrade');
    browser = await openBrowser();
  }, 90_000);
  afterAll(() => browser.close());

  async function closeByCandle(symbol: string): Promise<string> {
    const minute = Date.now() - (Date.now() % 60_000);
    const entryMs = minute - 72 * HOUR_MS;
    const tick = (price: string, timeMs: number) => product.exchange.tick({ ...FUTURES, symbol, price, timeMs, broadcast: false });
    tick('100', entryMs - 1_000);
    const { id } = await product.open(token, { ...FUTURES, ...LEVELS, symbol });
    await product.stop();
    const at = new Date(entryMs).toISOString();
    await product.sql('ALTER TABLE paper_trades DISABLE TRIGGER paper_trades_close_once');
    await product.sql('UPDATE paper_trades SET entry_time = $2 WHERE id = $1', [id, at]);
    await product.sql('ALTER TABLE paper_trades ENABLE TRIGGER paper_trades_close_once');
    await product.sql('UPDATE symbol_cursors SET last_time = $2, saved_at = $2 WHERE symbol = $1', [symbol, at]);
    for (const [second, price] of ['100', '120', '80'].entries()) tick(price, entryMs + 30 * HOUR_MS + second * 1_000);
    tick('100', Date.now() - HOUR_MS);
    product.exchange.faults.setTapeHorizon('FUTURES', { reachMs: 24 * HOUR_MS, beyond: 'EMPTY' });
    await product.start();
    await product.whenClosed(id);
    return id;
  }

  async function openHalted(symbol: string): Promise<void> {
    product.exchange.tick({ ...FUTURES, symbol, price: '104', timeMs: Date.now() - 3 * HOUR_MS });
    await product.pricesKnown([{ ...FUTURES, symbol }]);
    const { id } = await product.open(token, { ...FUTURES, ...LEVELS, symbol });
    product.exchange.setStatus('FUTURES', symbol, 'BREAK');
    await until(
      async () => {
        const document = 'query ($id: ID!) { trade(id: $id) { symbolStatus } }';
        const { trade } = await product.query<{ trade: { symbolStatus: string | null } }>(document, { id });
        return trade.symbolStatus === 'BREAK' ? true : undefined;
      },
      'the next list of symbols',
      30_000,
    );
  }

  async function visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    product.exchange.tick({ ...FUTURES, symbol: 'BTCUSDT', price: '101.5' });
    const page = await (await browser.newContext(options)).newPage();
    await page.goto(product.url + path);
    return page;
  }
  const rowOf = (page: Page, symbol: string): Promise<string> => page.getByRole('row', { name: symbol }).innerText();

  test('its row says why and since when, the one beside it lives, and the total is what is realised', async () => {
    const page = await visit('/bot-performance');
    await page.getByText('1 of 2 open positions has an old price.').waitFor();
    expect(await rowOf(page, 'ETH')).toMatch(/Trading break[\s\S]*104\.00\s+as of .*UTC/);
    expect(await rowOf(page, 'BTC')).not.toMatch(/as of|no trade since/);
    expect(await page.getByRole('group', { name: 'Connection and age of prices' }).innerText()).toMatch(/some prices\s+stale, 3 h/);
    expect(await page.locator('.tile.main').innerText()).toMatch(/Realised only[\s\S]*in part as of .*UTC/);
  });

  test('the same without JavaScript', async () => {
    const page = await visit('/bot-performance/open', { javaScriptEnabled: false });
    expect(await rowOf(page, 'ETH')).toMatch(/Trading break[\s\S]*as of .*UTC/);
    expect(await page.locator('.tile.main').innerText()).toContain('Realised only');
  });

  test('ambiguous trades are told with the total and with the win rate', async () => {
    const page = await visit('/bot-performance');
    // By hand, of 1 unit: it lost 10 and 0.095 of fees, and would have won 10 less 0.105.
    expect(await page.locator('.tile.main').innerText()).toMatch(
      /1 ambiguous, counted as stopped out; realised \+\$9\.90 had it hit its target/,
    );
    expect(await page.getByRole('group', { name: 'Summary' }).innerText()).toContain('1 ambiguous trade counted as stopped out');
  });

  test('a receipt says how the trade was watched, and of a candle no trade', async () => {
    const page = await visit(`/trades/${ambiguous}`);
    const watched = page.getByRole('region', { name: 'How it was watched' }).first();
    expect(await page.locator('main').innerText()).toContain('Candle, price 90.00');
    await expect
      .poll(async () => (await page.reload(), watched.innerText()))
      .toContain('was looked up afterwards; none of it was watched live.');
    await watched.getByText('Show as a table').click();
    expect(await watched.getByRole('table').innerText()).toContain('Looked up afterwards, by minutes');
  });

  for (const width of [1280, 390])
    for (const colorScheme of ['light', 'dark'] as const)
      test(`axe finds nothing at ${width} px, ${colorScheme}, and the pages fit`, { timeout: 60_000 }, async () => {
        for (const [name, path] of Object.entries({ overview: '/bot-performance', receipt: `/trades/${ambiguous}` })) {
          const page = await visit(path, { viewport: { width, height: 900 }, colorScheme });
          if (name === 'overview') await page.getByText('1 of 2 open positions has an old price.').waitFor();
          else await page.getByText('Show as a table').click();
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
          await page.screenshot({ path: pictureFile(`old-prices-${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
      });
});
