import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { addBot, closeTrade, newSignal, openTrade, T0 } from '../../testkit/stored-record.ts';
import type { OpenedTrade } from '../../testkit/stored-record.ts';
import { tickAt } from '../../testkit/watched-trades.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import { RecordStore } from '../record/record.store.ts';
import { SignalsStore } from '../signals/signals.store.ts';
import { PriceBoard } from '../ticks/price-board.ts';
import { TRADE_STATUSES } from '../trades/trade.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { unrealizedAt } from '../trades/unrealized.ts';
import { PerformanceStore } from './performance.store.ts';
import { seededRandom } from './seeded-random.ts';
import { TrackRecord } from './track-record.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'PEPEUSDT'];
const random = seededRandom(4);
const pick = <T>(list: readonly T[]): T => list[random() % list.length]!;

let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let bots: string[];
let clock: ManualClock;
let board: PriceBoard;
let record: TrackRecord;

/** A trade at a price of many digits, so that every sum has all eight decimals. */
function open(): Promise<OpenedTrade> {
  const direction = pick(['LONG', 'SHORT'] as const);
  const entryPrice = new Decimal(1 + (random() % 1_000_000)).div(pick([1, 1_000, 1e9])).toDecimalPlaces(12);
  const [low, high] = [entryPrice.times('0.98765'), entryPrice.times('1.01234')];
  const [takeProfit, stopLoss] = direction === 'LONG' ? [high, low] : [low, high];
  return openTrade(database.prisma, pick(bots), {
    symbol: pick(SYMBOLS),
    strategy: pick(['default', 'trend']),
    timeframe: pick(['1m', '1h'] as const),
    marketType: pick(['SPOT', 'FUTURES'] as const),
    direction,
    entryPrice,
    takeProfit,
    stopLoss,
    receivedAt: new Date(T0 + (random() % 100_000)),
  });
}
async function close(opened: OpenedTrade): Promise<void> {
  const status = pick(['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED'] as const);
  await closeTrade(database.prisma, opened, status, { exitTime: new Date(opened.trade.entryTime.getTime() + (random() % 1_000_000)) });
}
const OPTIONS = {
  capitalBase: new Decimal(1000),
  maxCachedFilters: 5,
  maxCachedTrades: 100_000,
  maxConcurrentReads: 4,
  turn,
  metricsMaxAgeMs: 1_000,
  maxIntervalTrades: 1_000_000,
  maxBreakdownRows: 1_000,
};
const head = () => new RecordStore(database.prisma).head();
const performanceOf = async (filter: TradeFilter | null | undefined, from = record, atLeast?: bigint) =>
  (await from.moment(atLeast).of(filter)).performance();

beforeAll(async () => {
  database = await openFreshDatabase();
  bots = [await addBot(database.prisma, 'one'), await addBot(database.prisma, 'two')];
  clock = new ManualClock(new Date(T0 + 10_000_000));
  board = new PriceBoard(clock);
  // PEPEUSDT has no price.
  for (const marketType of ['SPOT', 'FUTURES'] as const) {
    board.putTick(tickAt(1, '42123.45678901', { marketType, symbol: 'BTCUSDT' }), 0);
    board.putTick(tickAt(1, '0.00001234', { marketType, symbol: 'ETHUSDT' }), 0);
  }
  for (let each = 0; each < 150; each += 1) {
    const opened = await open();
    if (each % 3 !== 0) await close(opened);
  }
  const signals = new SignalsStore(database.prisma);
  for (const status of ['PENDING', 'ACTIVE'] as const)
    await signals.insert(newSignal(bots[0]!, { status, leftOutReason: status === 'ACTIVE' ? 'MARKET_TYPE_NOT_TRACKED' : null }), null);
  record = new TrackRecord(new PerformanceStore(database.prisma, turn), head, board, clock, OPTIONS);
});

