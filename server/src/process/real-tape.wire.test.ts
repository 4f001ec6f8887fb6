import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startExchange } from '../../simulator/exchange.ts';
import { readAggTrades, replayAggTrades } from '../../simulator/replay.ts';
import type { SignalInput, Trade } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import { moneyOf, printed, scan, units } from '../../testkit/slow-scan.ts';
import type { Print } from '../../testkit/slow-scan.ts';
import type { Clock } from '../kernel/clock.ts';
import { seededRandom } from '../performance/seeded-random.ts';
import { projectRoot } from './environment.ts';
import { systemClock } from './system-clock.ts';

/** Every trade of XRPETH on Binance spot over two and a half days of October 2019: 12,477 rows. */
const FILE = join(projectRoot, '..', 'shared', 'data', 'XRPETH-spot-2019-10-11_13.csv.gz');
const hasFile = existsSync(FILE);
if (!hasFile)
  console.warn(`skipped: real-tape.wire.test.ts needs ${FILE}, a file of Binance's aggregate trades that is not part of this project`);

const SIGNALS = 200;
const HOUR_MS = 3_600_000;
const HUNDRED = 100_000_000n; // percent in units of 1e-6

/** Where signals are sent, and what they ask for. */
function planOf(tape: readonly Print[], seed: number): Map<number, SignalInput[]> {
  const next = seededRandom(seed);
  const random = (from: number, to: number): number => from + Math.floor((next() / 2 ** 32) * (to - from));
  /** This many millionths of a percent above (or, below zero, under) the price, on the exchange's price step. */
  const away = (price: string, millionths: number): string =>
    printed((units(price) * (HUNDRED + BigInt(millionths))) / HUNDRED / 10n ** 10n, 8);
  const plan = new Map<number, SignalInput[]>();
  for (let made = 0; made < SIGNALS; made += 1) {
    const row = tape[random(1, tape.length - 50)] as Print;
    const sign = random(0, 2) === 0 ? 1 : -1;
    const input: SignalInput = {
      symbol: 'XRPETH',
      marketType: 'SPOT',
      direction: sign === 1 ? 'LONG' : 'SHORT',
      takeProfit: away(row.price, sign * random(200_000, 3_000_000)),
      stopLoss: away(row.price, -sign * random(200_000, 3_000_000)),
      externalId: `signal-${made}`,
      ...(random(0, 2) === 0 && { entryPrice: away(row.price, random(-90_000, 90_000)) }),
      ...(random(0, 4) === 0 && { expiresAt: new Date(row.timeMs + random(HOUR_MS / 60, 12 * HOUR_MS)).toISOString() }),
    };
    plan.set(row.id, [...(plan.get(row.id) ?? []), input]);
  }
  return plan;
}

const RUNS = [
  { name: 'on an undisturbed stream', seed: 1, drops: 0 },
  { name: 'with the stream dropped 25 times', seed: 2, drops: 25 },
];

