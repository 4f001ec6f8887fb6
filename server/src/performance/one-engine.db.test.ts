import { setImmediate as turn } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { ManualClock } from '../../testkit/manual-clock.ts';
import { addBot, closeTrade, newSignal, openTrade, T0 } from '../../testkit/stored-record.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { Decimal, toPlain, ZERO } from '../kernel/decimal.ts';
import { RecordStore } from '../record/record.store.ts';
import { SignalsStore } from '../signals/signals.store.ts';
import { PriceBoard } from '../ticks/price-board.ts';
import { TRADE_STATUSES } from '../trades/trade.ts';
import { TRADE_RESULTS } from '../trades/trade-filter.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { whereSignal, whereTrade } from '../trades/trades.store.ts';
import { BREAKDOWN_KEYS } from './breakdown.ts';
import { CSV, JSON_DOCUMENT } from './export-format.ts';
import type { ExportFormat } from './export-format.ts';
import type { ExportRow } from './export-columns.ts';
import { ExportStore } from './export.store.ts';
import type { Performance } from './figures.ts';
import { PerformanceStore } from './performance.store.ts';
import { seededRandom } from './seeded-random.ts';
import { TrackRecord } from './track-record.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'PEPEUSDT'];
const STRATEGIES = ['default', '=1+1', '-trend', '"quoted, with a comma"', 'line\nbreak'];
const DAY_MS = 86_400_000;
const random = seededRandom(7);
const pick = <T>(list: readonly T[]): T => list[random() % list.length]!;

let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let record: TrackRecord;
let exporting: ExportStore;

/** Trades of 100 days at prices of eight orders of magnitude, so that every sum has all of its decimals. */
async function addTrade(bots: readonly string[], place: number): Promise<void> {
  const direction = pick(['LONG', 'SHORT'] as const);
  const entryPrice = new Decimal(1 + (random() % 1_000_000)).div(pick([1, 1_000, 1e9])).toDecimalPlaces(12);
  const [low, high] = [entryPrice.times('0.98765'), entryPrice.times('1.01234')];
  const [takeProfit, stopLoss] = direction === 'LONG' ? [high, low] : [low, high];
  const marketType = pick(['SPOT', 'FUTURES'] as const);
  const levels = {
    symbol: pick(SYMBOLS),
    strategy: pick(STRATEGIES),
    timeframe: pick(['1m', '1h'] as const),
    marketType,
    direction,
    entryPrice,
  };
  const receivedAt = new Date(T0 + (random() % (100 * DAY_MS)));
  const signal = { ...levels, takeProfit, stopLoss, receivedAt, note: pick([null, '@SUM(A1)', '\t"tab"', 'plain, and "quoted"']) };
  const opened = await openTrade(database.prisma, pick(bots), signal);
  if (place % 4 === 0) return;
  const status = pick(['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'] as const);
  const exitTime = new Date(receivedAt.getTime() + (random() % (3 * DAY_MS)));
  await closeTrade(database.prisma, opened, status, { exitTime, ...(status === 'CLOSED_EXPIRED' && { price: pick([entryPrice, low]) }) });
}

beforeAll(async () => {
  database = await openFreshDatabase();
  const bots = [await addBot(database.prisma, 'one'), await addBot(database.prisma, 'two')];
  for (let place = 0; place < 200; place += 1) await addTrade(bots, place);
  for (const each of ['PENDING', 'ACTIVE', 'ACTIVE'] as const) {
    const leftOut = each === 'ACTIVE' ? { leftOutReason: 'MARKET_TYPE_NOT_TRACKED' } : {};
    await new SignalsStore(database.prisma).insert(newSignal(bots[0]!, { status: each, strategy: 'untraded', ...leftOut }), null);
  }
  const clock = new ManualClock(new Date(T0 + 200 * DAY_MS));
  const options = {
    capitalBase: new Decimal(1000),
    maxCachedFilters: 5,
    maxCachedTrades: 100_000,
    maxConcurrentReads: 4,
    turn,
    metricsMaxAgeMs: 0,
    maxIntervalTrades: 1_000_000,
    maxBreakdownRows: 100,
  };
  const head = () => new RecordStore(database.prisma).head();
  record = new TrackRecord(new PerformanceStore(database.prisma, turn), head, new PriceBoard(clock), clock, options);
  exporting = new ExportStore(database.prisma);
});

