import { expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { addBot, openTrade, T0 } from '../../testkit/stored-record.ts';
import type { MarketType } from '../ticks/tick.ts';
import { StretchesStore } from './stretches.store.ts';

const { prisma } = await openFreshDatabase();
const store = new StretchesStore(prisma);
const SECOND_MS = 1_000;

async function repaired(marketType: MarketType, symbol: string, from: number, to: number, source = 'BACKFILL'): Promise<void> {
  const time = (seconds: number): Date => new Date(T0 + seconds * SECOND_MS);
  const ids = source === 'CANDLE' ? {} : { fromTradeId: 1n, toTradeId: 2n };
  await prisma.repairedStretch.create({ data: { marketType, symbol, fromTime: time(from), toTime: time(to), source, ...ids } });
}

test('incidents: stretches of a market that touch are one, whatever the symbol; the newest first', async () => {
  expect(await store.incidents(10, 1_000)).toEqual([]);
  await repaired('SPOT', 'BTCUSDT', 0, 5);
  await repaired('SPOT', 'ETHUSDT', 3, 8);
  await repaired('SPOT', 'BTCUSDT', 8, 9, 'CANDLE');
  await repaired('FUTURES', 'BTCUSDT', 4, 6);
  await repaired('SPOT', 'BTCUSDT', 20, 21);
  const incident = (marketType: MarketType, from: number, to: number, symbols: number, source: string) => ({
    marketType,
    fromMs: T0 + from * SECOND_MS,
    toMs: T0 + to * SECOND_MS,
    symbols,
    source,
  });
  const all = [incident('SPOT', 20, 21, 1, 'BACKFILL'), incident('SPOT', 0, 9, 2, 'CANDLE'), incident('FUTURES', 4, 6, 1, 'BACKFILL')];
  expect(await store.incidents(10, 1_000)).toEqual(all);
  expect(await store.incidents(2, 1_000)).toEqual(all.slice(0, 2));
  expect(await store.incidents(10, 2)).toEqual([all[0], all[2]]);
});

test('incidents: the moments in which the symbol of an opened trade is being connected are none, an outage at its opening is one', async () => {
  const before = await store.incidents(100, 1_000);
  const at = (seconds: number) => ({ symbol: 'SOLUSDT', receivedAt: new Date(T0 + seconds * SECOND_MS) });
  const botId = await addBot(prisma);
  for (const seconds of [100, 200]) await openTrade(prisma, botId, at(seconds));
  await repaired('FUTURES', 'SOLUSDT', 100, 101);
  expect(await store.incidents(100, 1_000)).toEqual(before);
  await repaired('FUTURES', 'SOLUSDT', 200, 260);
  expect(await store.incidents(100, 1_000)).toHaveLength(before.length + 1);
});
