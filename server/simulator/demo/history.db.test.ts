import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { configFrom } from '../../src/process/environment.ts';
import { systemClock } from '../../src/process/system-clock.ts';
import { openFreshDatabase } from '../../testkit/database.ts';
import { seededRandom } from '../price-model.ts';
import { DEMO_BOTS } from './cast.ts';
import { planHistory, pricesOf } from './history-plan.ts';
import type { HistoryStep } from './history-plan.ts';
import { writeHistory } from './history.store.ts';
import { keepPastCandles } from './past-candles.store.ts';

const { prisma, pool } = await openFreshDatabase();
const context = { prisma, rules: configFrom({}).rules, clock: systemClock, randomBytes };
const options = { random: seededRandom(9), endMs: Date.UTC(2026, 10, 23), days: 30, trades: 60, cancelled: 3 };
const prices = pricesOf(options);
const steps = planHistory(options, prices);

async function one(sql: string): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<Record<string, unknown>>(sql);
  return rows[0] ?? {};
}

test('a past that breaks off leaves nothing behind, and the next attempt makes all of it', async () => {
  const last = steps.findLast((step): step is HistoryStep & { kind: 'CLOSING_TICK' } => step.kind === 'CLOSING_TICK')!;
  const broken = steps.map((step) => (step === last ? { ...last, externalId: 'nobody knows it' } : step));
  await expect(writeHistory(broken, context)).rejects.toThrow('nobody knows it was not received');
  const count = `SELECT (SELECT count(*) FROM bots)::int AS bots, (SELECT count(*) FROM signals)::int AS signals,
    (SELECT count(*) FROM paper_trades WHERE status LIKE 'CLOSED%')::int AS closed, (SELECT sequence FROM record_head)::int AS head`;
  expect(await one(count)).toEqual({ bots: 0, signals: 0, closed: 0, head: 0 });

  const limits = { maxPerTrade: 200, before: 20, after: 3 };
  await writeHistory(steps, context, (transaction) => keepPastCandles(transaction, prices, { endMs: options.endMs, limits }));
  expect(await one(count)).toEqual({ bots: DEMO_BOTS.length, signals: 63, closed: 60, head: 63 + 60 + 60 + 3 });
});

test('it looks as if the server had run all the time', async () => {
  // Each row says what must hold, and how many break it.
  const { rows } = await pool.query<{ rule: string; broken: number }>(`
    SELECT 'events are in the order of time' AS rule, count(*)::int AS broken
      FROM (SELECT time, lag(time) OVER (ORDER BY sequence) AS before FROM events) e WHERE time < before
    UNION ALL SELECT 'a trade opens with its signal', count(*)::int FROM paper_trades t JOIN signals s ON s.id = t.signal_id
      WHERE t.entry_time <> s.received_at
    UNION ALL SELECT 'a trade closes after it opened', count(*)::int FROM paper_trades
      WHERE NOT (exit_time > entry_time AND closed_trade_id > opened_after_trade_id)
    UNION ALL SELECT 'every trade is closed and its signal too', count(*)::int FROM paper_trades t JOIN signals s ON s.id = t.signal_id
      WHERE t.status NOT LIKE 'CLOSED%' OR s.status <> 'CLOSED'
    UNION ALL SELECT 'a time stop waits for its time', count(*)::int FROM paper_trades
      WHERE (status = 'CLOSED_EXPIRED') <> (expires_at IS NOT NULL AND exit_time >= expires_at)
    UNION ALL SELECT 'a closure is told a moment after its tick', count(*)::int FROM paper_trades t
      JOIN events e ON e.trade_id = t.id AND e.kind = 'TradeClosed'
      WHERE e.sequence <> t.closed_sequence OR e.time - t.exit_time NOT BETWEEN interval '1 ms' AND interval '1 s'
    UNION ALL SELECT 'bots are older than their signals', count(*)::int FROM signals s JOIN bots b ON b.id = s.bot_id
      WHERE b.created_at >= s.received_at
    UNION ALL SELECT 'ids tell their time', count(*)::int FROM signals
      WHERE ('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint <> extract(epoch FROM received_at) * 1000
    UNION ALL SELECT 'signals without a trade were cancelled', count(*)::int FROM signals s
      WHERE (s.status = 'CANCELLED') <> NOT EXISTS (SELECT 1 FROM paper_trades t WHERE t.signal_id = s.id)`);
  expect(rows).toHaveLength(9);
  expect(rows.filter(({ broken }) => broken > 0)).toEqual([]);
});

test('how prices went is known of every trade, and fits its entry, its exit and its levels', async () => {
  const { rows } = await pool.query<{ rule: string; broken: number }>(`
    SELECT 'every trade has candles from before its entry to its exit' AS rule, count(*)::int AS broken
      FROM paper_trades t LEFT JOIN trade_candles c ON c.trade_id = t.id
      WHERE c.lowest IS NULL OR NOT (c.open_times[20] < t.entry_time AND c.open_times[cardinality(c.open_times)] > t.exit_time)
    UNION ALL SELECT 'the price reached no level but the one that closed it', count(*)::int FROM paper_trades t JOIN trade_candles c ON c.trade_id = t.id
      WHERE c.lowest < least(t.take_profit, t.stop_loss, t.exit_price) OR c.highest > greatest(t.take_profit, t.stop_loss, t.exit_price)
    UNION ALL SELECT 'a candle holds the closing tick', count(*)::int FROM paper_trades t JOIN trade_candles c ON c.trade_id = t.id
      WHERE NOT EXISTS (SELECT 1 FROM unnest(c.open_times, c.highs, c.lows) AS candle(time, high, low)
        WHERE time <= t.exit_time AND t.closed_price BETWEEN low AND high)
    UNION ALL SELECT 'each day of the record and the one before it has its close', count(*)::int
      FROM generate_series((SELECT min(received_at AT TIME ZONE 'UTC')::date - 1 FROM signals), '2026-11-22'::date, '1 day') AS wanted(day)
      LEFT JOIN daily_closes d ON d.day = wanted.day::date WHERE d.close IS NULL`);
  expect(rows).toHaveLength(4);
  expect(rows.filter(({ broken }) => broken > 0)).toEqual([]);
});
