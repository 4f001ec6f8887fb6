import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Payload } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';

const run = promisify(execFile);

/** The shell commands of the README that hold `words`, as they are printed. */
function printedCommands(words: string): string[] {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, command = '']) => command).filter((command) => command.includes(words));
}

/** curl reads this folder's .curlrc: what is printed for port 5173 reaches the product of this test, the command itself untouched. */
const curlHome = mkdtempSync(join(tmpdir(), 'readme-'));
afterAll(() => rmSync(curlHome, { recursive: true }));

describe('the README’s commands', () => {
  let product: Product;
  let token: string;
  beforeAll(async () => {
    product = await startProduct({
      exchangeOptions: {
        symbols: [
          { marketType: 'SPOT', symbol: 'BTCUSDT', price: '42500' },
          { marketType: 'FUTURES', symbol: 'BTCUSDT', price: '42500' },
        ],
      },
    });
    token = await product.bot('My Bot');
    writeFileSync(join(curlHome, '.curlrc'), `connect-to = "localhost:5173:127.0.0.1:${new URL(product.url).port}"\n`);
    await until(async () => {
      const ask = 'query ($symbols: [SymbolInput!]!) { prices(symbols: $symbols) { price } }';
      const { prices } = await product.query<{ prices: object[] }>(ask, { symbols: [{ marketType: 'FUTURES', symbol: 'BTCUSDT' }] });
      return prices[0];
    }, 'the first price check');
  });

  const shell = (command: string) => run('bash', ['-c', command], { env: { ...process.env, CURL_HOME: curlHome, BOT_TOKEN: token } });

  test('createSignal by curl opens a trade, and once more answers with the same', async () => {
    const [command, ...others] = printedCommands('createSignal(');
    expect(others).toEqual([]);
    const answers = [await shell(command ?? ''), await shell(command ?? '')].map(
      ({ stdout }) => (JSON.parse(stdout) as { data: { createSignal: Payload } }).data.createSignal,
    );
    expect(answers.map(({ userErrors }) => userErrors)).toEqual([[], []]);
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, true]);
    expect(answers[0]?.trade).toMatchObject({ status: 'OPEN', quantity: '0.002352941176470588' });
    expect(answers[1]?.trade?.id).toBe(answers[0]?.trade?.id);
  });

  test('the question to the database is one', async () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, sql = ''] = /```sql\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(await product.sql(sql)).toEqual([{ count: '0', wins: '0', avg: null }]);
  });
});
