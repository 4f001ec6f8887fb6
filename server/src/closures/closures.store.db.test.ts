import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { seededRandom } from '../performance/seeded-random.ts';
import { addBot, closureFor, openTrade, recordFaults, T0 } from '../../testkit/stored-record.ts';
import type { OpenedTrade } from '../../testkit/stored-record.ts';
import { tickAt } from '../../testkit/watched-trades.ts';
import { Decimal } from '../kernel/decimal.ts';
import { RecordStore } from '../record/record.store.ts';
import { ClosuresStore } from './closures.store.ts';
import { watchedTrade } from './watched-trade.ts';

const AT = new Date(T0 + 120_000);
let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let store: ClosuresStore;
let bot: string;
let bots = 0;

beforeAll(async () => {
  database = await openFreshDatabase();
  store = new ClosuresStore(database.prisma, 0);
});
beforeEach(async () => {
  bot = await addBot(database.prisma, `bot-${(bots += 1)}`);
  return async () => expect(await recordFaults(database.prisma)).toEqual([]);
});

async function openTrades(count: number, signal: Parameters<typeof openTrade>[2] = {}): Promise<OpenedTrade[]> {
  const opened: OpenedTrade[] = [];
  for (let each = 0; each < count; each += 1) opened.push(await openTrade(database.prisma, bot, signal));
  return opened;
}
const head = async () => (await database.prisma.recordHead.findUniqueOrThrow({ where: { id: 1 } })).sequence;
const rowOf = ({ trade }: OpenedTrade) =>
  database.prisma.paperTrade.findUniqueOrThrow({ where: { id: trade.id }, include: { signal: true } });

