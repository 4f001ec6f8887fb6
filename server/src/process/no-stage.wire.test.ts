import { expect, test } from 'vitest';
import { PAGE_STATES } from '../../simulator/demo/states.ts';
import { startProduct } from '../../testkit/product.ts';

test('a server that is no demo shows what is so, whatever state an address asks for', async () => {
  const product = await startProduct({ pages: true, env: { NOTICE: 'Maintenance at noon.' } });
  /** Without what differs from request to request anyway. */
  const page = async (path: string): Promise<string> => {
    const response = await fetch(product.url + path);
    return `${response.status} ${(await response.text()).replaceAll(/nonce="[^"]*"|nonce-[^']*|\d\d:\d\d:\d\d|"?\d{4}-\d\d-\d\dT[\d:.]+Z"?|[?&]state=[\w-]+/g, '')}`;
  };
  const staged = Object.values(PAGE_STATES).filter(({ path }) => path.includes('?state='));
  expect(staged.length).toBeGreaterThan(10);
  for (const { path } of staged) expect(await page(path), path).toBe(await page(path.replace(/\?.*/, '')));
  expect(await page('/bot-performance')).toContain('Maintenance at noon.');
});
