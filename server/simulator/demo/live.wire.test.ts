import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser } from '../../testkit/browser.ts';
import { Cable } from '../../testkit/cable.ts';
import { PRICES } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { DEADLINE_MS, until } from '../../testkit/waiting.ts';

const SYMBOLS = [
  { marketType: 'FUTURES', symbol: 'BTCUSDT', price: '42000' },
  { marketType: 'FUTURES', symbol: 'ETHUSDT', price: '2200' },
  { marketType: 'SPOT', symbol: 'BTCUSDT', price: '42000' },
] as const;
/** How far a position's levels are from its entry. */
const REACH = 100;
type Name = 'BTCUSDT' | 'ETHUSDT';

/** The live behaviour of the page: the real server, an exchange whose prices move only when told to, a cable that can be cut. */
describe.skipIf(!hasBrowser())('the page, live', () => {
  let product: Product;
  let cable: Cable;
  let browser: Browser;
  let token: string;

  beforeAll(async () => {
    [product, browser] = await Promise.all([
      startProduct({ pages: true, exchangeOptions: { symbols: [...SYMBOLS], firstAggId: 1_000 } }),
      openBrowser(),
    ]);
    cable = await Cable.lay(Number(new URL(product.url).port));
    token = await product.bot('Live Wire');
    await product.symbolsKnown(token);
    await product.pricesKnown(SYMBOLS);
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(() => browser.close());

  /** What each symbol costs now. */
  const price = { BTCUSDT: 42_000, ETHUSDT: 2_200 };
  /** As the page prints it. */
  const printed = (symbol: Name) => price[symbol].toLocaleString('en-US', { minimumFractionDigits: 2 });

  /** A position at the price of the moment, which a rise by REACH closes. */
  async function open(symbol: Name): Promise<string> {
    const entry = price[symbol];
    const levels = { entryPrice: `${entry}`, takeProfit: `${entry + REACH}`, stopLoss: `${entry - REACH}` };
    const { id } = await product.open(token, { symbol, marketType: 'FUTURES', direction: 'LONG', ...levels });
    await move(symbol, 0);
    return id;
  }

  /** Moves the price; ends when the server knows it. It is printed until then, as a server that does not listen yet hears nothing. */
  async function move(symbol: Name, by: number): Promise<void> {
    price[symbol] = Number((price[symbol] + by).toFixed(2));
    const printed: number[] = [];
    await until(async () => {
      printed.push(product.exchange.tick({ marketType: 'FUTURES', symbol, price: `${price[symbol]}` }).id);
      const { prices } = await product.query<{ prices: { aggregateTradeId: string | null }[] }>(PRICES, {
        symbols: [{ marketType: 'FUTURES', symbol }],
      });
      return Number(prices[0]?.aggregateTradeId ?? -1) >= (printed[0] ?? Infinity) || undefined;
    }, `the price of ${symbol}`);
  }

  /** Lets every position of a symbol reach its take profit. */
  async function rise(symbol: Name): Promise<void> {
    const { openPositions } = await product.query<{ openPositions: { positions: { id: string }[] } }>(
      'query ($symbol: [String!]) { openPositions(filter: { symbol: $symbol }) { positions { id } } }',
      { symbol: [symbol] },
    );
    if (openPositions.positions.length === 0) return;
    price[symbol] += 2 * REACH;
    product.exchange.tick({ marketType: 'FUTURES', symbol, price: `${price[symbol]}` });
    await Promise.all(openPositions.positions.map(({ id }) => product.whenClosed(id)));
  }

  beforeEach(() => Promise.all([rise('BTCUSDT'), rise('ETHUSDT')]));

  async function visit(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
    page.setDefaultTimeout(DEADLINE_MS);
    await page.clock.install();
    await page.goto(cable.url + path);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    return page;
  }

  const tile = (page: Page, name: string) => page.locator('.tile').filter({ has: page.getByRole('heading', { name }) });
  const counts = (page: Page) => tile(page, 'Signals').locator('.line');
  /** The page's time goes on only when the server has had a moment of ours to answer, or it would give up each attempt. */
  const toCatchUp = (page: Page, closed: 0 | 1) =>
    until(
      async () => {
        await page.clock.runFor(1_000);
        const words = closed === 0 ? 'Reconnected. No trade closed while away.' : 'Caught up: 1 trade closed while away.';
        return page
          .locator('.toasts')
          .getByText(words)
          .waitFor({ timeout: 300 })
          .then(
            () => true,
            () => undefined,
          );
      },
      'the page to catch up without a click',
      30_000,
    );
  /** Ends when the page has been told: it is, with the next frame. */
  const scrollDown = (page: Page) =>
    page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          addEventListener('scroll', () => requestAnimationFrame(() => resolve()), { once: true });
          window.scrollTo(0, 500);
        }),
    );
  const rowOf = (page: Page, id: string) => page.locator(`tr:has(a[href$="/trades/${id}"])`);

  /** Until the page says it; what it says instead is in the error. */
  async function says(locator: ReturnType<Page['locator']>, expected: RegExp): Promise<void> {
    let said = '';
    await until(async () => {
      said = await locator.first().innerText();
      return expected.test(said) || undefined;
    }, `${expected} in "${said}"`).catch(() => expect(said).toMatch(expected));
  }

  test('opens and closes positions as they happen, and its total is the server’s to the cent', async () => {
    const first = await open('BTCUSDT');
    await open('ETHUSDT');
    const page = await visit('/bot-performance');
    await move('BTCUSDT', 12.34);
    await move('ETHUSDT', -7.65);
    await rowOf(page, first).getByText(printed('BTCUSDT'), { exact: true }).waitFor();

    const { performance } = await product.query<{ performance: { totalPnl: string; unrealizedPnl: string } }>(
      '{ performance { totalPnl unrealizedPnl } }',
    );
    const cents = (text: string) => Math.round(Number(text.replaceAll(/[^0-9.−-]/g, '').replace('−', '-')) * 100);
    const shown = async (part: string) => cents(await tile(page, 'Total P/L').locator(part).innerText());
    await until(
      async () => (await shown('.line .delta >> nth=1')) === Math.round(Number(performance.unrealizedPnl) * 100) || undefined,
      'the open P/L of the server',
    );
    expect(await shown('.headline')).toBe(Math.round((Number(performance.totalPnl) + Number(performance.unrealizedPnl)) * 100));

    const before = await counts(page).innerText();
    const added = await open('BTCUSDT');
    await rowOf(page, added).waitFor();
    await page.getByRole('status').getByText('New position: BTCUSDT long.').waitFor({ state: 'attached' });
    await rise('BTCUSDT');
    await says(rowOf(page, added), /Target hit/);
    expect(await counts(page).innerText()).not.toBe(before);
    await page.clock.runFor(3_100);
    await page.getByRole('region', { name: 'The trades that closed last' }).locator(`a[href$="/trades/${added}"]`).waitFor();
  });

  test('counts under a filter only what matches it', async () => {
    await open('BTCUSDT');
    await open('ETHUSDT');
    const page = await visit('/bot-performance?symbol=ETHUSDT');
    const before = await counts(page).innerText();
    await rise('BTCUSDT');
    await move('ETHUSDT', 1.25);
    await page
      .getByRole('region', { name: /open positions/ })
      .getByText(printed('ETHUSDT'), { exact: true })
      .waitFor();
    expect(await counts(page).innerText()).toBe(before);
    expect(await page.getByRole('main').innerText()).not.toContain('BTC/USDT');
    await rise('ETHUSDT');
    await says(counts(page), / · 0 open$/);
  });

  test('with old prices says so, and leaves them out of the headline until they come again', async () => {
    await open('BTCUSDT');
    const page = await visit('/bot-performance');
    // No tick comes and no figure moves while the page's clock goes on.
    await page.clock.fastForward(31_000);
    await says(page.locator('.chip'), /stale/);
    await says(tile(page, 'Total P/L'), /Realised only[\s\S]*as of \d/);
    expect(await page.locator('.banner').innerText()).toMatch(/^Prices stopped \d+ s ago\. The oldest is from \d/);
    expect(await page.getByRole('alert').allInnerTexts()).toContain('Prices of open positions are out of date.');
  });

  test('says that the connection is lost, tries again, and catches up with what it missed', async () => {
    const id = await open('BTCUSDT');
    const page = await visit('/bot-performance');
    await move('BTCUSDT', 0);
    await says(page.locator('.chip'), /^Live/);
    const before = await counts(page).innerText();
    cable.cut();
    await page.clock.runFor(3_000);
    await says(page.locator('.chip'), /^Reconnecting/);
    await page.clock.runFor(9_000);
    await says(page.locator('.banner'), /Connection lost\. (Next try in \d s|Trying now)/);
    await rise('BTCUSDT');
    expect(await counts(page).innerText()).toBe(before);
    // Another tab opens from what is known, also now.
    await page.getByRole('navigation', { name: 'Bot performance' }).getByRole('link', { name: 'Open positions' }).click();
    await rowOf(page, id).waitFor();
    cable.mend();
    await page.getByRole('button', { name: 'Retry now' }).click();
    await says(page.locator('.toast'), /^Caught up: 1 trade closed while away\.$/);
    await rowOf(page, id).waitFor({ state: 'detached' });
  });

  test('stands still while it is paused, counts what waits and applies it at once', async () => {
    const id = await open('BTCUSDT');
    const page = await visit('/bot-performance/open');
    await rowOf(page, id).waitFor();
    await page.keyboard.press('p');
    await says(page.locator('.chip'), /^Paused/);
    await rise('BTCUSDT');
    await says(page.locator('.chip'), /\d+ updates? waiting/);
    expect(await rowOf(page, id).innerText()).not.toContain('Target hit');
    await page.keyboard.press('p');
    await says(rowOf(page, id), /Target hit/);
  });

  test('holds a new row back while its reader is further down', async () => {
    for (let i = 0; i < 12; i++) await open('BTCUSDT');
    const page = await visit('/bot-performance/open', { viewport: { width: 1280, height: 400 } });
    await scrollDown(page);
    const id = await open('ETHUSDT');
    await page.getByRole('button', { name: '1 new' }).click();
    await rowOf(page, id).waitFor();
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
  });

  test('holds a new position back on the overview, too, and shows it at once at the top of the page', async () => {
    await open('BTCUSDT');
    const page = await visit('/bot-performance', { viewport: { width: 1280, height: 400 } });
    await scrollDown(page);
    const id = await open('ETHUSDT');
    await page.getByRole('button', { name: '1 new' }).waitFor();
    expect(await rowOf(page, id).count()).toBe(0);
    const tabs = page.getByRole('navigation', { name: 'Bot performance' });
    expect(await tabs.getByRole('link', { name: /^Open positions/ }).innerText()).toMatch(/\s2$/);
    await page.getByRole('button', { name: '1 new' }).click();
    await rowOf(page, id).waitFor();
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    const next = await open('ETHUSDT');
    await rowOf(page, next).waitFor();
    expect(await page.getByRole('button', { name: '1 new' }).count()).toBe(0);
  });

  test('says that the connection is lost also while it is paused, and what was missed when it goes on', async () => {
    const id = await open('BTCUSDT');
    const page = await visit('/bot-performance/open');
    await says(page.locator('.chip'), /^Live/);
    await page.keyboard.press('p');
    await says(page.locator('.chip'), /^Paused/);
    cable.cut();
    await page.clock.runFor(12_000);
    await says(page.locator('.banner'), /Connection lost\. (Next try in \d s|Trying now)[\s\S]*known at \d\d:\d\d:\d\d UTC/);
    await says(page.locator('.chip'), /^Paused/);
    await rise('BTCUSDT');
    cable.mend();
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.locator('.banner').waitFor({ state: 'detached' });
    await page.keyboard.press('p');
    await rowOf(page, id).waitFor({ state: 'detached' });
  });

  test('is live again by itself once the network is back, and has lost nothing', async () => {
    const id = await open('BTCUSDT');
    const page = await visit('/bot-performance');
    await rowOf(page, id).waitFor();
    cable.cut();
    await page.clock.runFor(3_000);
    await says(page.locator('.chip'), /^Reconnecting/);
    await rise('BTCUSDT');
    cable.mend();
    await toCatchUp(page, 1);
    await page.getByRole('region', { name: 'The trades that closed last' }).locator(`a[href$="/trades/${id}"]`).waitFor();
  });

  test('says within seconds that it is offline when the browser knows it, and goes on by itself', async () => {
    const id = await open('BTCUSDT');
    const page = await visit('/bot-performance');
    await move('BTCUSDT', 0);
    await says(page.locator('.chip'), /^Live/);
    await page.context().setOffline(true);
    await page.clock.runFor(4_000);
    await says(page.locator('.chip'), /^Offline/);
    await rise('BTCUSDT');
    await page.context().setOffline(false);
    await toCatchUp(page, 1);
    await page.getByRole('region', { name: 'The trades that closed last' }).locator(`a[href$="/trades/${id}"]`).waitFor();
  });

  test('says that a newer version of it is there when the server came back with one, and only then', async () => {
    const page = await visit('/bot-performance');
    const newer = page.locator('.toasts').getByText('A newer version of this page is there.');
    const comeBack = async () => {
      cable.cut();
      await page.clock.runFor(12_000);
      await says(page.locator('.banner'), /^Connection lost/);
      cable.mend();
      const asked = page.waitForResponse('**/_app/version.json', { timeout: 30_000 });
      await toCatchUp(page, 0);
      await (await asked).finished();
    };
    await comeBack();
    expect(await newer.count()).toBe(0);
    await page.route('**/_app/version.json', (route) => route.fulfill({ json: { version: 'the next one' } }));
    await comeBack();
    await newer.waitFor();
  });

  test('asks for no prices while its tab is asleep, and is true when it wakes', async () => {
    const id = await open('BTCUSDT');
    const page = await visit('/bot-performance/open');
    const ended: string[] = [];
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => void ended.push(String(payload))));
    await page.reload();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    const look = (state: 'hidden' | 'visible') =>
      page.evaluate((visibilityState) => {
        Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await move('BTCUSDT', 0);
    await says(page.locator('.chip'), /^Live/);
    await look('hidden');
    // As the minute passes, the socket's own pings are answered.
    for (let seconds = 0; seconds < 65; seconds += 5) {
      const pings = ended.filter((frame) => frame.includes('"ping"')).length;
      await page.clock.runFor(5_000);
      if (seconds % 10 === 5) await until(() => ended.filter((frame) => frame.includes('"ping"')).length > pings || undefined, 'a ping');
    }
    await until(
      () => ended.some((frame) => frame.includes('"complete"') && frame.includes('OpenPositionsUpdated')) || undefined,
      'the end of prices',
    );
    expect(ended.some((frame) => frame.includes('"complete"') && frame.includes('TradeClosed'))).toBe(false);
    await move('BTCUSDT', 34.56);
    await look('visible');
    await rowOf(page, id)
      .locator('.tick', { hasText: printed('BTCUSDT') })
      .waitFor(); // beside how old it is
  });
});