test.skipIf(!hasFile).each(RUNS)(
  '200 signals along a real tape close exactly as a slow scan of the file says, $name',
  async ({ seed, drops }) => {
    const tape = await Array.fromAsync(readAggTrades(FILE));
    expect(tape).toHaveLength(12_477);
    const plan = planOf(tape, seed);
    const next = seededRandom(seed + 100);
    const dropAt = new Set(Array.from({ length: drops }, () => tape[next() % tape.length]?.id));

    // The server lives in the time of the tape.
    let nowMs = tape[0]?.timeMs ?? 0;
    const clock: Clock = { ...systemClock, now: () => new Date(nowMs) };
    const symbols = [
      { marketType: 'SPOT', symbol: 'XRPETH', tickSize: '0.00000001' },
      { marketType: 'SPOT', symbol: 'BTCUSDT' },
      { marketType: 'FUTURES', symbol: 'BTCUSDT' },
    ] as const;
    const exchange = await startExchange({ symbols, clock });
    // This time runs much faster than the monotonic clock, by which the exchange's time is moved on.
    const product = await startProduct({ exchange, clock, env: { QUOTE_ASSETS: 'USDT,ETH', SIGNALS_MAX_HOST_CLOCK_OFF_MS: '86400000' } });
    const token = await product.bot('Replay');
    await product.symbolsKnown(token);

    // One trade that nothing on this tape reaches keeps the symbol watched, so that each signal's place is known to the id.
    const keeper = {
      symbol: 'XRPETH',
      marketType: 'SPOT',
      direction: 'LONG',
      entryPrice: '0.0014',
      takeProfit: '1',
      stopLoss: '0.0001',
    } as const;
    await product.open(token, keeper);
    await exchange.whenSubscribed('SPOT', 'xrpeth@aggTrade');

    const trades: { trade: Trade; expiresAt: string | null; openedAfter: number }[] = [];
    const afterTick = async (row: Print): Promise<void> => {
      nowMs = row.timeMs;
      if (dropAt.has(row.id)) exchange.dropConnections({ marketType: 'SPOT' });
      const inputs = plan.get(row.id);
      if (!inputs) return;
      await product.whenApplied('SPOT', 'XRPETH', row.id);
      for (const input of inputs) {
        const trade = await product.open(token, input);
        expect(trade.entryTime).toBe(new Date(row.timeMs).toISOString());
        expect(units(trade.entryPrice)).toBe(units(input.entryPrice ?? row.price));
        trades.push({ trade, expiresAt: input.expiresAt ?? null, openedAfter: row.id });
      }
    };
    expect(await replayAggTrades(exchange, { file: FILE, marketType: 'SPOT', symbol: 'XRPETH', speed: Infinity, clock, afterTick })).toBe(
      tape.length,
    );
    await product.whenApplied('SPOT', 'XRPETH', tape.at(-1)?.id ?? 0);

    const statuses = new Map<string, number>();
    const sources = new Map<string, number>();
    let total = 0n;
    for (const { trade, expiresAt, openedAfter } of trades) {
      // A stream that is being repaired does not name its newest id: then it is the entry time that counts.
      const start = await product.openedAfter(trade.id);
      if (drops === 0) expect(start).toBe(openedAfter);
      const due = scan(tape, { ...trade, expiresAt }, start);
      statuses.set(due?.status ?? 'OPEN', (statuses.get(due?.status ?? 'OPEN') ?? 0) + 1);
      if (!due) {
        expect(await product.trade(trade.id)).toMatchObject({ status: 'OPEN', closedBy: null });
        continue;
      }
      const money = moneyOf(due, trade);
      const closed = await product.whenClosed(trade.id);
      expect(closed).toMatchObject({
        status: due.status,
        ...money,
        exitTime: new Date(due.print.timeMs).toISOString(),
        realizedPnlPct: Number(money.realizedPnl),
        closedBy: { aggregateTradeId: String(due.print.id), time: new Date(due.print.timeMs).toISOString(), ambiguous: false },
        signal: { status: 'CLOSED' },
      });
      expect(units(closed.closedBy?.price ?? '')).toBe(units(due.print.price));
      const source = closed.closedBy?.source ?? '';
      sources.set(source, (sources.get(source) ?? 0) + 1);
      total += signedUnits(money.realizedPnl);
    }
    expect(trades).toHaveLength(SIGNALS);
    // The plan puts every ending to the test.
    for (const status of ['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED']) expect(statuses.get(status)).toBeGreaterThan(10);
    expect(sources.get('BACKFILL') ?? 0).toBeGreaterThanOrEqual(drops === 0 ? 0 : 1);
    const { performance } = await product.query<{ performance: { totalPnl: string; closedTrades: number } }>(
      '{ performance { totalPnl closedTrades } }',
    );
    expect(performance).toEqual({ totalPnl: printed(total, 18), closedTrades: SIGNALS - (statuses.get('OPEN') ?? 0) });
    expect(product.logged).toEqual([]);
    await product.end();
    await exchange.stop();
  },
  60_000,
);

function signedUnits(text: string): bigint {
  return text.startsWith('-') ? -units(text.slice(1)) : units(text);
}
