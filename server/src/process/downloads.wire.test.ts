import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { parse } from 'csv-parse/sync';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../testkit/database.ts';
import { fillRecord } from '../../testkit/fill-record.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { until } from '../../testkit/waiting.ts';
import { toPlain, ZERO } from '../kernel/decimal.ts';

let product: Product;

beforeAll(async () => {
  const databaseUrl = await freshDatabase();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  // More than sockets and pipes hold by themselves, so that a reader that takes nothing holds a download up.
  await fillRecord((text) => client.query(text), { trades: 12_000, openEvery: 10, noteLength: 500 });
  await client.end();
  product = await startProduct({ databaseUrl, env: { EXPORTS_MAX_CONCURRENT: '2' } });
});

const csv = (query = '') => fetch(`${product.url}/bot-performance/export.csv${query}`);
const rowsOf = async (query = ''): Promise<Record<string, string>[]> => parse(await (await csv(query)).text(), { columns: true });

/** Asks for a download and takes nothing but its head; from an address of 127.0.0.0/8, which counts by itself. */
async function holdUp(path: string, localAddress = '127.0.0.1'): Promise<IncomingMessage> {
  const asked = request(`${product.url}${path}`, { agent: false, localAddress }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

async function refusalOf(asked: Promise<Response>): Promise<unknown[]> {
  const response = await asked;
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  return [response.status, response.headers.get('retry-after'), errors[0]?.extensions.code];
}

const roomForOne = () =>
  until(async () => {
    const response = await csv('?status=OPEN');
    await response.arrayBuffer();
    return response.status === 200 ? true : undefined;
  }, 'room for a download');

describe('a download', () => {
  test('holds every trade once, whole, in either form', async () => {
    const response = await csv();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="bot-performance-\d{8}T\d{6}Z\.csv"$/);
    const rows: Record<string, string>[] = parse(await response.text(), { columns: true });
    expect(new Set(rows.map(({ id }) => id)).size).toBe(12_000);

    const json = await fetch(`${product.url}/bot-performance/export.json`);
    expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const { trades, sequence } = (await json.json()) as { trades: Record<string, string>[]; sequence: string };
    expect(Number(sequence)).toBe(await product.head());
    expect(trades.map(({ id, realizedPnl }) => [id, realizedPnl ?? ''])).toEqual(rows.map(({ id, realizedPnl }) => [id, realizedPnl]));
    const [sums] = await product.sql<{ pnl: string }>('SELECT trim_scale(sum(realized_pnl))::text AS pnl FROM paper_trades');
    const total = rows.reduce((sum, { realizedPnl }) => sum.plus(realizedPnl || 0), ZERO);
    expect(toPlain(total)).toBe(sums?.pnl);
  });

  test('holds what the page’s filter means', async () => {
    expect(await rowsOf('?status=OPEN')).toHaveLength(1_200);
    const wins = await rowsOf('?result=win&side=long');
    expect(wins.length).toBeGreaterThan(1_000);
    expect(wins.every(({ realizedPnl, direction }) => Number(realizedPnl) > 0 && direction === 'LONG')).toBe(true);
    expect(await rowsOf('?period=all&sort=pnl&result=win&side=long')).toHaveLength(wins.length);
    expect(await rowsOf('?bot=nobody')).toEqual([]);
    const { trades } = (await (await fetch(`${product.url}/bot-performance/export.json?bot=nobody`)).json()) as { trades: object[] };
    expect(trades).toEqual([]);
  });

  test.for([
    ['?nosuch=1', 'there is no parameter "nosuch"'],
    ['?market=COIN', 'market is one of SPOT, FUTURES'],
    ['?from=soon', 'from is a day'],
  ] as const)('%s is a bad request', async ([query, message]) => {
    const response = await csv(query);
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([400, '*']);
    const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
    expect(errors).toMatchObject([{ message: expect.stringContaining(message), extensions: { code: 'BAD_PARAMETER' } }]);
  });

  test('HEAD tells the same without rows, and nothing else is allowed', async () => {
    const head = await fetch(`${product.url}/bot-performance/export.csv?result=win`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      '',
    ]);
    expect((await fetch(`${product.url}/bot-performance/export.csv?x=1`, { method: 'HEAD' })).status).toBe(400);
    const post = await fetch(`${product.url}/bot-performance/export.csv`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('more than there is room for are asked to come again; a reader that hangs up makes room, and nobody calls it a fault', async () => {
    const held = [await holdUp('/bot-performance/export.json', '127.3.0.1'), await holdUp('/bot-performance/export.json', '127.3.0.2')];
    expect(held.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(await refusalOf(csv())).toEqual([503, '10', 'SERVER_FULL']);
    held.forEach((response) => response.destroy());
    await roomForOne();
    expect(product.logged).toEqual([]);
  });

  test('of one address there is one at a time, and the others are served', async () => {
    const held = await holdUp('/bot-performance/export.json');
    expect(await refusalOf(csv('?status=OPEN'))).toEqual([429, '10', 'TOO_MANY_DOWNLOADS']);
    const other = await holdUp('/bot-performance/export.csv?status=OPEN', '127.3.0.3');
    expect(other.statusCode).toBe(200);
    for (const response of [held, other]) response.destroy();
    await roomForOne();
  });

  test('whose database fails in the middle is cut, so that nobody takes it for whole', async () => {
    const response = await holdUp('/bot-performance/export.json');
    await product.sql('ALTER TABLE signals RENAME TO signals_away');
    try {
      response.resume();
      await expect(once(response, 'end')).rejects.toThrow('aborted');
      expect(response.complete).toBe(false);
    } finally {
      await product.sql('ALTER TABLE signals_away RENAME TO signals');
    }
    expect(product.logged.map(({ message }) => message)).toContain('a request failed');
    product.logged.length = 0;
  });
});
