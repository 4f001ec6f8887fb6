import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { CREATE_SIGNAL } from '../../testkit/documents.ts';
import type { Payload, SignalInput } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product } from '../../testkit/product.ts';
import { scan } from '../../testkit/slow-scan.ts';
import type { Print } from '../../testkit/slow-scan.ts';
import { until } from '../../testkit/waiting.ts';
import { seededRandom } from '../performance/seeded-random.ts';
import { systemClock } from './system-clock.ts';

const KILLS = 5;
const SIGNALS_PER_LIFE = 40;
const PRINT_EVERY_MS = 2;

/** The server in a process of its own. */
async function spawnServer(product: Product): Promise<{ url: string; kill(): Promise<void> }> {
  const script = join(import.meta.dirname, '../../testkit/server-process.ts');
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...product.environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const url = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    exit.then(() => null),
  ]);
  if (url === null) throw new Error('the server ended before it was ready');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  return { url, kill };
}

test('killed in the middle of it, again and again: nothing that was accepted is lost, and everything closes once, as the tape says', async () => {
  const symbols = (['SPOT', 'FUTURES'] as const).map((marketType) => ({ marketType, symbol: 'BTCUSDT', tickSize: '0.01' }));
  const product = await startProduct({ exchangeOptions: { symbols }, env: { FEED_WEIGHT_SHARE: '1' } });
  const token = await product.bot('Survivor');
  await product.stop();

  const next = seededRandom(11);
  const tape: Print[] = [];
  const stopPrinting = systemClock.every(PRINT_EVERY_MS, () => {
    const chance = next() % 30;
    const price = chance === 0 ? '110.5' : chance === 1 ? '89.5' : '100';
    tape.push(product.exchange.tick({ marketType: 'SPOT', symbol: 'BTCUSDT', price }));
  });

  const accepted = new Map<string, string>();
  const send = async (url: string, externalId: string): Promise<void> => {
    const sides =
      next() % 2 ? { direction: 'LONG', takeProfit: '110', stopLoss: '90' } : { direction: 'SHORT', takeProfit: '90', stopLoss: '110' };
    const input: SignalInput = {
      symbol: 'BTCUSDT',
      marketType: 'SPOT',
      entryPrice: '100',
      externalId,
      ...(sides as Pick<SignalInput, 'direction' | 'takeProfit' | 'stopLoss'>),
    };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: CREATE_SIGNAL, variables: { input } }),
    });
    const { data } = (await response.json()) as { data?: { createSignal: Payload } };
    const id = data?.createSignal.signal?.id;
    if (id !== undefined) accepted.set(externalId, id);
  };

  for (let life = 0; life < KILLS; life += 1) {
    const server = await spawnServer(product);
    const killAfter = SIGNALS_PER_LIFE / 2 + (next() % (SIGNALS_PER_LIFE / 2));
    const before = accepted.size;
    // Calls that the kill cuts off reject: whether their signal was accepted, nobody knows.
    const calls = Array.from({ length: SIGNALS_PER_LIFE }, (_, index) => send(server.url, `${life}-${index}`).catch(() => {}));
    const settled = Promise.all(calls);
    const enough = until(() => (accepted.size - before >= killAfter ? true : undefined), `${killAfter} accepted signals`);
    await Promise.race([settled, enough.catch(() => {})]); // some are refused, as the price is at their level
    await server.kill();
    await settled;
  }

  await product.start();
  const open = async (): Promise<number> =>
    Number((await product.sql<{ count: string }>(`SELECT count(*) FROM paper_trades WHERE status = 'OPEN'`))[0]?.count);
  await until(async () => ((await open()) === 0 ? true : undefined), 'every trade to close', 30_000);
  stopPrinting();

  // A life whose signals all come while the price is at their level accepts few of them.
  expect(accepted.size).toBeGreaterThan(KILLS);
  const trades = await product.sql<{ id: string; signal_id: string; opened_after: string | null }>(
    'SELECT id, signal_id, opened_after_trade_id AS opened_after FROM paper_trades',
  );
  const signals = await product.sql<{ id: string; external_id: string; status: string }>('SELECT id, external_id, status FROM signals');
  const byExternalId = new Map(signals.map((signal) => [signal.external_id, signal]));
  for (const [externalId, id] of accepted) expect(byExternalId.get(externalId)).toMatchObject({ id, status: 'CLOSED' });
  expect(trades).toHaveLength(signals.length);

  const sources = new Set<string | undefined>();
  for (const { id, opened_after: openedAfter } of trades) {
    const trade = await product.trade(id);
    const due = scan(tape, trade, openedAfter === null ? null : Number(openedAfter));
    expect({ id, openedAfter, status: trade.status, by: trade.closedBy?.aggregateTradeId, at: trade.exitTime }).toEqual({
      id,
      openedAfter,
      status: due?.status,
      by: String(due?.print.id),
      at: due && new Date(due.print.timeMs).toISOString(),
    });
    sources.add(trade.closedBy?.source);
  }
  // How many closed live depends on the moments of the killing; what was missed is always there.
  expect(sources).toContain('BACKFILL');

  // Each trade is told of once at its opening and once at its closure, in a record without holes.
  const [told] = await product.sql<{
    last: number;
    count: number;
    opened: number;
    closed: number;
  }>(`SELECT max(sequence)::int AS last, count(*)::int AS count,
    count(DISTINCT trade_id) FILTER (WHERE kind = 'TradeOpened')::int AS opened, count(DISTINCT trade_id) FILTER (WHERE kind = 'TradeClosed')::int AS closed FROM events`);
  const all = trades.length;
  expect(told).toEqual({ last: 3 * all, count: 3 * all, opened: all, closed: all });
  expect(product.logged).toEqual([]);
}, 120_000);
