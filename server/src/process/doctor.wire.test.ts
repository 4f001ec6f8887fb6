import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHILD_ENVIRONMENT } from '../../testkit/child-environment.ts';
import { emptyDatabase, freshDatabase } from '../../testkit/database.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { startExchange } from '../../simulator/exchange.ts';
import { systemClock } from './system-clock.ts';

interface Check {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'fault';
  readonly message: string;
  readonly remedy?: string;
}

const symbols = (['SPOT', 'FUTURES'] as const).map((marketType) => ({ marketType, symbol: 'BTCUSDT', price: '100' }));
let product: Product;
let environment: Record<string, string>;
beforeAll(async () => {
  product = await startProduct({ exchangeOptions: { symbols } });
  // The port of the running server; timeouts short, so that what does not answer costs the test little.
  environment = { ...product.environment, PORT: new URL(product.url).port, DOCTOR_TIMEOUT_MS: '3000' };
});

function run(env: Record<string, string>, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...CHILD_ENVIRONMENT, ...env } };
    execFile(process.execPath, [join(import.meta.dirname, 'doctor.ts'), ...args], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

async function examine(
  more: Record<string, string> = {},
): Promise<{ code: number; of: (check: string) => Check | undefined; bad: string[] }> {
  const { code, stdout } = await run({ ...environment, ...more }, '--json');
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
  expect(ok).toBe(code === 0);
  for (const { state, remedy } of checks) expect(remedy === undefined).toBe(state === 'ok');
  return {
    code,
    of: (name) => checks.find(({ check }) => check === name),
    bad: checks.filter(({ state }) => state !== 'ok').map(({ check }) => check),
  };
}

describe('npm run doctor', () => {
  test('finds nothing wrong with a server that runs, but that no bot can send; and then that neither', async () => {
    const first = await examine();
    expect(first).toMatchObject({ code: 0, bad: ['tokens'] });
    expect(first.of('tokens')).toMatchObject({ state: 'warning', remedy: 'npm run bot -- create NAME' });
    await product.bot('Examined');
    const { code, stdout } = await run(environment);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok '))).toEqual([]);
    for (const words of ['port', 'the server answers on', 'all applied', '1 valid, of 1 bot', 'SPOT stream', 'clock against FUTURES'])
      expect(stdout).toContain(words);
  });

  test('works where no server runs', async () => {
    const free = createServer().listen(0);
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const { of, code } = await examine({ PORT: String(port) });
    expect([code, of('port')?.message]).toEqual([0, `${port} is free`]);
  });

  test('says so where the server that runs has another record than the folder, and where the record is of another kind', async () => {
    const { DATABASE_URL: _, ...own } = environment;
    const { stdout } = await run({ ...own, DATA_DIR: join(tmpdir(), 'bot-performance-none') }, '--json');
    const { checks } = JSON.parse(stdout) as { checks: Check[] };
    expect(checks.find(({ check }) => check === 'database')).toMatchObject({
      state: 'fault',
      message: expect.stringContaining('elsewhere'),
    });

    expect((await examine()).of('record')).toEqual({ check: 'record', state: 'ok', message: 'begun with simulated prices' });
    const { of } = await examine({ SIMULATED_PRICES: 'false' });
    expect(of('record')).toMatchObject({ state: 'fault', remedy: expect.stringContaining('DATA_DIR') });
  });

  test('names every fault of the configuration and says no secret', async () => {
    const { code, stdout } = await run({ ...environment, PORT: 'x', DATABASE_URL: 'postgresql//u:hunter2@h/d', CAPITAL_BASE: '0' });
    expect(code).toBe(1);
    expect(stdout.match(/^FAULT +configuration/gm)).toHaveLength(3);
    expect(stdout).not.toContain('hunter2');
  });

  test.for([
    ['nobody listens there', (url: URL): void => void (url.port = '1')],
    ['the password is wrong', (url: URL): void => void (url.password = 'hunter2')],
    ['there is no such database', (url: URL): void => void (url.pathname = '/nowhere')],
  ] as const)('a database that cannot be used: %s', async ([, spoil]) => {
    const url = new URL(product.databaseUrl);
    spoil(url);
    const { code, of } = await examine({ DATABASE_URL: url.href });
    expect([code, of('database')?.state]).toEqual([1, 'fault']);
    expect(of('database')?.remedy).toContain('DATABASE_URL');
    expect(JSON.stringify(of('database'))).not.toContain('hunter2');
  });

  test('a migration that was not applied, and a database without any', async () => {
    const databaseUrl = await freshDatabase();
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client
      .query<{ name: string }>(
        `DELETE FROM _prisma_migrations WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations) RETURNING migration_name AS name`,
      )
      .finally(() => client.end());
    const pending = await examine({ DATABASE_URL: databaseUrl });
    expect([pending.code, pending.of('migrations')]).toMatchObject([
      1,
      { state: 'fault', message: expect.stringContaining(rows[0]!.name) },
    ]);
    expect(pending.of('migrations')?.remedy).toContain('restart');
    const empty = await examine({ DATABASE_URL: await emptyDatabase() });
    expect([empty.code, empty.of('migrations')?.state, empty.of('tokens')]).toEqual([0, 'warning', undefined]);
  });

  test('an exchange that is dead', async () => {
    const dead = await startExchange({ symbols });
    const urls = dead.environment();
    await dead.stop();
    const { code, bad } = await examine(urls);
    expect([code, bad]).toEqual([1, ['SPOT REST', 'SPOT stream', 'FUTURES REST', 'FUTURES stream']]);
  });

  test('an exchange of which one market connects and stays silent', async () => {
    const silent = await startExchange({ symbols: symbols.slice(0, 1) }); // the stream that beats is of a symbol that FUTURES lacks
    afterAll(() => silent.stop());
    const { code, bad, of } = await examine({ ...silent.environment(), DOCTOR_TIMEOUT_MS: '1500' });
    expect([code, bad]).toEqual([1, ['FUTURES stream']]);
    expect(of('FUTURES stream')?.message).toContain('silent');
  });

  test.for([
    [2_000, 0, 'warning', 'behind'],
    [-60_000, 1, 'fault', 'ahead of'],
  ] as const)('a clock that is off by %i ms', async ([offMs, exitCode, state, words]) => {
    const now = (): Date => new Date(Date.now() + offMs);
    const off = await startExchange({ symbols, clock: { ...systemClock, now } });
    afterAll(() => off.stop());
    const { code, of } = await examine(off.environment());
    expect([code, of('clock against SPOT'), of('clock against FUTURES')]).toMatchObject([exitCode, { state }, { state }]);
    expect(of('clock against SPOT')?.message).toContain(words);
  });

  test('a port that another program has', async () => {
    const other = createServer((_, response) => response.end('hello')).listen(0);
    afterAll(() => other.close());
    const { code, of } = await examine({ PORT: String((other.address() as AddressInfo).port) });
    expect([code, of('port')]).toMatchObject([1, { state: 'fault', remedy: expect.stringContaining('PORT') }]);
  });

  test('shows how it is used', async () => {
    expect(await run(environment, '--help')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('npm run doctor') });
    expect(await run(environment, '--what')).toMatchObject({ code: 2, stdout: '' });
  });
});
