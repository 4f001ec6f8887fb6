import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { Decimal } from '../kernel/decimal.ts';
import { headOf } from '../record/record.store.ts';
import type { MarketType } from '../ticks/tick.ts';
import { TRADE_INCLUDE } from '../trades/rows.ts';
import type { ClosedStatus, Direction } from '../trades/trade.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { matchesFilter } from '../trades/trade-filter.ts';
import { whereSignal } from '../trades/trades.store.ts';
import { closedTradeOf } from './closed-trade.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { ClosedTrades } from './closed-trades.ts';
import type { ReadClosed } from './closed-trades.ts';
import { BREAKDOWN_KEYS } from './breakdown.ts';
import type { BreakdownKey } from './breakdown.ts';
import type { RecordSlice, SignalCounts, SignalGroup, SliceReader } from './record-slice.ts';

interface ClosedRow {
  id: string;
  closed_sequence: bigint;
  status: string;
  bot: string;
  strategy: string;
  symbol: string;
  market_type: string;
  timeframe: string;
  direction: string;
  quantity: Prisma.Decimal;
  entry_price: Prisma.Decimal;
  stop_loss: Prisma.Decimal;
  take_profit: Prisma.Decimal;
  fee_rate: Prisma.Decimal;
  position_size: Prisma.Decimal;
  gross_pnl: Prisma.Decimal;
  fees: Prisma.Decimal;
  realized_pnl: Prisma.Decimal;
  entry_time: Date;
  exit_time: Date;
  ambiguous: boolean;
}

type Reader = Pick<Prisma.TransactionClient, '$queryRaw'>;

export class PerformanceStore implements SliceReader {
  readonly #prisma: PrismaClient;
  readonly #closed = new ClosedTrades();

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async firstSignalAt(): Promise<Date | null> {
    const first = await this.#prisma.signal.aggregate({ _min: { receivedAt: true } });
    return first._min.receivedAt;
  }

  /** Everything of one moment: all parts are read in one snapshot of the database, so that they cannot contradict each other. */
  async slice(filter: TradeFilter | null | undefined): Promise<RecordSlice> {
    // What is long, the first read of all, comes before the snapshot and not within it.
    await this.#closed.catchUp(closedReader(this.#prisma));
    return this.#prisma.$transaction((snapshot) => this.#read(snapshot, filter), { isolationLevel: 'RepeatableRead' });
  }

  async #read(snapshot: Prisma.TransactionClient, filter: TradeFilter | null | undefined): Promise<RecordSlice> {
    const sequence = await headOf(snapshot);
    const signals = await readSignals(snapshot, filter);
    const closed = await this.#closed.until(sequence, filter, closedReader(snapshot));
    const rows = await snapshot.paperTrade.findMany({
      where: { status: 'OPEN' },
      include: TRADE_INCLUDE,
      orderBy: [{ entryTime: 'asc' }, { id: 'asc' }],
    });
    return { sequence, signals, closed, open: rows.filter((row) => matchesFilter(row, filter)) };
  }
}

/** Reads by any one connection, a snapshot's or another. */
function closedReader(database: Reader): ReadClosed {
  return async (afterSequence, limit) => {
    const rows = await database.$queryRaw<ClosedRow[]>`
      SELECT t.id::text AS id, t.closed_sequence, t.status, b.slug AS bot, s.strategy, t.symbol, t.market_type, s.timeframe, t.direction, t.quantity,
        t.entry_price, t.stop_loss, t.take_profit, t.fee_rate, t.position_size, t.gross_pnl, t.fees, t.realized_pnl, t.entry_time, t.exit_time, t.ambiguous
      FROM paper_trades t JOIN signals s ON s.id = t.signal_id JOIN bots b ON b.id = s.bot_id
      WHERE t.closed_sequence > ${afterSequence} ORDER BY t.closed_sequence LIMIT ${limit}`;
    return rows.map(closedTradeOfRow);
  };
}

/** The signals by each key of a breakdown and by what became of them, counted in one pass. KEY_OF in breakdown.ts says the same of trades. */
async function readSignals(snapshot: Prisma.TransactionClient, filter: TradeFilter | null | undefined): Promise<SignalCounts> {
  const rows = await snapshot.$queryRaw<(SignalGroup & { by: BreakdownKey | null; key: string | null })[]>`
    SELECT CASE 0 ${caseOfKeys((key) => `'${key}'`)} END AS "by", CASE 0 ${caseOfKeys((key) => `"${key}"`)} END AS key,
      status, "leftOutReason", "tradeStatus", count(*)::int AS count
    FROM (
      SELECT b.slug AS "BOT", s.strategy AS "STRATEGY", s.symbol AS "SYMBOL", s.market_type AS "MARKET_TYPE", s.direction AS "DIRECTION",
        s.timeframe AS "TIMEFRAME", extract(isodow FROM s.received_at AT TIME ZONE 'UTC')::text AS "WEEKDAY",
        to_char(s.received_at AT TIME ZONE 'UTC', 'HH24') AS "HOUR", s.status, s.left_out_reason AS "leftOutReason", t.status AS "tradeStatus"
      FROM signals s JOIN bots b ON b.id = s.bot_id LEFT JOIN paper_trades t ON t.signal_id = s.id WHERE ${whereSignal(filter)}
    ) AS meant
    GROUP BY GROUPING SETS (${Prisma.raw(BREAKDOWN_KEYS.map((key) => `("${key}")`).join(', '))}, (status, "leftOutReason", "tradeStatus"))`;
  const groups = rows.filter(({ by }) => by === null);
  const mapOf = (by: BreakdownKey) => new Map(rows.filter((row) => row.by === by).map(({ key, count }) => [key ?? '', count]));
  return {
    total: groups.reduce((sum, { count }) => sum + count, 0),
    groups,
    by: Object.fromEntries(BREAKDOWN_KEYS.map((by) => [by, mapOf(by)])) as unknown as SignalCounts['by'],
  };
}

/** One branch for each key, taken where the row is grouped by it. */
function caseOfKeys(result: (key: BreakdownKey) => string): Prisma.Sql {
  return Prisma.raw(BREAKDOWN_KEYS.map((key) => `WHEN grouping("${key}") THEN ${result(key)}`).join(' '));
}

/** One copy of what many rows have, by its text. */
function shared<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (!known.has(text)) known.set(text, make(text));
    return known.get(text) as T;
  };
}

const once = shared((text) => text);
const rateOnce = shared((text) => new Decimal(text));

function closedTradeOfRow(row: ClosedRow): ClosedTrade {
  return closedTradeOf({
    id: row.id,
    closedSequence: row.closed_sequence,
    bot: once(row.bot),
    strategy: once(row.strategy),
    symbol: once(row.symbol),
    marketType: once(row.market_type) as MarketType,
    timeframe: once(row.timeframe),
    direction: once(row.direction) as Direction,
    status: once(row.status) as ClosedStatus,
    quantity: new Decimal(row.quantity),
    entryPrice: new Decimal(row.entry_price),
    stopLoss: new Decimal(row.stop_loss),
    takeProfit: new Decimal(row.take_profit),
    feeRate: rateOnce(row.fee_rate.toFixed()),
    positionSize: rateOnce(row.position_size.toFixed()),
    grossPnl: new Decimal(row.gross_pnl),
    fees: new Decimal(row.fees),
    realizedPnl: new Decimal(row.realized_pnl),
    entryTimeMs: row.entry_time.getTime(),
    exitTimeMs: row.exit_time.getTime(),
    ambiguous: row.ambiguous,
  });
}
