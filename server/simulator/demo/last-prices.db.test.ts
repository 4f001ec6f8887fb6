import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ClosuresStore } from '../../src/closures/closures.store.ts';
import { configFrom } from '../../src/process/environment.ts';
import { systemClock } from '../../src/process/system-clock.ts';
import type { Tick } from '../../src/ticks/tick.ts';
import { openFreshDatabase } from '../../testkit/database.ts';
import { seededRandom } from '../price-model.ts';
import { planHistory } from './history-plan.ts';
import { writeHistory } from './history.store.ts';
import { lastPrices } from './last-prices.store.ts';

const { prisma } = await openFreshDatabase();
const nowMs = Date.UTC(2026, 10, 23, 12);

test('nothing is known of an empty record', async () => {
  expect(await lastPrices(prisma)).toEqual(new Map());
});

test('the newest of cursors and open trades counts, over both markets', async () => {
  const tick = (marketType: Tick['marketType'], symbol: string, price: string, timeMs: number): Tick => ({
    marketType,
    symbol,
    price,
    timeMs,
    id: 1,
    quantity: '1',
    source: 'LIVE',
  });
  const ticks = [
    tick('SPOT', 'BTCUSDT', '42600.00000000', nowMs),
    tick('FUTURES', 'BTCUSDT', '42700.0', nowMs + 1),
    tick('FUTURES', 'SOLUSDT', '98.510', nowMs),
    tick('SPOT', 'SOLUSDT', '97', nowMs - 1),
  ];
  await new ClosuresStore(prisma, 0).saveCursors(ticks, { at: new Date(nowMs), recordSequence: 0n });

  // One trade that has not closed yet, opened before the cursors of BTCUSDT and SOLUSDT or in a symbol without one.
  const steps = planHistory({ random: seededRandom(1), endMs: nowMs - 1_000, days: 30, trades: 30, cancelled: 0 });
  const signals = steps.filter((step) => step.kind === 'SIGNAL');
  await writeHistory(signals, { prisma, rules: configFrom({}).rules, clock: systemClock, randomBytes });

  const newest = new Map(signals.map(({ input, marketPrice }) => [input.symbol, Number(marketPrice)]));
  const prices = new Map(Array.from(await lastPrices(prisma), ([symbol, price]) => [symbol, Number(price)]));
  expect(prices).toEqual(new Map([...newest, ['BTCUSDT', 42_700], ['SOLUSDT', 98.51]]));
  expect(prices.size).toBeGreaterThan(4);
});