describe('closing (I2, I5)', () => {
  test('writes the closure, its evidence, its event and the signal’s move, and nothing else', async () => {
    const opened = await openTrade(
      database.prisma,
      bot,
      { direction: 'SHORT', entryPrice: new Decimal('2.5'), takeProfit: new Decimal('2.4'), stopLoss: new Decimal('2.6') },
      { openedAfterTradeId: 3 },
    );
    const before = await rowOf(opened);
    const exitTime = new Date('2026-01-01T10:00:00.123Z');
    const closure = closureFor(opened, 'CLOSED_SL', {
      price: new Decimal('2.75'),
      exitTime,
      source: 'BACKFILL',
      aggregateTradeId: 9_007_199_254_740_991,
    });
    const told = await store.close([closure], AT);
    expect(told).toHaveLength(1);
    const after = await rowOf(opened);
    const sequence = await head();
    const digits = (row: object) =>
      JSON.parse(JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))) as object;
    expect(digits(after)).toEqual({
      ...digits(before),
      status: 'CLOSED_SL',
      exitPrice: '2.75',
      exitTime: exitTime.toISOString(),
      grossPnl: closure.grossPnl.toFixed(),
      fees: closure.fees.toFixed(),
      realizedPnl: closure.realizedPnl.toFixed(),
      realizedPnlPct: closure.realizedPnlPct.toFixed(),
      closedSequence: String(sequence),
      closedSource: 'BACKFILL',
      closedTradeId: '9007199254740991',
      closedPrice: '2.75',
      signal: { ...digits(before.signal), status: 'CLOSED' },
    });
    expect(told).toEqual(await new RecordStore(database.prisma).readAfter(sequence - 1n, 10));
    const event = await database.prisma.event.findUniqueOrThrow({ where: { sequence } });
    expect(event).toEqual({ sequence, time: AT, kind: 'TradeClosed', signalId: opened.signal.id, tradeId: opened.trade.id });
  });

  test('a batch is told in the order in which it was decided', async () => {
    const opened = (await openTrades(10)).toReversed();
    const before = await head();
    const told = await store.close(
      opened.map((each) => closureFor(each, 'CLOSED_TP')),
      AT,
    );
    expect(told.map(({ sequence, trade }) => [sequence - before, trade?.id])).toEqual(
      opened.map(({ trade }, at) => [BigInt(at + 1), trade.id]),
    );
    const rows = await Promise.all(opened.map(rowOf));
    expect(rows.map(({ closedSequence }) => closedSequence! - before)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n]);
  });

  test('20 closers at once on 100 trades: each closes once, by whoever was first', async () => {
    const opened = await openTrades(100);
    const before = await head();
    const random = seededRandom(20);
    const closers = Array.from({ length: 20 }, (_, closer) => {
      // Every closer has all trades, in an order and in batches of its own, and a price by which its work is known.
      const order = opened.map((each) => ({ each, at: random() })).sort((a, b) => a.at - b.at);
      const closures = order.map(({ each }) =>
        closureFor(each, 'CLOSED_SL', { price: new Decimal(90).minus(closer), aggregateTradeId: closer }),
      );
      const size = [1, 7, 30, 100][closer % 4]!;
      return Array.from({ length: Math.ceil(100 / size) }, (_, batch) => closures.slice(batch * size, (batch + 1) * size));
    });
    const counts = await Promise.all(
      closers.map(async (batches) => {
        let closed = 0;
        for (const batch of batches) closed += (await store.close(batch, AT)).length;
        return closed;
      }),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(1);
    expect((await head()) - before).toBe(100n);
    const rows = await Promise.all(opened.map(rowOf));
    expect(new Set(rows.map(({ status, signal }) => `${status} ${signal.status}`))).toEqual(new Set(['CLOSED_SL CLOSED']));
    // What is stored of a closure comes from one closer.
    for (const { exitPrice, closedTradeId } of rows) expect(Number(exitPrice)).toBe(90 - Number(closedTradeId));
    const perCloser = Map.groupBy(rows, ({ closedTradeId }) => Number(closedTradeId));
    expect(counts.map((_, closer) => perCloser.get(closer)?.length ?? 0)).toEqual(counts);
  });

  test('closers and senders at the same time leave no hole', async () => {
    const opened = await openTrades(40);
    const before = await head();
    await Promise.all([
      ...opened.map((each) => store.close([closureFor(each, 'CLOSED_TP')], AT)),
      ...Array.from({ length: 40 }, () => openTrade(database.prisma, bot)),
    ]);
    expect((await head()) - before).toBe(40n + 80n);
  });

  test('of a batch the trades that are closed already, twice in it or not there at all are passed over', async () => {
    const [first, second, third] = (await openTrades(3)) as [OpenedTrade, OpenedTrade, OpenedTrade];
    expect(await store.close([closureFor(first, 'CLOSED_TP')], AT)).toHaveLength(1);
    const firstRow = await rowOf(first);
    const before = await head();
    const unknown = { ...closureFor(second, 'CLOSED_TP'), tradeId: bot };
    expect(
      await store.close([closureFor(second, 'CLOSED_TP'), unknown, closureFor(first, 'CLOSED_SL'), closureFor(third, 'CLOSED_SL')], AT),
    ).toHaveLength(2);
    expect(await rowOf(first)).toEqual(firstRow);
    expect((await rowOf(second)).closedSequence).toBe(before + 1n);
    expect((await rowOf(third)).closedSequence).toBe(before + 2n);
    expect(await store.close([closureFor(first, 'CLOSED_TP'), closureFor(second, 'CLOSED_TP')], AT)).toHaveLength(0);
    expect(await store.close([], AT)).toHaveLength(0);
    expect(await head()).toBe(before + 2n);
  });

  test('one closure that breaks a rule: none of the batch is written, and it is known for a refusal', async () => {
    const opened = await openTrades(3);
    const before = await head();
    const closures = opened.map((each) => closureFor(each, 'CLOSED_TP'));
    const poison = { ...closures[1]!, realizedPnl: closures[1]!.realizedPnl.plus('0.00000001') };
    const error = await store.close(closures.with(1, poison), AT).catch((reason: unknown) => reason);
    expect(store.isRefusal(error)).toBe(true);
    expect((await Promise.all(opened.map(rowOf))).map(({ status, signal }) => [status, signal.status])).toEqual(
      opened.map(() => ['OPEN', 'ACTIVE']),
    );
    expect(await head()).toBe(before);
    expect(await store.close(closures, AT)).toHaveLength(3);
  });

  test.for([
    ['events', "NEW.kind = 'TradeClosed'"],
    ['signals', "NEW.status = 'CLOSED'"],
    ['paper_trades', "NEW.status <> 'OPEN'"],
    ['record_head', 'true'],
  ])('a fault in %s where %s leaves everything open, and is no refusal', async ([table, when]) => {
    const opened = await openTrades(2);
    const before = await head();
    await database.pool.query(`
      CREATE FUNCTION injected_fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER injected_fault BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION injected_fault()`);
    const closures = opened.map((each) => closureFor(each, 'CLOSED_TP'));
    const error = await store.close(closures, AT).catch((reason: unknown) => reason);
    await database.pool.query(`DROP TRIGGER injected_fault ON ${table}; DROP FUNCTION injected_fault()`);
    expect(String(error)).toContain('injected');
    expect(store.isRefusal(error)).toBe(false);
    expect((await Promise.all(opened.map(rowOf))).map(({ status, signal }) => [status, signal.status])).toEqual([
      ['OPEN', 'ACTIVE'],
      ['OPEN', 'ACTIVE'],
    ]);
    expect(await head()).toBe(before);
    expect(await store.close(closures, AT)).toHaveLength(2);
  });

  test('every status and every magnitude that the rules allow passes the database’s own arithmetic', async () => {
    const random = seededRandom(7);
    const between = (low: Decimal, high: Decimal) =>
      low
        .plus(
          high
            .minus(low)
            .times(random())
            .div(2 ** 32),
        )
        .toDecimalPlaces(18);
    for (let round = 0; round < 60; round += 1) {
      const entryPrice = new Decimal(1 + (random() % 99_999)).times(new Decimal(10).pow(-18 + (round % 27))).toDecimalPlaces(18);
      const step = Decimal.max('1e-18', entryPrice.times('0.0137').toDecimalPlaces(18));
      const [low, high] = [entryPrice.minus(step), entryPrice.plus(step)];
      if (low.lte(0)) continue;
      const direction = round % 2 === 0 ? 'LONG' : 'SHORT';
      const [takeProfit, stopLoss] = direction === 'LONG' ? [high, low] : [low, high];
      const positionSize = new Decimal(['100', '0.01', '333.333333333333333333', '1000000000'][round % 4]!);
      if (positionSize.div(entryPrice).gte('1e20')) continue;
      const opened = await openTrade(
        database.prisma,
        bot,
        { direction, entryPrice, takeProfit, stopLoss },
        { positionSize, feeRate: new Decimal(['0.001', '0.0005', '0', '0.000123456789012345'][round % 4]!) },
      );
      const status = (['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'] as const)[(round >> 2) % 4]!;
      const price =
        status === 'CLOSED_TP'
          ? takeProfit
          : status === 'CLOSED_SL'
            ? direction === 'LONG'
              ? between(low.div(2), low)
              : between(high, high.times(2))
            : between(low, high);
      expect(await store.close([closureFor(opened, status, { price: Decimal.max(price, '1e-18') })], AT), `round ${round}`).toHaveLength(1);
    }
  });
});

