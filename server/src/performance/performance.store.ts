import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { Decimal } from '../kernel/decimal.ts';
import { headOf } from '../record/record.store.ts';
import type { MarketType } from '../ticks/tick.ts';
import { TRADE_INCLUDE } from '../trades/rows.ts';
import type { TradeRow } from '../trades/rows.ts';
import type { Direction } from '../trades/trade.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { whereSignal, whereTrade } from '../trades/trades.store.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { BREAKDOWN_KEYS } from './breakdown.ts';
import type { BreakdownKey } from './breakdown.ts';
import type { RecordSlice, SignalCounts, SignalGroup, SliceReader } from './record-slice.ts';

interface ClosedRow {
  id: string;
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

export class PerformanceStore implements SliceReader {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async firstSignalAt(): Promise<Date | null> {
    const first = await this.#prisma.signal.aggregate({ _min: { receivedAt: true } });
    return first._min.receivedAt;
  }

  /** Everything of one moment: all parts are read in one snapshot of the database, so that they cannot contradict each other. */
  slice(filter: TradeFilter | null | undefined): Promise<RecordSlice> {
    return this.#prisma.$transaction((snapshot) => readSlice(snapshot, filter), { isolationLevel: 'RepeatableRead' });
  }
}

async function readSlice(snapshot: Prisma.TransactionClient, filter: TradeFilter | null | undefined): Promise<RecordSlice> {
  const from = Prisma.sql`FROM paper_trades t JOIN signals s ON s.id = t.signal_id JOIN bots b ON b.id = s.bot_id WHERE ${whereTrade(filter)}`;
  const sequence = await headOf(snapshot);
  const signals = await readSignals(snapshot, filter);
  const closed = await snapshot.$queryRaw<ClosedRow[]>`
    SELECT t.id::text AS id, b.slug AS bot, s.strategy, t.symbol, t.market_type, s.timeframe, t.direction, t.quantity, t.entry_price, t.stop_loss, t.take_profit, t.fee_rate, t.position_size, t.gross_pnl,
      t.fees, t.realized_pnl, t.entry_time, t.exit_time, t.ambiguous
    ${from} AND t.status <> 'OPEN' ORDER BY t.closed_sequence`;
  const places = await snapshot.$queryRaw<
    { id: string }[]
  >`SELECT t.id::text AS id ${from} AND t.status = 'OPEN' ORDER BY t.entry_time, t.id`;
  const ids = places.map(({ id }) => id);
  const rows = await snapshot.paperTrade.findMany({ where: { id: { in: ids } }, include: TRADE_INCLUDE });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const open = ids.map((id) => byId.get(id) as TradeRow);
  return { sequence, signals, closed: closed.map(closedTrades()), open };
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

/** Reads rows; a text that many of them have is kept once. */
function closedTrades(): (row: ClosedRow) => ClosedTrade {
  const texts = new Map<string, string>();
  const once = (text: string): string => {
    if (!texts.has(text)) texts.set(text, text);
    return texts.get(text) as string;
  };
  return (row) => ({
    id: row.id,
    bot: once(row.bot),
    strategy: once(row.strategy),
    symbol: once(row.symbol),
    marketType: once(row.market_type) as MarketType,
    timeframe: once(row.timeframe),
    direction: once(row.direction) as Direction,
    quantity: exact(row.quantity),
    entryPrice: exact(row.entry_price),
    stopLoss: exact(row.stop_loss),
    takeProfit: exact(row.take_profit),
    feeRate: exact(row.fee_rate),
    positionSize: exact(row.position_size),
    grossPnl: exact(row.gross_pnl),
    fees: exact(row.fees),
    realizedPnl: exact(row.realized_pnl),
    entryTimeMs: row.entry_time.getTime(),
    exitTimeMs: row.exit_time.getTime(),
    ambiguous: row.ambiguous,
  });
}

function exact(value: Prisma.Decimal): Decimal {
  return new Decimal(value.toFixed());
}
