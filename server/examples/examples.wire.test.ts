import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CHILD_ENVIRONMENT } from '../testkit/child-environment.ts';
import { startProduct } from '../testkit/product.ts';
import type { Product } from '../testkit/product.ts';
import { until } from '../testkit/waiting.ts';
import { Client, Refused, RequestFailed, Unreachable } from './typescript/signals.ts';
import type { Closure } from './typescript/signals.ts';

const BTC = { marketType: 'FUTURES', symbol: 'BTCUSDT', price: '42500' } as const;
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('skipped: the example in Python, because python3 is missing here; "apt-get install python3" brings it');

let product: Product;
let port: number;
let token: string;
let flaky: Server;
let flakyUrl: string;
/** What happens to the next requests that go by `flakyUrl`; after these they go through. */
let faults: ('LOSE_ANSWER' | 'RESTARTING')[] = [];
/** The server takes requests, and knows its prices. */
let isBack = Promise.resolve();

/** The lock that whoever starts waits for, so that the server listens and is not ready. */
const MIGRATION_LOCK = 72_707_369;

/** What a server answers that has just begun to start, as after an update. */
async function whileItStarts(ask: () => Promise<Response>): Promise<Response> {
  await product.stop();
  const lock = new pg.Client({ connectionString: product.databaseUrl });
  await lock.connect();
  await lock.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
  isBack = product.start().then(() => product.pricesKnown([BTC]));
  try {
    return await until(() => ask().catch(() => undefined), 'the server to listen');
  } finally {
    await lock.end();
  }
}

async function passOn(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const fault = faults.shift();
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
  const { authorization = '', accept = '' } = request.headers;
  const headers = { 'content-type': 'application/json', accept, authorization };
  const ask = () => fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body, signal });
  await isBack;
  const answer = await (fault === 'RESTARTING' ? whileItStarts(ask) : ask());
  if (fault === 'LOSE_ANSWER') return void request.socket.destroy();
  const told = ['content-type', 'retry-after'].map((name) => [name, answer.headers.get(name)] as const);
  response.writeHead(answer.status, Object.fromEntries(told.filter(([, value]) => value !== null)) as Record<string, string>);
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
}

beforeAll(async () => {
  port = await freePort();
  product = await startProduct({ exchangeOptions: { symbols: [BTC] }, env: { PORT: String(port) } });
  token = await product.bot('Example');
  await product.pricesKnown([BTC]);
  flaky = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    passOn(request, response, gone.signal).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => flaky.listen(0, '127.0.0.1', resolve));
  flakyUrl = `http://127.0.0.1:${(flaky.address() as AddressInfo).port}`;
});
afterAll(() => {
  flaky.close();
  flaky.closeAllConnections();
});
beforeEach(() => {
  faults = [];
});

