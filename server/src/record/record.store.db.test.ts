import { beforeAll, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { addBot, closeTrade, newSignal, openTrade } from '../../testkit/stored-record.ts';
import { SignalsStore } from '../signals/signals.store.ts';
import { Decimal } from '../kernel/decimal.ts';
import { SIGNAL_INCLUDE } from '../trades/rows.ts';
import type { RecordEvent } from './event.ts';
import { RecordStore } from './record.store.ts';

let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let store: RecordStore;
let bot: string;

beforeAll(async () => {
  database = await openFreshDatabase();
  store = new RecordStore(database.prisma);
});

test('an empty record', async () => {
  expect(await store.head()).toBe(0n);
  expect(await store.readAfter(0n, 10)).toEqual([]);
});

test('tells every kind of event in order, with signal and trade as they are now', async () => {
  bot = await addBot(database.prisma);
  const opened = await openTrade(database.prisma, bot);
  const pending = newSignal(bot, { status: 'PENDING' });
  const signals = new SignalsStore(database.prisma);
  await signals.insert(pending, null);
  await signals.cancel(pending.id, pending.receivedAt);
  await closeTrade(database.prisma, opened, 'CLOSED_TP');

  expect(await store.head()).toBe(5n);
  const events = await store.readAfter(0n, 10);
  expect(events.map(({ sequence, kind, signal, trade }) => [sequence, kind, signal.id, signal.status, trade?.id, trade?.status])).toEqual([
    [1n, 'SignalReceived', opened.signal.id, 'CLOSED', undefined, undefined],
    [2n, 'TradeOpened', opened.signal.id, 'CLOSED', opened.trade.id, 'CLOSED_TP'],
    [3n, 'SignalReceived', pending.id, 'CANCELLED', undefined, undefined],
    [4n, 'SignalStatusChanged', pending.id, 'CANCELLED', undefined, undefined],
    [5n, 'TradeClosed', opened.signal.id, 'CLOSED', opened.trade.id, 'CLOSED_TP'],
  ]);
  const [closed] = events.slice(-1);
  expect(closed).toMatchObject({ trade: { signal: { bot: { slug: 'trend-rider' } } }, signal: { bot: { slug: 'trend-rider' } } });
});

test('reads pages of any size from any place', async () => {
  for (let after = 0n; after <= 6n; after += 1n) {
    for (let limit = 1; limit <= 6; limit += 1) {
      const expected = [1n, 2n, 3n, 4n, 5n].filter((sequence) => sequence > after).slice(0, limit);
      expect((await store.readAfter(after, limit)).map(({ sequence }) => sequence)).toEqual(expected);
    }
  }
  expect(await store.readAfter(2n ** 63n - 1n, 10)).toEqual([]);
});

describe('the source of prices', () => {
  test('is fixed by whoever starts first, also by several at once', async () => {
    const answers = await Promise.all(
      ['EXCHANGE', 'SIMULATOR', 'EXCHANGE', 'SIMULATOR', 'SIMULATOR'].map((source) => store.claimSource(source as 'EXCHANGE')),
    );
    expect(new Set(answers).size).toBe(1);
    const [first] = answers;
    expect(await store.claimSource('EXCHANGE')).toBe(first);
    expect(await store.claimSource('SIMULATOR')).toBe(first);
  });
});

test('what a reader sees has no hole while many write', async () => {
  const before = await store.head();
  let writing = true;
  const writes = Promise.all(Array.from({ length: 40 }, () => openTrade(database.prisma, bot))).finally(() => (writing = false));
  let last = before;
  while (writing || last < before + 80n) {
    for (const { sequence } of await store.readAfter(last, 7)) {
      expect(sequence).toBe(last + 1n);
      last = sequence;
    }
  }
  await writes;
  expect(last).toBe(before + 80n);
});

test('a signal with its bot and its trade is what Prisma reads of them, to the last digit', async () => {
  const [entryPrice, takeProfit, stopLoss] = ['123456789.123456789012345678', '123456799.000000000000000001', '0.000000000000000001'];
  const levels = { entryPrice: new Decimal(entryPrice!), takeProfit: new Decimal(takeProfit!), stopLoss: new Decimal(stopLoss!) };
  const before = await store.head();
  await openTrade(database.prisma, bot, {
    ...levels,
    confidence: 0.1 + 0.2,
    note: 'ü',
    sentAt: new Date(1),
    receivedAt: new Date(1_767_225_600_123),
  });
  const include = SIGNAL_INCLUDE;
  for (const { signal } of await store.readAfter(0n, 100))
    expect(signal).toStrictEqual(await database.prisma.signal.findUniqueOrThrow({ where: { id: signal.id }, include }));
  const [{ signal }] = (await store.readAfter(before, 1)) as [RecordEvent];
  expect([signal.entryPrice, signal.takeProfit, signal.stopLoss].map((level) => level.toFixed())).toEqual([
    entryPrice,
    takeProfit,
    stopLoss,
  ]);
});
