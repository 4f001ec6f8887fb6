import { expect, test } from 'vitest';
import { startProduct } from '../../testkit/product.ts';

test('who has used up the points of the pages is told so, whichever of them is asked for', async () => {
  const product = await startProduct({
    pages: true,
    env: { API_COST_CAPACITY: '1000', API_COST_PER_SECOND: '1', API_MAX_COST: '1000' },
  });
  const get = async (path: string) => {
    const response = await fetch(product.url + path);
    return { status: response.status, retryAfter: response.headers.get('retry-after'), words: await response.text() };
  };
  const words = expect.stringContaining('has used up its points') as string;
  for (const path of ['/badge/pnl.svg', '/feed.xml', '/og/overview.png']) {
    while ((await get(path)).status === 200);
    expect(await get(path), path).toEqual({ status: 429, retryAfter: '10', words });
  }
  for (const path of ['/methodology', '/status']) expect(await get(path), path).toMatchObject({ status: 429, words });
  await product.end();
});