/** The conditions of a filter as an operator would write them by hand. */
function handWritten(filter: TradeFilter): Prisma.Sql {
  const lists = [
    ['b.slug', filter.bot],
    ['s.strategy', filter.strategy],
    ['t.symbol', filter.symbol],
    ['t.market_type', filter.marketType],
    ['t.direction', filter.direction],
    ['s.timeframe', filter.timeframe],
    ['t.status', filter.status],
  ] as const;
  const conditions = lists.flatMap(([column, values]) =>
    values && values.length > 0 ? [Prisma.sql`${Prisma.raw(column)} IN (${Prisma.join([...values])})`] : [],
  );
  if (filter.from)
    conditions.push(Prisma.sql`CASE t.status WHEN 'OPEN' THEN t.entry_time ELSE t.exit_time END >= ${filter.from}::timestamptz`);
  if (filter.to) conditions.push(Prisma.sql`CASE t.status WHEN 'OPEN' THEN t.entry_time ELSE t.exit_time END <= ${filter.to}::timestamptz`);
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
}

interface Sums {
  closed: number;
  open: number;
  wins: number;
  losses: number;
  pnl: string;
  gross: string;
  fees: string;
  invested: string;
  best: string | null;
  worst: string | null;
}
async function plainSums(filter: TradeFilter): Promise<Sums> {
  const [sums] = await database.prisma.$queryRaw<Sums[]>`
    SELECT count(*) FILTER (WHERE t.status LIKE 'CLOSED%')::int AS closed, count(*) FILTER (WHERE t.status = 'OPEN')::int AS open,
      count(*) FILTER (WHERE t.realized_pnl > 0)::int AS wins, count(*) FILTER (WHERE t.realized_pnl < 0)::int AS losses,
      trim_scale(coalesce(sum(t.realized_pnl), 0))::text AS pnl, trim_scale(coalesce(sum(t.gross_pnl), 0))::text AS gross,
      trim_scale(coalesce(sum(t.fees), 0))::text AS fees, trim_scale(coalesce(sum(t.position_size) FILTER (WHERE t.status = 'OPEN'), 0))::text AS invested,
      trim_scale(max(t.realized_pnl))::text AS best, trim_scale(min(t.realized_pnl))::text AS worst
    FROM paper_trades t JOIN signals s ON s.id = t.signal_id JOIN bots b ON b.id = s.bot_id WHERE ${handWritten(filter)}`;
  return sums!;
}

describe('summary, open positions, curve and plain SQL', () => {
  const someOf = <T>(...values: T[]) => fc.option(fc.subarray(values), { freq: 2 });
  const time = fc.integer({ min: T0, max: T0 + 1_100_000 }).map((ms) => new Date(ms));
  const filters = fc.record<TradeFilter>(
    {
      bot: someOf('one', 'two'),
      strategy: someOf('default', 'trend'),
      symbol: someOf(...SYMBOLS),
      marketType: someOf('SPOT', 'FUTURES'),
      direction: someOf('LONG', 'SHORT'),
      timeframe: someOf('1m', '1h'),
      status: someOf(...TRADE_STATUSES),
      from: fc.option(time, { freq: 2 }),
      to: fc.option(time, { freq: 2 }),
    },
    { requiredKeys: [] },
  );

  test('agree to the last digit for any filter (I4)', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const [sums, figures] = await Promise.all([plainSums(filter), record.moment().of(filter)]);
        const [performance, positions, curve] = [figures.performance(), figures.openPositions(), figures.equityCurve(50)];
        expect({
          closed: performance.closedTrades,
          open: performance.openPositions,
          wins: performance.wins,
          losses: performance.losses,
          pnl: toPlain(performance.totalPnl),
          gross: toPlain(performance.grossPnl),
          fees: toPlain(performance.fees),
          invested: toPlain(positions.totalInvested),
        }).toEqual({
          closed: sums.closed,
          open: sums.open,
          wins: sums.wins,
          losses: sums.losses,
          pnl: sums.pnl,
          gross: sums.gross,
          fees: sums.fees,
          invested: sums.invested,
        });
        expect(performance.totalTrades).toBe(sums.closed + sums.open);

        const end = curve.at(-1);
        expect(toPlain(end?.totalPnl ?? new Decimal(0))).toBe(sums.pnl);
        expect(end?.closedTrades ?? 0).toBe(sums.closed);
        expect(toPlain(end?.drawdown ?? new Decimal(0))).toBe(toPlain(performance.currentDrawdown));

        expect(positions.positions).toHaveLength(sums.open);
        expect(toPlain(positions.totalUnrealizedPnl)).toBe(toPlain(performance.unrealizedPnl));
        expect(positions.withoutPrice).toBe(performance.openWithoutPrice);
        const [priced, unpriced] = [positions.positions.filter(({ price }) => price), positions.positions.filter(({ price }) => !price)];
        expect(unpriced).toHaveLength(positions.withoutPrice);
        expect(unpriced.every(({ symbol }) => symbol === 'PEPEUSDT')).toBe(true);
        const unrealized = priced.reduce((sum, trade) => sum.plus(unrealizedAt(trade, trade.price!.price).realizedPnl), new Decimal(0));
        expect(toPlain(positions.totalUnrealizedPnl)).toBe(toPlain(unrealized));
        expect(toPlain(positions.totalInvestedWithPrice)).toBe(String(priced.length * 100));
        expect(toPlain(positions.totalCurrentValue)).toBe(toPlain(unrealized.plus(priced.length * 100)));
        seen.add(sums.pnl);
      }),
      { numRuns: 100 },
    );
    expect(seen.size).toBeGreaterThan(20);
  });

  test('without a filter all of it is there, signals without a trade too', async () => {
    const [{ signals } = { signals: 0 }] = await database.prisma.$queryRaw<
      { signals: number }[]
    >`SELECT count(*)::int AS signals FROM signals`;
    for (const nothing of [null, undefined, {}]) {
      const performance = await performanceOf(nothing);
      expect([performance.totalSignals, performance.totalTrades]).toEqual([signals, signals - 2]);
      expect(performance.openWithoutPrice).toBeGreaterThan(0);
    }
  });

  test('a price that moves shows at once in both, without a read of the database', async () => {
    const before = await performanceOf(null);
    board.putTick(tickAt(2, '43000.00000001', { symbol: 'BTCUSDT' }), 0);
    const figures = await record.moment().of(null);
    const [performance, positions] = [figures.performance(), figures.openPositions()];
    expect(toPlain(performance.unrealizedPnl)).not.toBe(toPlain(before.unrealizedPnl));
    expect(toPlain(performance.unrealizedPnl)).toBe(toPlain(positions.totalUnrealizedPnl));
  });
});