const someOf = <T>(...values: T[]) => fc.option(fc.subarray(values), { freq: 3 });
const time = fc.integer({ min: T0, max: T0 + 103 * DAY_MS }).map((ms) => new Date(ms));
const filters = fc.record<TradeFilter>(
  {
    bot: someOf('one', 'two'),
    strategy: someOf(...STRATEGIES, 'untraded'),
    symbol: someOf(...SYMBOLS),
    marketType: someOf('SPOT', 'FUTURES'),
    direction: someOf('LONG', 'SHORT'),
    timeframe: someOf('1m', '1h'),
    status: someOf(...TRADE_STATUSES),
    result: someOf(...TRADE_RESULTS),
    from: fc.option(time, { freq: 2 }),
    to: fc.option(time, { freq: 2 }),
  },
  { requiredKeys: [] },
);

interface Sums {
  signals: number;
  closed: number;
  open: number;
  wins: number;
  losses: number;
  pnl: string;
  gross: string;
  fees: string;
}
async function plainSums(filter: TradeFilter): Promise<Sums> {
  const [sums] = await database.prisma.$queryRaw<Sums[]>`
    SELECT (SELECT count(*)::int FROM signals s JOIN bots b ON b.id = s.bot_id LEFT JOIN paper_trades t ON t.signal_id = s.id
        WHERE ${whereSignal(filter)}) AS signals,
      count(*) FILTER (WHERE t.status LIKE 'CLOSED%')::int AS closed, count(*) FILTER (WHERE t.status = 'OPEN')::int AS open,
      count(*) FILTER (WHERE t.realized_pnl > 0)::int AS wins, count(*) FILTER (WHERE t.realized_pnl < 0)::int AS losses,
      trim_scale(coalesce(sum(t.realized_pnl), 0))::text AS pnl, trim_scale(coalesce(sum(t.gross_pnl), 0))::text AS gross,
      trim_scale(coalesce(sum(t.fees), 0))::text AS fees
    FROM paper_trades t JOIN signals s ON s.id = t.signal_id JOIN bots b ON b.id = s.bot_id WHERE ${whereTrade(filter)}`;
  return sums!;
}

const total = <T>(rows: readonly T[], amountOf: (row: T) => Decimal | string) =>
  toPlain(rows.reduce((sum, row) => sum.plus(amountOf(row)), ZERO));
const count = <T>(rows: readonly T[], countOf: (row: T) => number) => rows.reduce((sum, row) => sum + countOf(row), 0);

function sumsOf(performances: readonly Performance[]): Sums {
  return {
    signals: count(performances, ({ totalSignals }) => totalSignals),
    closed: count(performances, ({ closedTrades }) => closedTrades),
    open: count(performances, ({ openPositions }) => openPositions),
    wins: count(performances, ({ wins }) => wins),
    losses: count(performances, ({ losses }) => losses),
    pnl: total(performances, ({ totalPnl }) => totalPnl),
    gross: total(performances, ({ grossPnl }) => grossPnl),
    fees: total(performances, ({ fees }) => fees),
  };
}

/** A whole download, its windows smaller than the record. */
async function download(format: ExportFormat, filter: TradeFilter, sequence: bigint): Promise<string> {
  let text = format.begin({ asOf: new Date(T0), sequence, filter });
  let first = true;
  for (let after = 0n; after < sequence; after += 97n) {
    const until = after + 97n < sequence ? after + 97n : sequence;
    const rows: ExportRow[] = await exporting.window(filter, sequence, after, until);
    if (rows.length > 0) text += format.rows(rows, first);
    first &&= rows.length === 0;
  }
  return text + format.end();
}

type Exported = Record<'id' | 'status' | 'realizedPnl' | 'grossPnl' | 'fees' | 'strategy' | 'note', string>;

function sumsOfRows(rows: readonly Exported[], signals: number): Sums {
  const closed = rows.filter(({ status }) => status !== 'OPEN');
  return {
    signals,
    closed: closed.length,
    open: rows.length - closed.length,
    wins: closed.filter(({ realizedPnl }) => new Decimal(realizedPnl).gt(0)).length,
    losses: closed.filter(({ realizedPnl }) => new Decimal(realizedPnl).lt(0)).length,
    pnl: total(closed, ({ realizedPnl }) => realizedPnl),
    gross: total(closed, ({ grossPnl }) => grossPnl),
    fees: total(closed, ({ fees }) => fees),
  };
}

