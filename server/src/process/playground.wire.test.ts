import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Browser, Locator, Page } from 'playwright-core';
import { parse, specifiedRules, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openBrowser, pictureFile } from '../../testkit/browser.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';
import { PLAYGROUND_TABS } from '../graphql/playground-tabs.ts';
import { schema } from '../graphql/schema.ts';

test.each(PLAYGROUND_TABS)('$query is valid', ({ query, variables = '{}', headers = '{}' }) => {
  expect(validate(schema, parse(query), specifiedRules)).toEqual([]);
  expect([typeof JSON.parse(variables), typeof JSON.parse(headers)]).toEqual(['object', 'object']);
});

/** Asks for the page, uncompressed, and takes nothing but its head. */
async function holdUp(url: string): Promise<IncomingMessage> {
  const asked = request(url, { agent: false, headers: { accept: 'text/html' } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  for (const each of [asked, response]) each.on('error', () => {}); // it is cut
  return response;
}

describe('the playground', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  });

  test('comes compressed, and is not sent again to who has it', async () => {
    const ask = (headers: Record<string, string>) => fetch(product.graphqlUrl, { headers: { accept: 'text/html', ...headers } });
    const first = await ask({});
    expect([first.status, first.headers.get('content-encoding')]).toEqual([200, 'gzip']); // fetch takes it
    expect(await first.text()).toContain('query Summary {');
    const plain = await ask({ 'accept-encoding': 'identity' });
    expect([plain.headers.get('content-encoding'), (await plain.text()).endsWith('</html>\n')]).toEqual([null, true]);
    const again = await ask({ 'if-none-match': first.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('is one page in memory, however many take it and however slowly; who takes nothing is cut', async () => {
    const own = await startProduct({ env: { PLAYGROUND_STALLED_MS: '1000' } });
    const held = await Array.fromAsync(Array.from({ length: 20 }), () => holdUp(own.graphqlUrl));
    const before = process.memoryUsage().arrayBuffers;
    held.push(...(await Array.fromAsync(Array.from({ length: 20 }), () => holdUp(own.graphqlUrl))));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40_000_000); // each has 9 MB
    await Promise.all(
      held.map(async (response) => {
        await until(() => response.socket.destroyed || (response.socket.write('\r\n'), undefined), 'the cut');
      }),
    );
  });

  test('is paid for by its weight', async () => {
    const own = await startProduct({ env: { API_COST_CAPACITY: '2000', API_COST_PER_SECOND: '1' } });
    const ask = async (encoding: string) => {
      const response = await fetch(own.graphqlUrl, { headers: { accept: 'text/html', 'accept-encoding': encoding } });
      await response.arrayBuffer();
      return response;
    };
    const left = async (encoding: string) => Number(/r=(\d+)/.exec((await ask(encoding)).headers.get('ratelimit') ?? '')?.[1]);
    expect(await left('gzip')).toBeGreaterThan(1_700); // 2.4 MB
    expect(await left('identity')).toBeLessThan(900); // 9 MB
    const refused = await ask('identity');
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
  });

  test('takes nothing away from programs: a GET without text/html is no page', async () => {
    const answer = await fetch(`${product.graphqlUrl}?query=${encodeURIComponent('{ bots { slug } }')}`, {
      headers: { accept: 'application/json' },
    });
    expect(await answer.json()).toMatchObject({ data: { bots: [] } });
  });

  describe.skipIf(!hasBrowser())('in a browser', () => {
    let browser: Browser;
    let page: Page;
    const faults: string[] = [];
    beforeAll(async () => {
      browser = await openBrowser();
      page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      page.on('request', (request) => {
        const own = [product.url, `blob:${product.url}`, 'data:'];
        if (!own.some((start) => request.url().startsWith(start))) faults.push(`asks ${request.url()}`);
      });
      await page.goto(product.graphqlUrl, { waitUntil: 'commit' }); // Playwright misses the load of so large a page
    });
    afterAll(() => browser.close());

    const answer = (text: string) => page.locator('.graphiql-response').getByText(text);
    const press = () => page.getByRole('button', { name: /Execute query/ }).click();
    /** GraphiQL learns the name of a tab's question a moment after it shows the tab: one that was pressed too soon is pressed again. */
    const pressUntil = async (shown: Locator) => {
      await until(async () => {
        await press();
        return shown
          .first()
          .waitFor({ timeout: 2_000 })
          .then(
            () => true,
            () => undefined,
          );
      }, 'what the button brings');
    };
    const open = async (tab: string) => {
      const own = page.locator('.graphiql-tab').filter({ has: page.getByText(tab, { exact: true }) });
      await page.getByRole('button', { name: /Execute query/ }).waitFor(); // no tab opens while an answer is awaited
      await own.locator('button').first().dispatchEvent('click'); // it may still be moving to its place
      await page.locator('.graphiql-tab[aria-selected=true]').getByText(tab, { exact: true }).waitFor();
    };

    test('opens with five tabs that can be asked as they stand, under its policy, from its own server alone', async () => {
      const names = page.locator('.graphiql-tab');
      await names.first().waitFor();
      expect(await names.allInnerTexts()).toEqual(['Summary', 'OpenPositions', 'LatestClosures', 'Closures', 'PostSignal']);

      for (const [tab, expected] of [
        ['Summary', 'closedTrades'],
        ['OpenPositions', 'totalUnrealizedPnl'],
        ['LatestClosures', 'totalCount'],
        ['PostSignal', 'UNAUTHENTICATED'],
      ] as const) {
        await open(tab);
        await pressUntil(answer(expected));
      }
      await page.screenshot({ path: pictureFile('playground.png') });
      expect(faults).toEqual([]);
    }, 60_000);

    test('has a subscription that listens', async () => {
      await open('Closures');
      const socket = page.waitForEvent('websocket');
      await pressUntil(page.getByRole('button', { name: /Stop query/ }));
      expect((await socket).url()).toBe(product.graphqlUrl.replace('http', 'ws'));
      expect(faults).toEqual([]);
    });
  });
});
