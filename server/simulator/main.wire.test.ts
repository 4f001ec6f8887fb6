import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { startExchange } from './exchange.ts';
import { TestClient, get } from './test-client.ts';

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function simulator(...args: string[]): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  return child;
}

/** Starts it on free ports and gives the four assignments it printed. */
async function started(...args: string[]): Promise<{ child: ChildProcess; urls: Record<string, string> }> {
  const child = simulator('--port', '0', ...args);
  const urls: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [name, url] = line.split('=');
    urls[name!] = url!;
    if (Object.keys(urls).length === 4) break;
  }
  return { child, urls };
}

async function post(url: string, body: string): Promise<{ status: number; body: { accepted?: number; ids?: number[]; error?: string } }> {
  const response = await fetch(`${url}/control/ticks`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as { accepted?: number; ids?: number[]; error?: string } };
}

const line = (change: object) =>
  `${JSON.stringify({ marketType: 'SPOT', symbol: 'BTCUSDT', price: '42511.5', quantity: '0.25', ...change })}\n`;

test('prints its addresses, takes ticks, and ends on SIGTERM', async () => {
  const { child, urls } = await started();
  expect(Object.keys(urls)).toEqual(['BINANCE_SPOT_WS', 'BINANCE_SPOT_REST', 'BINANCE_FUTURES_WS', 'BINANCE_FUTURES_REST']);
  const rest = urls.BINANCE_SPOT_REST!;
  expect((await get(`${rest}/api/v3/ticker/price?symbol=BTCUSDT`)).body).toEqual({ symbol: 'BTCUSDT', price: '42500.00' });
  const client = await TestClient.open(`${urls.BINANCE_SPOT_WS}/ws/btcusdt@aggTrade/newcoinusdt@aggTrade`);

  const taken = await post(
    rest,
    line({ time: '2026-01-31T12:00:00.000Z' }) + line({ symbol: 'NEWCOINUSDT', price: '0.00071' }) + line({ marketType: 'FUTURES' }),
  );
  expect(taken).toEqual({ status: 200, body: { accepted: 3, ids: [expect.any(Number), expect.any(Number), expect.any(Number)] } });
  expect(await client.message((message) => message.s === 'BTCUSDT')).toMatchObject({
    a: taken.body.ids![0],
    p: '42511.5',
    q: '0.25',
    T: Date.UTC(2026, 0, 31, 12),
  });
  expect(await client.message((message) => message.s === 'NEWCOINUSDT')).toMatchObject({ a: taken.body.ids![1], p: '0.00071' });
  const listed = await get(`${rest}/api/v3/exchangeInfo?symbol=NEWCOINUSDT`);
  expect(listed.body.symbols[0]).toMatchObject({
    status: 'TRADING',
    quoteAsset: 'USDT',
    filters: [{ tickSize: '0.00000001' }, {}, {}, {}],
  });
  expect((await get(`${urls.BINANCE_FUTURES_REST}/fapi/v1/aggTrades?symbol=BTCUSDT&limit=1`)).body[0]).toMatchObject({
    a: taken.body.ids![2],
    p: '42511.5',
  });

  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await client.whenClosed();
});

test('one bad line spoils all of them', async () => {
  const { urls } = await started();
  const rest = urls.BINANCE_SPOT_REST!;
  const before = await get(`${rest}/api/v3/aggTrades?symbol=BTCUSDT`);
  expect(await post(rest, line({}) + line({ price: 'x' }) + line({ symbol: '' }))).toEqual({
    status: 400,
    body: { error: 'line 2: price must be a plain decimal above zero, e.g. "42500.5"' },
  });
  expect((await get(`${rest}/api/v3/aggTrades?symbol=BTCUSDT`)).body).toEqual(before.body);
  expect((await post(rest, '')).status).toBe(400);
  expect((await post(rest, ' '.repeat(1_048_577))).status).toBe(413);
  expect((await post(rest, line({}))).status).toBe(200);
});

test('explains itself at /control, knows no other path below it', async () => {
  const { urls } = await started();
  const help = await fetch(`${urls.BINANCE_SPOT_REST}/control`);
  expect(await help.text()).toContain('POST /control/ticks');
  expect((await fetch(`${urls.BINANCE_SPOT_REST}/control/ticks`)).status).toBe(405);
  expect((await fetch(`${urls.BINANCE_SPOT_REST}/control`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${urls.BINANCE_SPOT_REST}/control/nope`)).status).toBe(404);
});

test('prices move by themselves with --live only, and on both markets alike', async () => {
  const { urls } = await started('--live');
  const spot = await TestClient.open(`${urls.BINANCE_SPOT_WS}/ws/btcusdt@aggTrade`);
  const futures = await TestClient.open(`${urls.BINANCE_FUTURES_WS}/market/ws/btcusdt@aggTrade`);
  await spot.until(() => spot.messages.length >= 5, 'five trades on spot');
  await futures.until(() => futures.messages.length >= 5, 'five trades on futures');
  for (const { p } of [...spot.messages, ...futures.messages]) expect(Math.abs(Number(p) / 42_500 - 1)).toBeLessThan(0.02);
  expect(spot.messages[0].p).toMatch(/^\d+\.\d{8}$/);
  expect(futures.messages[0].p).toMatch(/^\d+\.\d$/);

  const { urls: still } = await started();
  const silent = await TestClient.open(`${still.BINANCE_SPOT_WS}/ws/btcusdt@aggTrade/btcusdt@kline_1s`);
  await silent.until(() => silent.messages.filter((message) => message.e === 'kline').length >= 2, 'two beats');
  expect(silent.messages.filter((message) => message.e === 'aggTrade')).toEqual([]);
  for (const client of [spot, futures, silent]) client.close();
});

test('ids of a later start are above those of an earlier one', async () => {
  const newest = async () => {
    const { child, urls } = await started();
    const { body } = await post(urls.BINANCE_SPOT_REST!, line({}) + line({}) + line({}));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    return body.ids!;
  };
  const earlier = await newest();
  expect((await newest())[0]).toBeGreaterThan(earlier[2]!);
});

test('a symbols file replaces the demo symbols', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'symbols-'));
  const file = join(folder, 'symbols.json');
  await writeFile(
    file,
    JSON.stringify([{ marketType: 'SPOT', symbol: 'XRPETH', tickSize: '0.00000001', price: '0.0014', status: 'HALT' }]),
  );
  const { urls } = await started('--symbols', file);
  const { body } = await get(`${urls.BINANCE_SPOT_REST}/api/v3/exchangeInfo`);
  expect(body.symbols).toMatchObject([{ symbol: 'XRPETH', quoteAsset: 'ETH', status: 'HALT' }]);
  await rm(folder, { recursive: true });
});

test('what is wrong with the arguments or the port is one line', async () => {
  const other = await startExchange();
  const port = new URL(other.spotRest).port;
  for (const [args, code, message] of [
    [['--port', 'x'], 2, /--port must be 0 to 65534/],
    [['--nope'], 2, /Unknown option '--nope'/],
    [['--symbols', '/no/such/file.json'], 2, /ENOENT/],
    [['--port', port], 1, new RegExp(`port ${port} is in use`)],
  ] as const) {
    const child = simulator(...args);
    let text = '';
    child.stderr.on('data', (chunk) => (text += String(chunk)));
    const [exitCode] = await once(child, 'close');
    expect([exitCode, text.trimEnd().split('\n').length], text).toEqual([code, 1]);
    expect(text).toMatch(message);
  }
  await other.stop();
});