describe('openTrades', () => {
  test('gives every open trade, ready to be watched with all its digits', async () => {
    const entryPrice = new Decimal('42500.500000000000000001');
    const [open, closed] = (await openTrades(2, {
      entryPrice,
      takeProfit: entryPrice.plus('1e-18'),
      stopLoss: entryPrice.minus('1e-18'),
      expiresAt: new Date(T0 + 5),
    })) as [OpenedTrade, OpenedTrade];
    await store.close([closureFor(closed, 'CLOSED_TP')], AT);
    const rows = await store.openTrades();
    expect(rows.some(({ row }) => row.id === closed.trade.id)).toBe(false);
    const { row, openedSequence } = rows.find(({ row: { id } }) => id === open.trade.id)!;
    const event = await database.prisma.event.findFirst({ where: { tradeId: row.id, kind: 'TradeOpened' } });
    expect(openedSequence).toBe(event?.sequence);
    const watched = watchedTrade(row);
    expect(watched).toMatchObject({
      id: open.trade.id,
      symbol: 'BTCUSDT',
      expiresAtMs: T0 + 5,
      entryTimeMs: T0,
      from: { afterTradeId: null, fromTimeMs: T0 },
    });
    expect([watched.entryPrice, watched.takeProfit, watched.stopLoss].map((value) => value.toFixed())).toEqual([
      '42500.500000000000000001',
      '42500.500000000000000002',
      '42500.5',
    ]);
  });
});

