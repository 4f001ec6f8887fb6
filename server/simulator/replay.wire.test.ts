import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { readAggTrades, replayAggTrades } from './replay.ts';
import type { AggTrade } from './tape.ts';
import { TestClient, get } from './test-client.ts';

let exchange: Exchange;
let folder: string;

beforeEach(async () => {
  exchange = await startExchange();
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
});
afterEach(async () => {
  await exchange.stop();
  await rm(folder, { recursive: true });
});

async function fileOf(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

async function rowsOf(file: string): Promise<AggTrade[]> {
  const rows: AggTrade[] = [];
  for await (const row of readAggTrades(file)) rows.push(row);
  return rows;
}

const HEADER = 'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n';
const ROWS = '100,0.00141342,23.0,7,7,1570752011620,true\n101,0.00141266,54.0,8,9,1570752011720,False,True\n';

test('ids, digits and times are those of the file; header, gzip and the case of booleans do not matter', async () => {
  const trades = [
    { id: 100, price: '0.00141342', quantity: '23.0', firstId: 7, lastId: 7, timeMs: 1_570_752_011_620, buyerIsMaker: true },
    { id: 101, price: '0.00141266', quantity: '54.0', firstId: 8, lastId: 9, timeMs: 1_570_752_011_720, buyerIsMaker: false },
  ];
  for (const file of [await fileOf('a.csv', HEADER + ROWS), await fileOf('b.csv.gz', ROWS)]) expect(await rowsOf(file)).toEqual(trades);
  const micro = await fileOf('c.csv', '1,2,3,4,5,1735689600123456,true\n');
  expect((await rowsOf(micro))[0]?.timeMs).toBe(1_735_689_600_123);
});

test('a bad line, a missing and a broken file are told', async () => {
  const replay = (file: string) => replayAggTrades(exchange, { file, marketType: 'SPOT', symbol: 'XRPETH', speed: Infinity });
  await expect(replay(await fileOf('a.csv', `${HEADER}${ROWS}102,x\n`))).rejects.toThrow(/line 4: not an aggregate trade: 102,x/);
  await expect(replay(join(folder, 'none.csv.gz'))).rejects.toThrow(/ENOENT/);
  const broken = await fileOf('b.csv', 'no gzip');
  await writeFile(`${broken}.gz`, 'no gzip');
  await expect(replay(`${broken}.gz`)).rejects.toThrow(/incorrect header check/);
});

test('at a speed it keeps the pace of the file, and waits for whoever wants to look at each tick', async () => {
  const file = await fileOf('a.csv', '1,5,1,1,1,1000000000000,true\n2,6,1,2,2,1000000060000,true\n3,7,1,3,3,1000000120000,true\n');
  const seen: string[] = [];
  const startedMs = performance.now();
  const afterTick = async ({ price }: { price: string }) => {
    seen.push(`begin ${price}`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`end ${price}`);
  };
  expect(await replayAggTrades(exchange, { file, marketType: 'SPOT', symbol: 'XRPETH', speed: 600, afterTick })).toBe(3);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(199);
  expect(seen).toEqual(['begin 5', 'end 5', 'begin 6', 'end 6', 'begin 7', 'end 7']);
});

test('as fast as possible means as fast as the slowest reader: no frame is lost and little waits unsent', async () => {
  const count = 20_000;
  const file = await fileOf(
    'a.csv',
    Array.from({ length: count }, (_, i) => `${i},5,1,${i},${i},${1_570_752_000_000 + i},true\n`).join(''),
  );
  exchange.listSymbol({ marketType: 'SPOT', symbol: 'XRPETH' });
  const slow = await TestClient.open(`${exchange.spotWs}/ws/xrpeth@aggTrade`);
  // Reads for a moment, rests for a moment.
  const rests = setInterval(() => (slow.socket.isPaused ? slow.socket.resume() : slow.socket.pause()), 5);
  await replayAggTrades(exchange, { file, marketType: 'SPOT', symbol: 'XRPETH', speed: Infinity, maxBufferedBytes: 10_000 });
  await slow.until(() => slow.messages.length === count, `${count} trades`);
  clearInterval(rests);
  expect(slow.messages.every((message, i) => message.a === i)).toBe(true);
  slow.close();
});

const XRPETH = resolve(import.meta.dirname, '../../../shared/data/XRPETH-spot-2019-10-11_13.csv.gz');
const reachable = existsSync(XRPETH);
if (!reachable) console.log(`skipped: the replay of real trades, because ${XRPETH} is not there`);

test.skipIf(!reachable)('the whole real file goes over the socket, and REST has it too', async () => {
  exchange.listSymbol({ marketType: 'SPOT', symbol: 'XRPETH', tickSize: '0.00000001' });
  const client = await TestClient.open(`${exchange.spotWs}/stream?streams=xrpeth@aggTrade`);
  const rows = await rowsOf(XRPETH);
  expect(rows).toHaveLength(12_477);
  expect(await replayAggTrades(exchange, { file: XRPETH, marketType: 'SPOT', symbol: 'XRPETH', speed: Infinity })).toBe(12_477);
  await client.until(() => client.messages.length === 12_477, 'every trade');
  const sent = client.messages.map(({ data }) => [data.a, data.p, data.q, data.f, data.l, data.T, data.m]);
  expect(sent).toEqual(rows.map((row) => [row.id, row.price, row.quantity, row.firstId, row.lastId, row.timeMs, row.buyerIsMaker]));
  const page = await get(`${exchange.spotRest}/api/v3/aggTrades?symbol=XRPETH&fromId=13520000&limit=1000`);
  expect(page.body.map((row: { a: number; p: string }) => [row.a, row.p])).toEqual(
    rows
      .filter(({ id }) => id >= 13_520_000)
      .slice(0, 1_000)
      .map(({ id, price }) => [id, price]),
  );
  client.close();
});
