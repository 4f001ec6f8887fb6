import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../testkit/database.ts';
import { addBot, closeTrade, openTrade, T0 } from '../../testkit/stored-record.ts';
import type { OpenedTrade } from '../../testkit/stored-record.ts';
import { Decimal } from '../kernel/decimal.ts';
import { encodeCursor, PageRequestError } from '../kernel/page.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { seededRandom } from '../performance/seeded-random.ts';
import { TRADE_INCLUDE } from './rows.ts';
import type { TradeRow } from './rows.ts';
import { TRADE_STATUSES } from './trade.ts';
import { filterKey, matchesFilter, TRADE_RESULTS } from './trade-filter.ts';
import type { TradeFilter } from './trade-filter.ts';
import { orderKey, TRADE_ORDER_FIELDS, TradesStore, whereTrade } from './trades.store.ts';
import type { TradeOrder } from './trades.store.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', '1000SHIBUSDT', '币安人生USDT', 'ÄUSDT', 'btcusdt'];
const STRATEGIES = ['default', 'Default', 'trend 🚀', "o'brien"];
const random = seededRandom(1);
const pick = <T>(list: readonly T[]): T => list[random() % list.length]!;

let database: Awaited<ReturnType<typeof openFreshDatabase>>;
let store: TradesStore;
let bots: string[];

/** Few different values, so that every order has many equal ones. */
function open(): Promise<OpenedTrade> {
  const direction = pick(['LONG', 'SHORT'] as const);
  const [takeProfit, stopLoss] = direction === 'LONG' ? [110, 90] : [90, 110];
  const receivedAt = new Date(T0 + (random() % 5) * 1_000);
  return openTrade(database.prisma, pick(bots), {
    symbol: pick(SYMBOLS),
    strategy: pick(STRATEGIES),
    timeframe: pick(['1m', '1M', '1h'] as const),
    marketType: pick(['SPOT', 'FUTURES'] as const),
    direction,
    takeProfit: new Decimal(takeProfit),
    stopLoss: new Decimal(stopLoss),
    receivedAt,
  });
}
async function close(opened: OpenedTrade): Promise<void> {
  const status = pick(['CLOSED_TP', 'CLOSED_SL', 'CLOSED_EXPIRED', 'CLOSED_DELISTED'] as const);
  const price =
    status === 'CLOSED_EXPIRED' || status === 'CLOSED_DELISTED' ? { price: new Decimal(pick(['100', '100.05', '99.123456789'])) } : {};
  // A close may be found to lie before the entry, by two clocks.
  await closeTrade(database.prisma, opened, status, {
    ...price,
    exitTime: new Date(opened.trade.entryTime.getTime() - 500 + (random() % 4) * 1_000),
  });
}

beforeAll(async () => {
  database = await openFreshDatabase();
  store = new TradesStore(database.prisma, { defaultPageSize: 50, maxPageSize: 100 });
  bots = [await addBot(database.prisma, 'one'), await addBot(database.prisma, 'two'), await addBot(database.prisma, 'three')];
  for (let each = 0; each < 110; each += 1) {
    const opened = await open();
    if (each % 4 !== 0) await close(opened);
  }
});

const ORDERS: TradeOrder[] = TRADE_ORDER_FIELDS.flatMap((field) => [
  { field, direction: 'ASC' },
  { field, direction: 'DESC' },
]);
const allRows = () => database.prisma.paperTrade.findMany({ include: TRADE_INCLUDE });

