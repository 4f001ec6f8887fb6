import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type pg from 'pg';
import { startExchange } from '../simulator/exchange.ts';
import { filledDatabase } from './filled-database.ts';
import { table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';

const TRADES = { short: 3_000, long: 1_000_000 };
/**
 * What the server may grow by while it sends a whole download, however long that is, once it has sent a part of one: what V8 lets
 * lie before it collects. The rows of 1,000,000 trades together would be more than 1,000.
 */
const MAX_GROWTH_MB = 150;
const SAMPLE_EVERY_MS = 250;
const UNITS = 8;

interface Download {
  readonly rows: number;
  /** Σ realizedPnl in units of 1e-8. */
  readonly units: bigint;
  readonly bytes: number;
  readonly seconds: number;
  readonly growthMb: number;
}

/** The whole history is downloaded from a server of its own: every row is there, the sum is the database's, and memory stays flat. */
export async function exportRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const trades = rig.short ? TRADES.short : TRADES.long;
  let truth = { rows: 0, units: 0n };
  const database = await filledDatabase(rig.database, trades, 1_000, async (client) => void (truth = await sumsBySql(client)));
  rig.say(`${trades} trades written after ${seconds(startedMs)} s`);
  const exchange = await startExchange();
  let server: ChildProcess | undefined;
  try {
    const env = { ...process.env, PORT: '0', DATABASE_URL: database.url, ...exchange.environment() };
    server = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, '../testkit/server-process.ts')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(createInterface(server.stdout!), 'line')) as [string];

    const outcomes: Outcome[] = [];
    const rows: (string | number)[][] = [['format', 'rows', 'MB', 'seconds', 'rows/s', 'RSS grew by MB: first third', 'then the whole']];
    const judge = (got: Pick<Download, 'rows' | 'units'>) =>
      got.rows === truth.rows && got.units === truth.units
        ? undefined
        : `${got.rows} rows, sum ${got.units}; stored ${truth.rows}, ${truth.units}`;
    let lost: Download | undefined;
    for (const format of ['csv', 'json'] as const) {
      const address = `${url}/bot-performance/export.${format}`;
      const part = await download(`${address}?strategy=trend`, format, server.pid!);
      const got = await download(address, format, server.pid!);
      const tooBig = got.growthMb > MAX_GROWTH_MB ? `memory grew by ${got.growthMb} MB` : undefined;
      const fault = judge(got);
      outcomes.push({ name: `${format}: every row, and the sum`, ...(fault !== undefined && { fault }) });
      outcomes.push({ name: `${format}: flat memory`, ...(tooBig !== undefined && { fault: tooBig }) });
      rows.push([
        format,
        got.rows,
        Math.round(got.bytes / 1e6),
        got.seconds,
        Math.round(got.rows / got.seconds),
        part.growthMb,
        got.growthMb,
      ]);
      lost = { ...got, rows: got.rows - 1 };
    }
    rig.say(table(rows));
    const planted = { bug: 'a row is lost between two windows', caught: lost !== undefined && judge(lost) !== undefined };
    return verdictOf('export', rig, outcomes, planted, startedMs, { trades, downloads: rows.slice(1) });
  } finally {
    if (server && server.exitCode === null) {
      server.kill();
      await once(server, 'exit');
    }
    await exchange.stop();
    await database.end();
  }
}

/** How many trades are stored, and Σ realizedPnl in units of 1e-8. */
async function sumsBySql(client: pg.Client): Promise<{ rows: number; units: bigint }> {
  const sql = 'SELECT count(*)::int AS rows, trunc(coalesce(sum(realized_pnl), 0) * 1e8)::text AS units FROM paper_trades';
  const [sums] = (await client.query<{ rows: number; units: string }>(sql)).rows;
  if (!sums) throw new Error('no answer');
  return { rows: sums.rows, units: BigInt(sums.units) };
}

/** Takes a download line by line, as every format has one row on each, and watches the memory of the server meanwhile. */
async function download(url: string, format: 'csv' | 'json', pid: number): Promise<Download> {
  const before = residentMb(pid);
  let most = before;
  const sampling = setInterval(() => (most = Math.max(most, residentMb(pid))), SAMPLE_EVERY_MS);
  const startedMs = performance.now();
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`${url} is answered with ${response.status}`);
  let [rows, units, bytes] = [0, 0n, 0];
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  body.on('data', (chunk: Uint8Array) => (bytes += chunk.byteLength));
  let place = -1;
  for await (const line of createInterface(body)) {
    if (format === 'csv' && place < 0) place = line.split(',').indexOf('realizedPnl');
    else if (format === 'csv' || line.startsWith('{"id"')) {
      rows += 1;
      units += unitsOf(format === 'csv' ? (line.split(',')[place] ?? '') : (/"realizedPnl":"([^"]+)"/.exec(line)?.[1] ?? ''));
    }
  }
  clearInterval(sampling);
  return { rows, units, bytes, seconds: seconds(startedMs), growthMb: Math.max(most, residentMb(pid)) - before };
}

/** "-1.5" → -150000000n */
function unitsOf(plain: string): bigint {
  const [, sign = '', whole = '0', decimals = ''] = /^(-?)(\d*)(?:\.(\d+))?$/.exec(plain) ?? [];
  const units = BigInt(`${whole || '0'}${decimals.padEnd(UNITS, '0')}`);
  return sign ? -units : units;
}

function residentMb(pid: number): number {
  return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024);
}

function seconds(sinceMs: number): number {
  return Math.round((performance.now() - sinceMs) / 100) / 10;
}
