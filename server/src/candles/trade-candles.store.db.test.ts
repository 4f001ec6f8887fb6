import { beforeAll, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { addBot, closeTrade, openTrade, T0 } from '../../testkit/stored-record.ts';
import { Decimal } from '../kernel/decimal.ts';
import { DailyClosesStore } from './daily-closes.store.ts';
import { TradeCandlesStore } from './trade-candles.store.ts';
import type { TradeCandles } from './trade-candles.ts';

const { prisma } = await openFreshDatabase();
const store = new TradeCandlesStore(prisma);

const CANDLES: TradeCandles = {
  interval: '1m',
  candles: [
    { openTimeMs: T0, open: '100', high: '101.5', low: '99.000000000000000001', close: '100.25', trades: 4 },
    { openTimeMs: T0 + 60_000, open: '100.25', high: '110', low: '100.25', close: '110', trades: 1 },
  ],
  extremes: { lowest: new Decimal('99.5'), highest: new Decimal('110'), resolution: '1s' },
};

let botId = '';
beforeAll(async () => void (botId = await addBot(prisma)));

async function closed(): Promise<string> {
  const opened = await openTrade(prisma, botId);
  await closeTrade(prisma, opened, 'CLOSED_TP');
  return opened.trade.id;
}

test('what is kept comes back to the last digit, in the order asked for, and once', async () => {
  const [one, other, bare] = [await closed(), await closed(), await closed()];
  await store.save(one, CANDLES);
  await store.save(other, { interval: '1h', candles: [], extremes: null });
  await store.save(one, { interval: '5m', candles: [], extremes: null }); // the second of two leaders
  const asked = (withCandles: boolean) => [one, bare, other].map((tradeId) => ({ tradeId, withCandles }));
  const [of, none, empty] = await store.charts(asked(true));
  expect(of?.interval).toBe('1m');
  expect(of?.candles.map(({ openTimeMs, low }) => [openTimeMs, new Decimal(low).toString()])).toEqual([
    [T0, '99.000000000000000001'],
    [T0 + 60_000, '100.25'],
  ]);
  expect([none, empty]).toEqual([null, { interval: '1h', candles: [], extremes: null }]);
  const { interval, extremes } = CANDLES;
  expect(of?.extremes).toEqual(extremes);
  expect(await store.charts(asked(false))).toEqual([{ interval, candles: [], extremes }, null, empty]);
  const both = await store.charts([true, false].map((withCandles) => ({ tradeId: one, withCandles })));
  expect(both).toEqual([of, of]);
});

test('closed trades without candles are named, newest first', async () => {
  const open = await openTrade(prisma, botId);
  const [first, second, third] = [await closed(), await closed(), await closed()];
  const idsOf = async (...asked: Parameters<TradeCandlesStore['missing']>) => (await store.missing(...asked)).map(({ id }) => id);
  expect(await idsOf(0n, [], 3)).toEqual([third, second, first]);
  expect(await idsOf(0n, [second], 2)).toEqual([third, first]);
  await store.save(third, CANDLES);
  expect((await idsOf(0n, [], 100)).slice(0, 2)).toEqual([second, first]);
  expect(await idsOf(0n, [], 100)).not.toContain(open.trade.id);
  const [life] = await store.missing(0n, [], 1);
  expect(await idsOf(life!.sequence - 1n, [], 100)).toEqual([second]);
  expect(life).toMatchObject({ marketType: 'FUTURES', symbol: 'BTCUSDT', entryTimeMs: T0, exitTimeMs: T0 + 60_000 });
});

describe('the database refuses', () => {
  const refused: [string, (candles: TradeCandles) => TradeCandles][] = [
    ['a low above the close', (all) => ({ ...all, candles: [{ ...all.candles[0]!, low: '100.5' }] })],
    ['a high below the open', (all) => ({ ...all, candles: [{ ...all.candles[0]!, high: '99.5' }] })],
    ['a price of zero', (all) => ({ ...all, candles: [{ ...all.candles[0]!, low: '0' }] })],
    ['no price', (all) => ({ ...all, candles: [{ ...all.candles[0]!, high: 'NaN' }] })],
    ['candles that do not rise', (all) => ({ ...all, candles: [all.candles[0]!, all.candles[0]!] })],
    ['extremes that leave the exit out', (all) => ({ ...all, extremes: { ...all.extremes!, highest: new Decimal('109.9') } })],
    ['extremes that leave the entry out', (all) => ({ ...all, extremes: { ...all.extremes!, lowest: new Decimal('100.1') } })],
  ];
  test.each(refused)('%s', async (_, spoil) => {
    const id = await closed();
    await expect(store.save(id, spoil(CANDLES))).rejects.toThrow();
    expect(await store.charts([{ tradeId: id, withCandles: true }])).toEqual([null]);
  });

  test('candles of an open trade', async () => {
    const { trade } = await openTrade(prisma, botId);
    await expect(store.save(trade.id, CANDLES)).rejects.toThrow('do not fit');
  });

  test('lists of different lengths', async () => {
    const id = await closed();
    const insert = prisma.$executeRaw`INSERT INTO trade_candles (trade_id, interval, open_times, opens, highs, lows, closes)
      VALUES (${id}::uuid, '1m', ARRAY[now(), now() + interval '1 min'], ARRAY[1], ARRAY[1], ARRAY[1], ARRAY[1])`;
    await expect(insert).rejects.toThrow('trade_candles_sound');
  });

  test('any change of what is written', async () => {
    const id = await closed();
    await store.save(id, CANDLES);
    await prisma.dailyClose.create({ data: { day: new Date('2025-01-01'), close: '1' } });
    for (const change of [
      `UPDATE trade_candles SET lowest = 1`,
      `DELETE FROM trade_candles`,
      `TRUNCATE trade_candles`,
      `UPDATE daily_closes SET close = 2`,
      `DELETE FROM daily_closes`,
      `TRUNCATE daily_closes`,
    ])
      await expect(prisma.$executeRawUnsafe(change)).rejects.toThrow('append-only');
  });
});

test('daily closes: kept once, read from the day of a time to the last that had ended', async () => {
  const closes = new DailyClosesStore(prisma);
  const day = (n: number) => new Date(T0 + n * 86_400_000);
  await closes.save([0, 1, 2, 3].map((n) => ({ day: day(n), close: `${100 + n}.5` })));
  await closes.save([{ day: day(3), close: '1' }]);
  expect(await closes.newestDay()).toEqual(day(3));
  expect(await closes.firstSignalAt()).toEqual(new Date(T0));
  const read = async (from: number, to: number) => (await closes.since(day(from), day(to))).map(({ close }) => close.toString());
  expect(await read(0.9, 3)).toEqual(['100.5', '101.5', '102.5']);
  expect(await read(1, 2.99)).toEqual(['101.5']);
  expect(await read(1, 4)).toEqual(['101.5', '102.5', '103.5']);
});