/** The value a trade is ordered by; null for an open one that has none. */
function valueOf(row: TradeRow, field: TradeOrder['field']): Decimal | string | null {
  switch (field) {
    case 'ENTRY_TIME':
      return new Decimal(row.entryTime.getTime());
    case 'EXIT_TIME':
      return row.exitTime && new Decimal(row.exitTime.getTime());
    case 'REALIZED_PNL':
      return row.realizedPnl && new Decimal(row.realizedPnl.toFixed());
    case 'REALIZED_PNL_PCT':
      return row.realizedPnlPct && new Decimal(row.realizedPnlPct.toFixed());
    case 'DURATION':
      return row.exitTime && new Decimal(row.exitTime.getTime() - row.entryTime.getTime());
    case 'SYMBOL':
      return row.symbol;
  }
}
const compareTexts = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The whole list by a sort in memory. */
function sorted(rows: readonly TradeRow[], { field, direction }: TradeOrder): string[] {
  const sign = direction === 'ASC' ? 1 : -1;
  return rows
    .map((row) => ({ id: row.id, value: valueOf(row, field) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return a.value === b.value ? sign * compareTexts(a.id, b.id) : a.value === null ? 1 : -1;
      const byValue = typeof a.value === 'string' ? compareTexts(a.value, b.value as string) : a.value.cmp(b.value);
      return sign * (byValue || compareTexts(a.id, b.id));
    })
    .map(({ id }) => id);
}

const idsOf = ({ edges }: Page<{ id: string }>) => edges.map(({ node }) => node.id);

/** Walks through all pages from one end, `between` two pages doing what else happens; gives the ids in list order. */
async function walk(
  ask: (request: PageRequest) => Promise<Page<{ id: string }>>,
  size: number,
  backward: boolean,
  between?: () => Promise<void>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 1_000; pages += 1) {
    const page = await ask(backward ? { last: size, before: cursor } : { first: size, after: cursor });
    expect(page.edges.length).toBeLessThanOrEqual(size);
    expect(backward ? page.hasNextPage : page.hasPreviousPage).toBe(cursor !== undefined);
    if (backward) ids.unshift(...idsOf(page));
    else ids.push(...idsOf(page));
    if (!(backward ? page.hasPreviousPage : page.hasNextPage)) return ids;
    expect(page.edges).toHaveLength(size);
    cursor = (backward ? page.edges[0] : page.edges.at(-1))?.cursor;
    await between?.();
  }
  throw new Error('the pages have no end');
}

describe('pages of trades', () => {
  test.for(ORDERS)('$field $direction: put together they are one sorted list, open trades last', async (order) => {
    const expected = sorted(await allRows(), order);
    for (const [size, backward] of [
      [13, false],
      [13, true],
      [100, true],
    ] as const) {
      expect(await walk((request) => store.page(null, order, request), size, backward), `${size} ${backward}`).toEqual(expected);
    }
    expect(idsOf(await store.page(null, order, {}))).toEqual(expected.slice(0, 50));
  });

  test.for(ORDERS)('$field $direction: from any row, the page before and the page after meet there', async (order) => {
    const expected = sorted(await allRows(), order);
    const all = [
      ...(await store.page(null, order, { first: 100 })).edges,
      ...(await store.page(null, order, { last: expected.length - 100 })).edges,
    ];
    expect(all.map(({ node }) => node.id)).toEqual(expected);
    for (let place = 0; place < expected.length; place += 31) {
      const { cursor } = all[place]!;
      expect(idsOf(await store.page(null, order, { first: 5, after: cursor }))).toEqual(expected.slice(place + 1, place + 6));
      expect(idsOf(await store.page(null, order, { last: 5, before: cursor }))).toEqual(expected.slice(Math.max(0, place - 5), place));
    }
  });

  test.for(ORDERS)(
    '$field $direction: while trades are opened and closed in between, each other trade comes once and in order',
    async (order) => {
      for (const backward of [false, true]) {
        const before = await allRows();
        const changed = new Set<string>();
        const ids = await walk(
          (request) => store.page(null, order, request),
          25,
          backward,
          async () => {
            const opened = await open();
            if (random() % 2 === 0) await close(opened);
            changed.add(opened.trade.id);
            const stillOpen = await database.prisma.paperTrade.findMany({
              where: { status: 'OPEN' },
              include: TRADE_INCLUDE,
              orderBy: { id: 'asc' },
            });
            if (random() % 3 > 0 || stillOpen.length < 10) return;
            const row = pick(stillOpen);
            changed.add(row.id);
            const [entryPrice, takeProfit, stopLoss, quantity, positionSize, feeRate] = [
              row.entryPrice,
              row.takeProfit,
              row.stopLoss,
              row.quantity,
              row.positionSize,
              row.feeRate,
            ].map((value) => new Decimal(value.toFixed()));
            await close({
              signal: { ...row.signal, direction: row.direction, entryPrice, takeProfit, stopLoss },
              trade: { ...row, quantity, positionSize, feeRate },
            } as unknown as OpenedTrade);
          },
        );
        expect(changed.size).toBeGreaterThan(3);
        // A trade that closes moves to another place: met at the end while it was open, a walk from the end can meet it again.
        if (!backward) expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => !changed.has(id))).toEqual(
          sorted(
            before.filter(({ id }) => !changed.has(id)),
            order,
          ),
        );
      }
    },
  );

  test('with a filter, too', async () => {
    const filter: TradeFilter = { marketType: ['SPOT'], status: ['OPEN', 'CLOSED_TP'] };
    const order: TradeOrder = { field: 'REALIZED_PNL', direction: 'DESC' };
    const expected = sorted(
      (await allRows()).filter((row) => matchesFilter(row, filter)),
      order,
    );
    expect(expected.length).toBeGreaterThan(20);
    expect(await walk((request) => store.page(filter, order, request), 4, false)).toEqual(expected);
    expect(await store.count(filter)).toBe(expected.length);
  });

  test('nothing that matches', async () => {
    const none: TradeFilter = { symbol: ['NOSUCH'] };
    expect(await store.page(none, ORDERS[0]!, { first: 5 })).toEqual({ edges: [], hasNextPage: false, hasPreviousPage: false });
    expect(await store.count(none)).toBe(0);
  });
});

