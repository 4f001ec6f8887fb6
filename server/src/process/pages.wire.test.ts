import { afterAll, expect, test } from 'vitest';
import { startProduct } from '../../testkit/product.ts';

const product = await startProduct({
  pages: true,
  env: { API_COST_CAPACITY: '1000', API_COST_PER_SECOND: '1', API_MAX_COST: '1000' },
});
afterAll(() => product.end());

test('a page comes compressed to who takes it so, once', async () => {
  const ask = async (path: string, encoding: string) => {
    const response = await fetch(product.url + path, { headers: { 'accept-encoding': encoding } });
    return { encoding: response.headers.get('content-encoding'), vary: response.headers.get('vary'), body: await response.text() };
  };
  const [gzip, plain] = [await ask('/methodology', 'gzip'), await ask('/methodology', 'identity')];
  expect([gzip.encoding, plain.encoding]).toEqual(['gzip', null]);
  for (const { vary, body } of [gzip, plain]) {
    expect(vary?.toLowerCase()).toContain('accept-encoding');
    expect(body.trimEnd()).toMatch(/<\/html>$/);
  }
  const [, script] = /(\/_app\/immutable\/[^"']+\.js)/.exec(plain.body) ?? [];
  const built = await ask(script ?? 'none', 'gzip');
  expect([built.encoding, built.body]).toEqual(['gzip', (await ask(script ?? 'none', 'identity')).body]);
});

test('who has used up the points of the pages is told so, whichever of them is asked for', async () => {
  const get = async (path: string) => {
    const response = await fetch(product.url + path);
    return { status: response.status, retryAfter: response.headers.get('retry-after'), words: await response.text() };
  };
  const words = expect.stringContaining('has used up its points') as string;
  for (const path of ['/badge/pnl.svg', '/feed.xml', '/og/overview.png']) {
    while ((await get(path)).status === 200);
    expect(await get(path), path).toEqual({ status: 429, retryAfter: '30', words });
  }
  for (const path of ['/methodology', '/status', '/bot-performance', '/bot-performance/history'])
    expect(await get(path), path).toMatchObject({ status: 429, words });
  expect(await get('/embed/summary')).toMatchObject({ status: 429, words: expect.stringContaining('Too many requests') as string });
});
