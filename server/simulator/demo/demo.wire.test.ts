import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/process/system-clock.ts';
import { freshDatabase } from '../../testkit/database.ts';
import { subscribe } from '../../testkit/subscriptions.ts';
import { until } from '../../testkit/waiting.ts';
import { ApiClient } from './api-client.ts';
import { PLACES } from './cast.ts';
import { levelsAround } from './levels.ts';
import { demoScript, failedStart, killAll, serverScript, startDemo, START_TIMEOUT_MS } from './test-processes.ts';
import type { RunningDemo } from './test-processes.ts';

const NINETY_DAYS_MS = 90 * 86_400_000;

let databaseUrl: string;
let database: pg.Client;
let demo: RunningDemo;

beforeAll(async () => {
  databaseUrl = await freshDatabase();
  database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  demo = await startDemo(databaseUrl);
}, START_TIMEOUT_MS);
afterAll(async () => {
  killAll();
  await database.end();
});

async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${demo.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function rowsOf<Row extends object>(sql: string): Promise<Row[]> {
  return (await database.query<Row>(sql)).rows;
}

/** Signals whose levels are so near that their trades close within seconds. */
async function postNearLevels(): Promise<void> {
  const token = /bpt_live_\w+/.exec(demo.curl)?.[0];
  const api = new ApiClient({ url: `${demo.url}/graphql`, token: token ?? '', clock: systemClock, timeoutMs: 10_000 });
  const { signal } = new AbortController();
  for (const { marketType, symbol, decimals } of PLACES.filter((place) => /^(BTC|ETH|SOL)/.test(place.symbol))) {
    const market = { marketType, symbol };
    const { prices } = await api.ask<{ prices: { price: string }[] }>(
      'query ($market: SymbolInput!) { prices(symbols: [$market]) { price } }',
      { market },
      signal,
    );
    const levels = levelsAround(prices[0]!.price, 'LONG', { takeProfit: 0.003, stopLoss: 0.003 }, decimals);
    const input = { ...market, direction: 'LONG', ...levels };
    await api.ask('mutation ($input: CreateSignalInput!) { createSignal(input: $input) { userErrors { code } } }', { input }, signal);
  }
}

const hasCurl = spawnSync('curl', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;
if (!hasCurl)
  console.warn('skipped: the printed command needs bash and curl, and one is missing here; "apt-get install bash curl" brings them');

/** Runs a printed command in a shell as it stands. */
async function postAsPrinted(command: string) {
  const shell = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output: Buffer[] = [];
  shell.stdout.on('data', (data: Buffer) => output.push(data));
  await once(shell, 'close');
  interface Answer {
    data: { createSignal: { signal: { id: string } | null; trade: { id: string; status: string } | null; userErrors: { code: string }[] } };
  }
  return (JSON.parse(Buffer.concat(output).toString()) as Answer).data.createSignal;
}

describe('from the start', () => {
  test('there is a past of some hundred closed trades over three months, and both prices are said to be simulated', async () => {
    const { performance, marketFeeds, settings, bots } = await ask<{
      performance: { closedTrades: number; winRate: { value: number } };
      marketFeeds: { simulated: boolean }[];
      settings: { startedAt: string };
      bots: { name: string }[];
    }>('{ performance { closedTrades winRate { value } } marketFeeds { simulated } settings { startedAt } bots { name } }');
    expect(performance.closedTrades).toBeGreaterThanOrEqual(400);
    expect(performance.winRate.value).toBeGreaterThan(45);
    expect(performance.winRate.value).toBeLessThan(55);
    expect(marketFeeds.map(({ simulated }) => simulated)).toEqual([true, true]);
    expect(Math.abs(Date.now() - Date.parse(settings.startedAt) - NINETY_DAYS_MS)).toBeLessThan(3 * 86_400_000);
    expect(bots.map(({ name }) => name)).toEqual(['Trend Rider', 'Mean Machine', 'Quick Fox', 'Your Bot']);
  });

  test('the page and the playground answer at the printed addresses', async () => {
    const page = await fetch(`${demo.url}/bot-performance`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    expect(await page.text()).toMatch(/simulated/i);
    const playground = await fetch(`${demo.url}/graphql`, { headers: { accept: 'text/html' } });
    expect([playground.status, playground.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  });

  test('prices are near what they should be', async () => {
    const { prices } = await ask<{ prices: { price: string }[] }>(
      '{ prices(symbols: [{ marketType: SPOT, symbol: "BTCUSDT" }, { marketType: FUTURES, symbol: "BTCUSDT" }]) { price } }',
    );
    expect(prices).toHaveLength(2);
    for (const { price } of prices) expect(Math.abs(Number(price) / 42_500 - 1)).toBeLessThan(0.03);
  });

  test('nothing but the welcome is on the terminal', () => {
    expect(demo.said()).toMatch(/^▸ a history of 400 trades over 90 days: [\d.]+ s\n\nBot Performance runs\./);
    expect(demo.said().trimEnd().split('\n').at(-1)).toContain('Ctrl-C');
  });
});

describe('while it runs', () => {
  test.skipIf(!hasCurl)('the printed command opens a trade', async () => {
    expect(await postAsPrinted(demo.curl)).toMatchObject({ signal: { id: expect.any(String) }, trade: { status: 'OPEN' }, userErrors: [] });
  });

  test('within a minute trades open and close', { timeout: 70_000 }, async () => {
    const [opened, closed] = ['tradeOpened', 'tradeClosed'].map((field) =>
      subscribe<{ trade: { id: string; status: string; signal: { bot: { name: string } } } }>(
        `${demo.url}/graphql`,
        `subscription { ${field}(after: "0") { trade { id status entryTime signal { bot { name } } } } }`,
        {},
        'WS',
      ),
    );
    const isNew = ({ trade }: { trade: object }) => Date.parse((trade as { entryTime: string }).entryTime) > startedMs;
    const startedMs = Date.now() - 60_000; // the past ends two minutes before the start
    const birth = await opened!.next(isNew, 'a trade to open', 60_000);
    expect(['Trend Rider', 'Mean Machine', 'Quick Fox', 'Your Bot']).toContain(birth.trade.signal.bot.name);
    const end = await closed!.next(isNew, 'a trade to close', 60_000);
    expect(end.trade.status).toMatch(/^CLOSED_/);
    opened!.stop();
    closed!.stop();
  });
});

describe('what cannot be started says so in one line', () => {
  test('a second one on the same port', async () => {
    const { code, said, complained } = await failedStart(demoScript, { DATABASE_URL: databaseUrl, PORT: new URL(demo.url).port });
    expect([code, said]).toEqual([1, '']);
    expect(complained).toMatch(/^the port \d+ is in use[^\n]*\n$/);
  });

  test('the real server on a record of simulated prices', async () => {
    const { code, complained } = await failedStart(serverScript, { DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn' });
    expect(code).toBe(1);
    expect(complained).toMatch(/^this record was begun with simulated prices[^\n]*\n$/);
  });

  test('the demo on a record of real prices, which stays as it is', async () => {
    const url = await freshDatabase();
    const real = new pg.Client({ connectionString: url });
    await real.connect();
    try {
      await real.query(`UPDATE record_head SET source = 'EXCHANGE'`);
      const { code, said, complained } = await failedStart(demoScript, { DATABASE_URL: url });
      expect([code, said]).toEqual([1, '']);
      expect(complained).toMatch(/^this record was begun with the exchange’s prices[^\n]*\n$/);
      const { rows } = await real.query('SELECT (SELECT count(*)::int FROM signals) AS signals, (SELECT count(*)::int FROM bots) AS bots');
      expect(rows).toEqual([{ signals: 0, bots: 0 }]);
    } finally {
      await real.end();
    }
  });
});

describe('killed and started again', () => {
  interface Before {
    readonly symbol: string;
    readonly market_type: string;
    readonly last_price: string;
    readonly last_trade_id: string;
  }
  let openBefore: { id: string }[];
  let lastBefore: Before[];
  let countBefore: number;
  let curlBefore: string;

  beforeAll(async () => {
    curlBefore = demo.curl;
    await until(
      async () => (await ask<{ openPositions: { count: number } }>('{ openPositions { count } }')).openPositions.count > 2 || undefined,
      'some open trades',
      30_000,
    );
    await until(async () => (await rowsOf('SELECT 1 FROM symbol_cursors LIMIT 3'))[2], 'some saved cursors', 30_000);
    await postNearLevels();
    demo.child.kill('SIGKILL');
    await once(demo.child, 'close');
    openBefore = await rowsOf(`SELECT id FROM paper_trades WHERE status = 'OPEN'`);
    lastBefore = await rowsOf(`SELECT symbol, market_type, last_price, last_trade_id FROM symbol_cursors
      WHERE (symbol, last_time) IN (SELECT symbol, max(last_time) FROM symbol_cursors GROUP BY symbol)`);
    [{ countBefore }] = (await rowsOf<{ countBefore: number }>(`SELECT count(*)::int AS "countBefore" FROM signals`)) as [
      { countBefore: number },
    ];
    demo = await startDemo(databaseUrl);
  }, START_TIMEOUT_MS + 40_000);

  test('it goes on with its data and bots, without a second past', async () => {
    expect(demo.said()).not.toContain('history');
    const [now] = await rowsOf<{ signals: number; bots: number }>(
      `SELECT (SELECT count(*)::int FROM signals) AS signals, (SELECT count(*)::int FROM bots) AS bots`,
    );
    expect(now!.bots).toBe(4);
    expect(now!.signals).toBeGreaterThanOrEqual(countBefore);
    expect(now!.signals).toBeLessThan(countBefore + 100);
  });

  test('prices go on from where they were', async () => {
    expect(lastBefore.length).toBeGreaterThan(0);
    const symbols = lastBefore.map(({ symbol, market_type: marketType }) => ({ symbol, marketType }));
    const { prices } = await ask<{ prices: { symbol: string; price: string }[] }>(
      'query ($symbols: [SymbolInput!]!) { prices(symbols: $symbols) { symbol price } }',
      { symbols },
    );
    expect(prices).toHaveLength(symbols.length);
    for (const { symbol, price } of prices) {
      const { last_price: before } = lastBefore.find((row) => row.symbol === symbol)!;
      expect(Math.abs(Number(price) / Number(before) - 1)).toBeLessThan(0.015);
    }
  });

  test('open trades are watched again: one of them closes, at an id above those recorded', { timeout: 70_000 }, async () => {
    expect(openBefore.length).toBeGreaterThan(2);
    const ids = openBefore.map(({ id }) => `'${id}'`).join();
    const [closed] = await until(
      async () => {
        const rows = await rowsOf<{ symbol: string; market_type: string; closed_trade_id: string }>(
          `SELECT symbol, market_type, closed_trade_id FROM paper_trades WHERE id IN (${ids}) AND status LIKE 'CLOSED%' LIMIT 1`,
        );
        return rows.length > 0 ? rows : undefined;
      },
      'one of the trades to close',
      60_000,
    );
    const before = lastBefore.find(({ symbol, market_type }) => symbol === closed!.symbol && market_type === closed!.market_type);
    expect(BigInt(closed!.closed_trade_id)).toBeGreaterThan(BigInt(before?.last_trade_id ?? 0));
  });

  test.skipIf(!hasCurl)('the command printed by the first start has a token that still works', async () => {
    const command = curlBefore.replace(/localhost:\d+/, new URL(demo.url).host);
    const { userErrors } = await postAsPrinted(command);
    expect(userErrors.map(({ code }) => code)).not.toContain('UNAUTHENTICATED');
  });

  test('the record is whole', async () => {
    const broken = await rowsOf<{ rule: string; broken: number }>(`SELECT * FROM (
      SELECT 'every trade belongs to the system' AS rule, count(*)::int AS broken FROM paper_trades WHERE user_id IS NOT NULL
      UNION ALL SELECT 'sequences have no holes', (max(sequence) - count(*))::int FROM events
      UNION ALL SELECT 'the head is the newest event', (SELECT sequence FROM record_head)::int - max(sequence)::int FROM events
      UNION ALL SELECT 'each closed trade is told once', count(*)::int FROM paper_trades t WHERE t.status LIKE 'CLOSED%'
        AND (SELECT count(*) FROM events e WHERE e.trade_id = t.id AND e.kind = 'TradeClosed' AND e.sequence = t.closed_sequence) <> 1
      UNION ALL SELECT 'each trade is told when it opens', count(*)::int FROM paper_trades t
        WHERE (SELECT count(*) FROM events e WHERE e.trade_id = t.id AND e.kind = 'TradeOpened') <> 1
      UNION ALL SELECT 'a signal is closed with its trade', count(*)::int FROM paper_trades t JOIN signals s ON s.id = t.signal_id
        WHERE (t.status = 'OPEN') <> (s.status = 'ACTIVE')
      UNION ALL SELECT 'an exit follows its entry', count(*)::int FROM paper_trades WHERE exit_time < entry_time - interval '1 s'
      UNION ALL SELECT 'a bot sends a key once', (count(*) - count(DISTINCT (bot_id, external_id)))::int FROM signals WHERE external_id IS NOT NULL
      ) rules WHERE broken <> 0`);
    expect(broken).toEqual([]);
  });

  test('the API tells the same totals as plain SQL', async () => {
    interface Totals {
      readonly totalTrades: number;
      readonly closedTrades: number;
      readonly totalPnl: string;
    }
    let [told, stored]: (Totals | undefined)[] = [];
    // Trades close all the time: now and then none does between the two questions.
    const agree = async (): Promise<true | undefined> => {
      told = (await ask<{ performance: Totals }>('{ performance { totalTrades closedTrades totalPnl } }')).performance;
      [stored] = await rowsOf<Totals>(`SELECT count(*)::int AS "totalTrades", trim_scale(sum(realized_pnl))::text AS "totalPnl",
        (count(*) FILTER (WHERE status LIKE 'CLOSED%'))::int AS "closedTrades" FROM paper_trades WHERE user_id IS NULL`);
      return JSON.stringify(Object.entries(told).sort()) === JSON.stringify(Object.entries(stored!).sort()) || undefined;
    };
    await until(agree, 'the two to agree').catch(() => expect(told).toEqual(stored));
  });

  test('ends with exit code 0 when it is told to, and says so', async () => {
    demo.child.kill('SIGINT');
    expect((await once(demo.child, 'close'))[0]).toBe(0);
    expect(demo.said()).toMatch(/\nStopped\./);
  });
});