test('the history’s order is a walk along an index', async () => {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off'); // a short table is sorted at once
    const key = orderKey({ field: 'EXIT_TIME', direction: 'DESC' });
    const { rows } = await client.query(`EXPLAIN SELECT t.id FROM paper_trades t ORDER BY ${key} DESC, t.id DESC LIMIT 50`);
    expect(JSON.stringify(rows)).toContain('Scan Backward using paper_trades_closed_last_idx');
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

describe('pages of signals', () => {
  test('put together they are all signals, newest first', async () => {
    const rows = await database.prisma.signal.findMany();
    const expected = rows.sort((a, b) => b.receivedAt.getTime() - a.receivedAt.getTime() || compareTexts(b.id, a.id)).map(({ id }) => id);
    for (const backward of [false, true]) expect(await walk((request) => store.signalPage(null, request), 17, backward)).toEqual(expected);
    expect(await store.countSignals(null)).toBe(expected.length);
    expect(await store.countSignals({ status: ['OPEN'] })).toBe(await store.count({ status: ['OPEN'] }));
  });
});

describe('a cursor', () => {
  const id = '0192f1c0-0000-7000-8000-000000000000';

  test('of another order is refused, also where its value could be read', async () => {
    const cursors = await Promise.all(ORDERS.map(async (order) => (await store.page(null, order, { first: 1 })).edges[0]!.cursor));
    const ofSignals = (await store.signalPage(null, { first: 1 })).edges[0]!.cursor;
    for (const [place, order] of ORDERS.entries()) {
      for (const [of, cursor] of [...cursors, ofSignals].entries()) {
        if (of === place) continue;
        await expect(store.page(null, order, { first: 1, after: cursor })).rejects.toThrow(PageRequestError);
        await expect(store.page(null, order, { last: 1, before: cursor })).rejects.toThrow(PageRequestError);
      }
    }
    for (const cursor of cursors) await expect(store.signalPage(null, { after: cursor })).rejects.toThrow(PageRequestError);
  });

  test.for([
    ['ENTRY_TIME', 'some day', id],
    ['ENTRY_TIME', '', id],
    ['ENTRY_TIME', '999999-01-01', id],
    ['ENTRY_TIME', "2026-01-01'; DROP TABLE bots; --", id],
    ['EXIT_TIME', '1', id],
    ['REALIZED_PNL', 'x', id],
    ['REALIZED_PNL', '1e999999', id],
    ['DURATION', '', id],
    ['SYMBOL', '\0', id],
    ['SYMBOL', 'BTCUSDT', 'not an id'],
    ['SYMBOL', 'BTCUSDT', ''],
    ['SYMBOL', 'BTCUSDT', '\0'],
  ] as const)('forged, %s %j %j, is a bad request and nothing else', async ([field, value, rowId]) => {
    for (const direction of ['ASC', 'DESC'] as const) {
      const cursor = encodeCursor({ order: `${field} ${direction}`, value, id: rowId });
      await expect(store.page(null, { field, direction }, { first: 1, after: cursor })).rejects.toThrow(PageRequestError);
      await expect(store.page(null, { field, direction }, { last: 1, before: cursor })).rejects.toThrow(PageRequestError);
    }
  });

  test('broken is refused before the database is asked', async () => {
    for (const cursor of ['', 'x', 'AAAA', 'A'.repeat(10_000)])
      await expect(store.page(null, ORDERS[0]!, { after: cursor })).rejects.toThrow(PageRequestError);
  });
});

describe('the filter', () => {
  test('means the same in SQL and in memory', async () => {
    const rows = await allRows();
    const times = rows.flatMap(({ entryTime, exitTime }) => (exitTime ? [entryTime, exitTime] : [entryTime]));
    const time = fc.oneof(
      fc.constantFrom(...times),
      fc.integer({ min: T0 - 1_000, max: T0 + 70_000 }).map((ms) => new Date(ms)),
    );
    const someOf = <T>(...values: T[]) => fc.option(fc.subarray(values), { freq: 2 });
    const filters = fc.record<TradeFilter>(
      {
        bot: someOf('one', 'two', 'nobody', 'ONE'),
        strategy: someOf(...STRATEGIES, 'other', '', '\0', '\ud800'),
        symbol: someOf(...SYMBOLS, 'Btcusdt', 'A\0', "'"),
        marketType: someOf('SPOT', 'FUTURES'),
        direction: someOf('LONG', 'SHORT'),
        timeframe: someOf('1m', '1M', '1h', '1H', '\0'),
        status: someOf(...TRADE_STATUSES),
        result: someOf(...TRADE_RESULTS),
        from: fc.option(time, { freq: 2 }),
        to: fc.option(time, { freq: 2 }),
      },
      { requiredKeys: [] },
    );
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const expected = rows.filter((row) => matchesFilter(row, filter)).map(({ id }) => id);
        const found = await database.prisma.$queryRaw<{ id: string }[]>`
          SELECT t.id::text AS id FROM paper_trades t JOIN signals s ON s.id = t.signal_id JOIN bots b ON b.id = s.bot_id WHERE ${whereTrade(filter)}`;
        expect(found.map(({ id }) => id).sort()).toEqual(expected.sort());
        expect(await store.count(filter)).toBe(expected.length);
        seen.add(expected.length);
      }),
      { numRuns: 150 },
    );
    expect(seen.size).toBeGreaterThan(20); // neither always all nor always none
  });

  test('an empty list is no condition, and a list of what cannot be stored matches nothing', async () => {
    const all = await store.count(null);
    for (const name of ['bot', 'strategy', 'symbol', 'marketType', 'direction', 'timeframe', 'status', 'result'] as const) {
      expect(await store.count({ [name]: [] }), name).toBe(all);
      expect(filterKey({ [name]: [] }), name).toBe(filterKey(null));
    }
    expect(await store.count({ symbol: ['\0'] })).toBe(0);
    expect((await store.signalPage({ result: [] }, {})).edges).toHaveLength(50);
  });

  test('a result is that of a closed trade', async () => {
    const rows = await allRows();
    const counts = await Promise.all(TRADE_RESULTS.map((result) => store.count({ result: [result] })));
    expect(counts).toEqual([
      rows.filter(({ realizedPnl }) => realizedPnl && realizedPnl.toNumber() > 0).length,
      rows.filter(({ realizedPnl }) => realizedPnl && realizedPnl.toNumber() < 0).length,
      rows.filter(({ realizedPnl }) => realizedPnl?.toNumber() === 0).length,
    ]);
    expect(counts[0]! + counts[1]!).toBeGreaterThan(20);
    expect(counts.reduce((sum, count) => sum + count)).toBe(rows.filter(({ status }) => status !== 'OPEN').length);
  });

  test('bounds are inclusive to the millisecond: exit time of closed trades, entry time of open ones', async () => {
    const entered = new Date('2030-01-01T00:00:00.500Z');
    const [isOpen, isClosed] = [
      await openTrade(database.prisma, bots[0]!, { receivedAt: entered }),
      await openTrade(database.prisma, bots[0]!, { receivedAt: entered }),
    ];
    const exitTime = new Date('2030-01-01T00:00:01.000Z');
    await closeTrade(database.prisma, isClosed, 'CLOSED_TP', { exitTime });
    const idsIn = async (from: string, to: string) =>
      idsOf(await store.page({ from: new Date(from), to: new Date(to) }, { field: 'ENTRY_TIME', direction: 'ASC' }, {}));
    expect(await idsIn('2030-01-01T00:00:00.500Z', '2030-01-01T00:00:00.500Z')).toEqual([isOpen.trade.id]);
    expect(await idsIn('2030-01-01T00:00:00.501Z', '2030-01-01T00:00:01.000Z')).toEqual([isClosed.trade.id]);
    expect(await idsIn('2030-01-01T00:00:00.501Z', '2030-01-01T00:00:00.999Z')).toEqual([]);
    expect(await idsIn('2030-01-01T00:00:01.000Z', '2030-01-01T00:00:00.500Z')).toEqual([]);
  });
});

describe('find', () => {
  test('a trade with its signal and bot, or nothing', async () => {
    const opened = await open();
    expect(await store.find(opened.trade.id)).toMatchObject({
      id: opened.trade.id,
      signal: { id: opened.signal.id, bot: { id: opened.signal.botId } },
    });
    expect((await store.find(opened.trade.id.toUpperCase()))?.id).toBe(opened.trade.id);
    for (const id of ['', 'x', '\0', opened.signal.id, `${opened.trade.id} `]) expect(await store.find(id)).toBeNull();
  });
});