describe('the cache', () => {
  /** Counts the slices that are read. */
  function counting(limits: Partial<typeof OPTIONS> = {}) {
    const store = new PerformanceStore(database.prisma, turn);
    const read: (TradeFilter | null | undefined)[] = [];
    let failing = false;
    const reader = {
      slice: (filter: TradeFilter | null | undefined) => {
        read.push(filter);
        return failing ? Promise.reject(new Error('the database is away')) : store.slice(filter);
      },
    };
    const cached = new TrackRecord(reader, head, board, clock, { ...OPTIONS, ...limits });
    return { cached, read, fail: (now: boolean) => void (failing = now) };
  }

  test('answers with new data after every kind of write', async () => {
    const { cached, read } = counting();
    const counts = async () => {
      const { totalSignals, openPositions, closedTrades } = await performanceOf(null, cached);
      return [totalSignals, openPositions, closedTrades] as const;
    };
    const [signals, open0, closed] = await counts();
    expect(await counts()).toEqual([signals, open0, closed]);
    expect(read).toHaveLength(1);
    const opened = await open();
    expect(await counts()).toEqual([signals + 1, open0 + 1, closed]);
    await close(opened);
    expect(await counts()).toEqual([signals + 1, open0, closed + 1]);
    await new SignalsStore(database.prisma).insert(newSignal(bots[0]!, { status: 'PENDING' }), null);
    expect(await counts()).toEqual([signals + 2, open0, closed + 1]);
    expect(read).toHaveLength(4);
  });

  test('reads once for all that ask the same, in whatever order they name it', async () => {
    const { cached, read } = counting();
    const sequence = await head();
    await Promise.all([
      ...Array.from({ length: 10 }, () => cached.moment(sequence).of({ symbol: ['BTCUSDT', 'ETHUSDT'] })),
      cached.moment(sequence).of({ strategy: null, symbol: ['ETHUSDT', 'BTCUSDT'], bot: [] }),
      cached.moment().of({ symbol: ['ETHUSDT', 'BTCUSDT'] }),
    ]);
    expect(read).toHaveLength(1);
  });

  test('never takes one filter for another', async () => {
    const { cached } = counting({ maxCachedFilters: 100 });
    const filters: TradeFilter[] = [
      { symbol: ['BTCUSDT'] },
      { strategy: ['BTCUSDT'] },
      { symbol: ['NOSUCH'] },
      { from: new Date(T0 + 50_000) },
      { to: new Date(T0 + 50_000) },
      { marketType: ['SPOT'] },
      { marketType: ['SPOT', 'FUTURES'] },
      { status: ['OPEN'] },
    ];
    for (const again of [1, 2]) {
      for (const filter of filters) {
        const [performance, sums] = [await performanceOf(filter, cached), await plainSums(filter)];
        expect([performance.totalTrades, toPlain(performance.totalPnl)], `${JSON.stringify(filter)} ${again}`).toEqual([
          sums.closed + sums.open,
          sums.pnl,
        ]);
      }
    }
  });

  test('holds its number of filters and lets the longest unused go', async () => {
    const { cached, read } = counting({ maxCachedFilters: 2 });
    const sequence = await head();
    const ask = (symbol: string) => cached.moment(sequence).of({ symbol: [symbol] });
    for (const symbol of ['A', 'B', 'A', 'C', 'A', 'B']) await ask(symbol);
    expect(read.map((filter) => filter!.symbol![0])).toEqual(['A', 'B', 'C', 'B']);
  });

  test('holds its number of trades, the newest filter whatever its size', async () => {
    const { cached, read } = counting({ maxCachedTrades: 100 });
    const sequence = await head();
    const ask = (symbol: string) => cached.moment(sequence).of({ symbol: [symbol] });
    for (const symbol of ['NONE', 'NOTHING', 'NONE', 'BTCUSDT', 'ETHUSDT', 'ETHUSDT', 'BTCUSDT', 'NONE']) await ask(symbol);
    // Either symbol has more than half of the room.
    expect(read.map((filter) => filter!.symbol![0])).toEqual(['NONE', 'NOTHING', 'BTCUSDT', 'ETHUSDT', 'BTCUSDT', 'NONE']);
  });

  test('does not remember a failure', async () => {
    const { cached, fail } = counting();
    const sequence = await head();
    fail(true);
    await expect(cached.moment(sequence).of(null)).rejects.toThrow('the database is away');
    fail(false);
    expect((await cached.moment(sequence).of(null)).totalTrades).toBeGreaterThan(0);
  });

  test('gives an interval only when asked, the same each time', async () => {
    const performance = await performanceOf(null);
    const interval = await performance.expectancyInterval();
    expect(interval!.low).toBeLessThan(interval!.high);
    expect(await (await performanceOf(null)).expectancyInterval()).toEqual(interval);
  });
});