test('summary, rows of every breakdown, curve, periods, distribution, both downloads and plain SQL agree to the last digit for any filter', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(filters, async (filter) => {
      const [sums, figures] = await Promise.all([plainSums(filter), record.moment().of(filter)]);
      const performance = figures.performance();
      expect(sumsOf([performance])).toEqual(sums);
      expect(performance.totalTrades).toBe(figures.totalTrades);

      for (const by of BREAKDOWN_KEYS) {
        const rows = figures.breakdown(by);
        expect(sumsOf(rows.map((row) => row.performance)), by).toEqual(sums);
        expect(new Set(rows.map(({ key }) => key)).size, by).toBe(rows.length);
        expect(await figures.leaderboard(by, 'TOTAL_PNL', { minTrades: 0, minDays: 0 }), by).toHaveLength(rows.length);
      }
      const end = figures.equityCurve(20).at(-1);
      expect([toPlain(end?.totalPnl ?? ZERO), end?.closedTrades ?? 0]).toEqual([sums.pnl, sums.closed]);
      for (const period of ['DAY', 'WEEK', 'MONTH'] as const) {
        const periods = figures.pnlByPeriod(period);
        expect([total(periods, ({ pnl }) => pnl), count(periods, (each) => each.closedTrades), count(periods, ({ wins }) => wins)]).toEqual(
          [sums.pnl, sums.closed, sums.wins],
        );
      }
      expect(count(figures.pnlDistribution(7), (bin) => bin.count)).toBe(sums.closed);

      const csv: Exported[] = parse(await download(CSV, filter, performance.sequence), { columns: true, record_delimiter: '\r\n' });
      const json = JSON.parse(await download(JSON_DOCUMENT, filter, performance.sequence)) as { trades: Exported[] };
      expect(sumsOfRows(csv, sums.signals)).toEqual(sums);
      expect(sumsOfRows(json.trades, sums.signals)).toEqual(sums);
      expect(csv.map(({ id }) => id)).toEqual(json.trades.map(({ id }) => id));
      seen.add(sums.pnl);
    }),
    { numRuns: 60 },
  );
  expect(seen.size).toBeGreaterThan(20);
});

test('a breakdown’s row is what the filter by its key says, metric by metric', async () => {
  const moment = record.moment();
  const figures = await moment.of(null);
  const fields = {
    BOT: 'bot',
    STRATEGY: 'strategy',
    SYMBOL: 'symbol',
    MARKET_TYPE: 'marketType',
    DIRECTION: 'direction',
    TIMEFRAME: 'timeframe',
  };
  const plain = async ({ expectancyInterval, firstEntryAt, ...rest }: Performance) =>
    JSON.stringify({ ...rest, sequence: String(rest.sequence), interval: await expectancyInterval(), firstEntryAt: firstEntryAt() });
  for (const [by, field] of Object.entries(fields)) {
    const rows = figures.breakdown(by as keyof typeof fields);
    expect(rows.length).toBeGreaterThan(1);
    for (const { key, performance } of rows)
      expect(await plain(performance), key).toBe(await plain((await moment.of({ [field]: [key] })).performance()));
  }
});

test('days and hours are those of the exit, of open trades those of the entry, in UTC', async () => {
  const figures = await record.moment().of(null);
  for (const [by, format] of [
    ['WEEKDAY', 'ID'],
    ['HOUR', 'HH24'],
  ] as const) {
    const rows = await database.prisma.$queryRaw<{ key: string; trades: number; pnl: Prisma.Decimal }[]>`
      SELECT to_char(coalesce(exit_time, entry_time) AT TIME ZONE 'UTC', ${format}) AS key, count(*)::int AS trades, coalesce(sum(realized_pnl), 0) AS pnl
      FROM paper_trades GROUP BY 1 ORDER BY 1`;
    const ours = figures.breakdown(by).filter(({ performance }) => performance.totalTrades > 0);
    expect(ours.map(({ key, performance }) => [key, performance.totalTrades, toPlain(performance.totalPnl)])).toEqual(
      rows.map(({ key, trades, pnl }) => [key, trades, toPlain(new Decimal(pnl.toFixed()))]),
    );
  }
});

test('a download is of one moment: what happens after its sequence is not in it', async () => {
  const sequence = await new RecordStore(database.prisma).head();
  const before = await download(CSV, {}, sequence);
  const open = await database.prisma.paperTrade.findFirstOrThrow({ where: { status: 'OPEN' }, include: { signal: true } });
  const exact = Object.fromEntries(
    (['entryPrice', 'takeProfit', 'stopLoss', 'quantity', 'positionSize', 'feeRate'] as const).map((name) => [
      name,
      new Decimal(open[name].toFixed()),
    ]),
  );
  await closeTrade(database.prisma, { signal: { ...open.signal, ...exact }, trade: { ...open, ...exact } } as never, 'CLOSED_TP');
  await openTrade(database.prisma, open.signal.botId);
  expect(await download(CSV, {}, sequence)).toBe(before);
  const after = await download(CSV, {}, sequence + 3n);
  const lineOf = (text: string) => text.split('\r\n').find((line) => line.startsWith(open.id));
  expect([lineOf(before), lineOf(after)].map((line) => /,(OPEN|CLOSED_TP),/.exec(line ?? '')?.[1])).toEqual(['OPEN', 'CLOSED_TP']);
  expect(after.split('\r\n').length).toBe(before.split('\r\n').length + 1);
});
