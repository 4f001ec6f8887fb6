import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../testkit/database.ts';
import type { Payload } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';
import { projectRoot } from './environment.ts';

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

  /** The JSON of the README that holds `words`, its placeholders filled in as their senders do. */
  const filledIn = (words: string, values: Record<string, string>): string => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const blocks = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = '']) => block).filter((block) => block.includes(words));
    expect(blocks).toHaveLength(1);
    return Object.entries(values).reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), blocks[0]!);
  };

  test('the alert of TradingView opens a trade, and the page for developers has the same', async () => {
    const values = {
      exchange: 'BINANCE',
      ticker: 'BTCUSDT.P',
      'strategy.order.action': 'sell',
      'strategy.market_position': 'short',
      close: '42500.5',
    };
    const more = { interval: '240', timenow: '2026-11-22T20:33:05Z' };
    const placeholders = Object.entries({ ...values, ...more }).map(([name, value]) => [`{{${name}}}`, value]);
    const snippets = readFileSync(new URL('../../../web/src/routes/developers/_parts/snippets.ts', import.meta.url), 'utf8');
    expect(snippets).toContain(filledIn('timenow', {}).trim());
    const message = filledIn('timenow', Object.fromEntries(placeholders) as Record<string, string>);
    expect(await product.hook('tradingview', token, message)).toMatchObject({ status: 200, tradeId: expect.any(String), userErrors: [] });
  });

  test('the configuration of freqtrade opens a trade, and its exit is understood', async () => {
    const values = { '{trade_id}': '12', '{pair}': 'BTC/USDT:USDT', '{direction}': 'Long', '{open_rate:.8f}': '42500.50000000' };
    const { webhook } = JSON.parse(`{${filledIn('entry_fill', values)}}`) as { webhook: Record<'entry_fill' | 'exit_fill', object> };
    const entry = await product.hook('freqtrade', token, webhook.entry_fill);
    expect(entry).toMatchObject({ status: 200, tradeId: expect.any(String), userErrors: [] });
    expect(await product.hook('freqtrade', token, webhook.exit_fill)).toMatchObject({ status: 200, tradeId: entry.tradeId });
  });

  test('the command for Docker makes a bot with nothing but Node, as in the image', async () => {
    const [block = ''] = printedCommands('docker compose exec');
    const command = /^docker compose exec server (.*)$/m.exec(block)?.[1] ?? '';
    expect(readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8')).toContain(`# docker compose exec server ${command}\n`);
    const onlyNode = mkdtempSync(join(curlHome, 'path-'));
    symlinkSync(process.execPath, join(onlyNode, 'node'));
    const env = { PATH: onlyNode, DATABASE_URL: await freshDatabase() };
    const { stdout } = await run('/bin/sh', ['-c', command], { cwd: projectRoot, env });
    expect(stdout).toMatch(/^bpt_live_\w+\n$/);
  });

  test('the question to the database is one', async () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, sql = ''] = /```sql\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(await product.sql(sql)).toEqual([{ count: '0', wins: '0', avg: null }]);
  });
});