describe('cursors', () => {
  const moment = (sequence: number) => ({ at: AT, recordSequence: BigInt(sequence) });
  const save = (id: number, price = '100', symbol = 'BTCUSDT') => store.saveCursors([tickAt(id, price, { symbol })], moment(id));
  const cursorOf = async (symbol = 'BTCUSDT') => (await store.cursors()).get(`FUTURES:${symbol}`);

  test('move on and never back, whatever the order in which they are saved', async () => {
    await save(10);
    expect(await cursorOf()).toEqual({ lastTradeId: 10, lastPrice: '100', lastTimeMs: 10_000, recordSequence: 10n });
    await save(9);
    expect(await cursorOf()).toEqual({ lastTradeId: 10, lastPrice: '100', lastTimeMs: 10_000, recordSequence: 10n });
    await save(11);
    expect((await cursorOf())?.lastTradeId).toBe(11);
    await Promise.all(Array.from({ length: 50 }, (_, n) => save(100 + ((n * 7) % 50))));
    expect((await cursorOf())?.lastTradeId).toBe(149);
  });

  test('of many symbols at once, each by itself', async () => {
    await save(50, '1', 'AUSDT');
    await store.saveCursors(
      [
        tickAt(5, '0.000000000000000001', { symbol: 'BUSDT' }),
        tickAt(49, '1', { symbol: 'AUSDT' }),
        tickAt(7, '1', { symbol: 'AUSDT', marketType: 'SPOT' }),
        tickAt(1, '1', { symbol: '币安人生USDT' }),
      ],
      moment(1),
    );
    const cursors = await store.cursors();
    expect(
      ['FUTURES:AUSDT', 'FUTURES:BUSDT', 'SPOT:AUSDT', 'FUTURES:币安人生USDT'].map((key) => cursors.get(key as never)?.lastTradeId),
    ).toEqual([50, 5, 7, 1]);
    const { lastPrice } = await database.prisma.symbolCursor.findUniqueOrThrow({
      where: { marketType_symbol: { marketType: 'FUTURES', symbol: 'BUSDT' } },
    });
    expect(lastPrice.toFixed()).toBe('0.000000000000000001');
  });

  test('the database itself refuses to move one back', async () => {
    await save(20, '1', 'CUSDT');
    await expect(database.pool.query("UPDATE symbol_cursors SET last_trade_id = 19 WHERE symbol = 'CUSDT'")).rejects.toThrow(
      'only moves on',
    );
  });

  test('saved by two at once in opposite orders do not wait for each other for ever', async () => {
    const symbols = Array.from({ length: 50 }, (_, n) => `S${n}USDT`);
    const ticks = (id: number) => symbols.map((symbol) => tickAt(id, '1', { symbol }));
    await Promise.all(Array.from({ length: 20 }, (_, n) => store.saveCursors(n % 2 ? ticks(n) : ticks(n).toReversed(), moment(n))));
    expect((await cursorOf('S7USDT'))?.lastTradeId).toBe(19);
  });
});