test('while trades are opened and closed, every answer is of one moment: nothing is open and closed at once, nothing is missing', async () => {
  const store = new PerformanceStore(database.prisma, turn);
  const opened: OpenedTrade[] = [];
  for (let each = 0; each < 40; each += 1) opened.push(await open());
  let writing = true;
  const writes = (async () => {
    for (const each of opened) await Promise.all([close(each), open()]);
  })().finally(() => (writing = false));
  const slices: Awaited<ReturnType<PerformanceStore['slice']>>[] = [];
  while (writing) slices.push(...(await Promise.all([store.slice(null), store.slice(null), store.slice({ status: ['OPEN'] })])));
  await writes;

  const events = await database.prisma.event.findMany({ orderBy: { sequence: 'asc' } });
  expect(slices.length).toBeGreaterThan(10);
  expect(new Set(slices.map(({ sequence }) => sequence)).size).toBeGreaterThan(5);
  for (const [place, slice] of slices.entries()) {
    const told = events.slice(0, Number(slice.sequence));
    const idsOf = (kind: string) => told.filter((event) => event.kind === kind).map((event) => event.tradeId!);
    const closed = idsOf('TradeClosed');
    const isClosed = new Set(closed);
    expect(slice.open.map(({ id }) => id).sort()).toEqual(
      idsOf('TradeOpened')
        .filter((id) => !isClosed.has(id))
        .sort(),
    );
    // What is open in the answer looks open, although it may be closed by now.
    expect(new Set(slice.open.map(({ status }) => status))).toEqual(new Set(['OPEN']));
    expect(
      slice.open.every(
        ({ exitPrice, closedSequence, signal }) => exitPrice === null && closedSequence === null && signal.status === 'ACTIVE',
      ),
    ).toBe(true);
    if (place % 3 === 2) continue;
    expect(slice.closed.map(({ id }) => id)).toEqual(closed);
    expect(slice.signals.total).toBe(told.filter(({ kind }) => kind === 'SignalReceived').length);
  }
});