/** The same before and after a restart. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return free;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const options = { env: { ...CHILD_ENVIRONMENT, BOT_TOKEN: token, ...env } };
  return new Promise((resolve) => {
    execFile(command, args, options, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });
}

const at = (file: string) => join(import.meta.dirname, file);
const PROGRAMS = {
  curl: (url: string, takeProfit: string, key: string, env?: Record<string, string>) =>
    run('bash', [at('curl/create-signal.sh'), url, 'BTCUSDT', 'LONG', takeProfit, '30000'], { EXTERNAL_ID: key, ...env }),
  python: (url: string, takeProfit: string, key: string, env?: Record<string, string>) => {
    const levels = ['--take-profit', takeProfit, '--stop-loss', '30000', '--external-id', key];
    return run(
      'python3',
      [at('python/signals.py'), '--url', url, '--json', 'create', '--symbol', 'BTCUSDT', '--direction', 'LONG', ...levels],
      env,
    );
  },
  typescript: (url: string, takeProfit: string, key: string, env?: Record<string, string>) =>
    run(process.execPath, [at('typescript/signals.ts'), url, 'create', 'BTCUSDT', 'LONG', takeProfit, '30000', key], env),
};

for (const [language, create] of Object.entries(PROGRAMS)) {
  describe.skipIf(language === 'python' && !hasPython)(`the example in ${language}`, () => {
    test('posts a signal, once, with the digits it was given', async () => {
      const first = await create(product.url, '60000.123456789012345678', `${language}-1`);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      const [, id] = /([0-9a-f]{8}-[0-9a-f-]{27})/.exec(first.stdout) ?? [];
      const [stored] = await product.sql('SELECT id, take_profit FROM signals WHERE external_id = $1', [`${language}-1`]);
      expect(stored).toEqual({ id, take_profit: '60000.123456789012345678' });
      expect((await create(product.url, '60000.123456789012345678', `${language}-1`)).stdout).toMatch(/"duplicate": ?true/);
    });

    test('says why a signal was refused, and ends with 4', async () => {
      const refused = await create(product.url, '20000', `${language}-2`);
      expect(refused.code).toBe(4);
      expect(refused.stdout + refused.stderr).toContain('TAKE_PROFIT_');
    });

    test('tries again while the server restarts, and opens no second trade', async () => {
      faults = ['RESTARTING'];
      expect(await create(flakyUrl, '60000', `${language}-3`)).toMatchObject({ code: 0 });
      expect(faults).toEqual([]);
      expect(await product.sql('SELECT 1 FROM signals WHERE external_id = $1', [`${language}-3`])).toHaveLength(1);
    });

    test('tells its failures apart', async () => {
      const code = async (url: string, env?: Record<string, string>) => (await create(url, '60000', 'x', env)).code;
      expect(await code(product.url, { BOT_TOKEN: '' })).toBe(2);
      expect(await code(product.url, { BOT_TOKEN: 'wrong' })).toBe(3);
      expect(await code(`${product.url}/nowhere`)).toBe(5);
    });
  });
}

const PYTHON = { PYTHONPATH: at('python'), PYTHONDONTWRITEBYTECODE: '1' };

describe.skipIf(!hasPython)('the example in python', () => {
  test('tries again after an answer that was lost', async () => {
    faults = ['LOSE_ANSWER'];
    const { code, stdout } = await PROGRAMS.python(flakyUrl, '60000', 'python-4');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { duplicate: true }]);
    expect(await product.sql('SELECT 1 FROM signals WHERE external_id = $1', ['python-4'])).toHaveLength(1);
  });

  test('waits as long as it is told', async () => {
    faults = ['RESTARTING'];
    const script = `
from decimal import Decimal
from signals import Client, Signal
client = Client("${flakyUrl}", "${token}", sleep=print)
print(client.create_signal(Signal("BTCUSDT", "LONG", Decimal(60000), Decimal(30000))).duplicate)`;
    const { stdout } = await run('python3', ['-c', script], PYTHON);
    expect(stdout).toBe('1.0\nFalse\n');
  });

  test('takes no float for a price, and writes no exponent', async () => {
    const script = `
from decimal import Decimal
from signals import Signal
print(Signal("B", "LONG", Decimal("1E-8"), "0.5").to_input()["takeProfit"])
try: Signal("B", "LONG", 0.1, "0.5").to_input()
except TypeError as error: print(error)`;
    const { stdout } = await run('python3', ['-c', script], PYTHON);
    expect(stdout).toMatch(/^0\.00000001\ntake_profit must be a Decimal/);
  });
});

describe('the example in typescript', () => {
  const client = (url: string) => new Client({ url, token, tries: 3, sleep: () => Promise.resolve() });
  const signal = (externalId: string) =>
    ({ externalId, symbol: 'BTCUSDT', direction: 'LONG', takeProfit: '60000', stopLoss: '30000' }) as const;

  test('tries again after an answer that was lost', async () => {
    faults = ['LOSE_ANSWER'];
    expect(await client(flakyUrl).createSignal(signal('typescript-4'))).toMatchObject({ duplicate: true });
  });

  test('tells its failures apart', async () => {
    faults = ['LOSE_ANSWER', 'LOSE_ANSWER', 'LOSE_ANSWER'];
    await expect(client(flakyUrl).createSignal(signal('lost'))).rejects.toThrow(Unreachable);
    await expect(client(`${product.url}/nowhere`).createSignal(signal('x'))).rejects.toThrow(RequestFailed);
    await expect(client(`${product.url}/nowhere`).closures().next()).rejects.toThrow(RequestFailed);
    await expect(client(product.url).closures('nonsense').next()).rejects.toThrow(RequestFailed);
    await expect(client(product.url).createSignal({ ...signal('x'), stopLoss: '70000' })).rejects.toThrow(Refused);
  });

  test('waits as long as it is told', async () => {
    const waits: number[] = [];
    const patient = new Client({ url: flakyUrl, token, sleep: async (ms) => void waits.push(ms) });
    faults = ['RESTARTING'];
    expect(await patient.createSignal(signal('typescript-5'))).toMatchObject({ duplicate: false });
    expect(waits).toEqual([1_000]);
  });

  test('follows closures from the beginning, goes on after a lost connection, misses and repeats none', async () => {
    const stop = new AbortController();
    const seen: Closure[] = [];
    const closed = async (): Promise<string> => {
      const { id } = await product.open(token, { symbol: 'BTCUSDT', marketType: 'FUTURES', direction: 'LONG', entryPrice: '42500', takeProfit: '43000', stopLoss: '42000' }); // prettier-ignore
      product.exchange.tick({ ...BTC, price: '43000' });
      await product.whenClosed(id);
      product.exchange.tick({ ...BTC, price: '42500' });
      await product.whenApplied('FUTURES', 'BTCUSDT', product.exchange.tick({ ...BTC, price: '42500' }).id);
      return id;
    };
    const expected = [await closed()];
    for await (const closure of client(flakyUrl).closures('0', stop.signal)) {
      seen.push(closure);
      if (seen.length === 3) stop.abort();
      else {
        flaky.closeAllConnections();
        expected.push(await closed());
      }
    }
    expect(seen.map(({ trade }) => trade.id)).toEqual(expected);
  });
});
