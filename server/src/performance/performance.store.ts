import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { Decimal } from '../kernel/decimal.ts';
import { TRADE_INCLUDE } from '../trades/rows.ts';
import type { TradeRow } from '../trades/rows.ts';
import type { Direction } from '../trades/trade.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { whereSignal, whereTrade } from '../trades/trades.store.ts';
import type { ClosedTrade } from './closed-trade.ts';
import type { RecordSlice } from './track-record.ts';

interface ClosedRow {
  id: string;
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

export class PerformanceStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async head(): Promise<bigint> {
    const { sequence } = await this.#prisma.recordHead.findUniqueOrThrow({ where: { id: 1 } });
    return sequence;
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
  const { sequence } = await snapshot.recordHead.findUniqueOrThrow({ where: { id: 1 } });
  const [signals] = await snapshot.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM signals s JOIN bots b ON b.id = s.bot_id LEFT JOIN paper_trades t ON t.signal_id = s.id
    WHERE ${whereSignal(filter)}`;
  const closed = await snapshot.$queryRaw<ClosedRow[]>`
    SELECT t.id::text AS id, t.direction, t.quantity, t.entry_price, t.stop_loss, t.take_profit, t.fee_rate, t.position_size, t.gross_pnl,
      t.fees, t.realized_pnl, t.entry_time, t.exit_time, t.ambiguous
    ${from} AND t.status <> 'OPEN' ORDER BY t.closed_sequence`;
  const places = await snapshot.$queryRaw<
    { id: string }[]
  >`SELECT t.id::text AS id ${from} AND t.status = 'OPEN' ORDER BY t.entry_time, t.id`;
  const ids = places.map(({ id }) => id);
  const rows = await snapshot.paperTrade.findMany({ where: { id: { in: ids } }, include: TRADE_INCLUDE });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const open = ids.map((id) => byId.get(id) as TradeRow);
  return { sequence, totalSignals: signals?.count ?? 0, closed: closed.map(closedTrade), open };
}

function closedTrade(row: ClosedRow): ClosedTrade {
  const exact = (value: Prisma.Decimal): Decimal => new Decimal(value.toFixed());
  return {
    id: row.id,
    direction: row.direction as Direction,
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
  };
}
