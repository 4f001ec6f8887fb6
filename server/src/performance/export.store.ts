import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { whereTrade } from '../trades/trades.store.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { EXPORT_COLUMN_NAMES } from './export-columns.ts';
import type { ExportColumn, ExportRow } from './export-columns.ts';

const decimal = (column: string) => `trim_scale(${column})::text`;
const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Each column over t (the trade as it was), s (its signal) and b (its bot). Numeric is printed in plain digits by PostgreSQL. */
const SQL_OF: Readonly<Record<ExportColumn, string>> = {
  id: 't.id::text',
  signalId: 't.signal_id::text',
  bot: 'b.slug',
  strategy: 's.strategy',
  symbol: 't.symbol',
  marketType: 't.market_type',
  direction: 't.direction',
  timeframe: 's.timeframe',
  confidence: 's.confidence',
  status: 't.status',
  positionSize: decimal('t.position_size'),
  quantity: decimal('t.quantity'),
  feeRate: decimal('t.fee_rate'),
  entryTime: time('t.entry_time'),
  entryPrice: decimal('t.entry_price'),
  takeProfit: decimal('t.take_profit'),
  stopLoss: decimal('t.stop_loss'),
  marketPriceAtEntry: decimal('t.market_price_at_entry'),
  exitTime: time('t.exit_time'),
  exitPrice: decimal('t.exit_price'),
  grossPnl: decimal('t.gross_pnl'),
  fees: decimal('t.fees'),
  realizedPnl: decimal('t.realized_pnl'),
  realizedPnlPct: decimal('t.realized_pnl_pct'),
  closedSequence: 't.closed_sequence::text',
  closedSource: 't.closed_source',
  closedTradeId: 't.closed_trade_id::text',
  closedPrice: decimal('t.closed_price'),
  ambiguous: 't.ambiguous',
  externalId: 's.external_id',
  note: 's.note',
};

const COLUMNS = Prisma.raw(EXPORT_COLUMN_NAMES.map((name) => `${SQL_OF[name]} AS "${name}"`).join(', '));
const FIXED = Prisma.raw(
  ['id', 'signal_id', 'symbol', 'market_type', 'direction', 'position_size', 'quantity', 'fee_rate', 'entry_time', 'entry_price']
    .concat('take_profit', 'stop_loss', 'market_price_at_entry')
    .map((column) => `p.${column}`)
    .join(', '),
);
const SET_BY_CLOSURE = Prisma.raw(
  ['exit_time', 'exit_price', 'gross_pnl', 'fees', 'realized_pnl', 'realized_pnl_pct', 'closed_sequence', 'closed_source']
    .concat('closed_trade_id', 'closed_price')
    .map((column) => `CASE WHEN c.closed THEN p.${column} END AS ${column}`)
    .join(', '),
);

export class ExportStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  /**
   * The trades that were opened by the events after `after` up to `until`, as they were when the record had come to `asOf`: one
   * that was closed later is still open in it. So the whole history is of one moment without a transaction that stays open while a
   * slow reader takes it, and no statement works on more than its window of the record, whatever the filter.
   */
  window(filter: TradeFilter, asOf: bigint, after: bigint, until: bigint): Promise<ExportRow[]> {
    return this.#prisma.$queryRaw<ExportRow[]>`
      SELECT ${COLUMNS}
      FROM (
        SELECT e.sequence AS place, ${FIXED}, ${SET_BY_CLOSURE},
          CASE WHEN c.closed THEN p.status ELSE 'OPEN' END AS status, c.closed AND p.ambiguous AS ambiguous
        FROM events e JOIN paper_trades p ON p.id = e.trade_id, LATERAL (SELECT coalesce(p.closed_sequence <= ${asOf}, false) AS closed) c
        WHERE e.kind = 'TradeOpened' AND e.sequence > ${after} AND e.sequence <= ${until}
      ) t JOIN signals s ON s.id = t.signal_id JOIN bots b ON b.id = s.bot_id
      WHERE ${whereTrade(filter)} ORDER BY t.place`;
  }
}
