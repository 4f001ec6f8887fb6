import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { PREPARED } from '../kernel/prepared.ts';
import { isDataRefused } from '../kernel/sql-error.ts';
import { symbolKey } from '../ticks/tick.ts';
import type { MarketType, SymbolKey, Tick } from '../ticks/tick.ts';
import { JOINED_EVENT } from '../record/record.store.ts';
import type { EventRow } from '../record/record.store.ts';
import type { RecordEvent } from '../record/event.ts';
import { TRADE_INCLUDE } from '../trades/rows.ts';
import type { Closure } from './closure.ts';
import type { OpenTrade } from './closing.ts';
import type { CursorMoment, SymbolStretch } from './cursor-saver.ts';
import type { Cursor } from './start-point.ts';

/** The number of the newest term of leadership; 0 before the first. */
export async function currentTerm(prisma: PrismaClient): Promise<number> {
  const { term } = await prisma.leadership.findUniqueOrThrow({ where: { id: 1 } });
  return Number(term);
}

/** Writes for one term of leadership: once another worker leads, every write is refused as a whole. */
export class ClosuresStore {
  readonly #prisma: PrismaClient;
  readonly #term: number;

  constructor(prisma: PrismaClient, term: number) {
    this.#prisma = prisma;
    this.#term = term;
  }

  async openTrades(): Promise<OpenTrade[]> {
    // By way of the signal: its events are found by an index.
    const opening = { where: { kind: 'TradeOpened' }, select: { sequence: true } };
    const include = { signal: { include: { ...TRADE_INCLUDE.signal.include, events: opening } } };
    const rows = await this.#prisma.paperTrade.findMany({ where: { status: 'OPEN' }, include });
    return rows.map((row) => {
      const [opened] = row.signal.events;
      if (!opened) throw new Error(`no event tells that the trade ${row.id} was opened`);
      return { row, openedSequence: opened.sequence };
    });
  }

  async cursors(): Promise<Map<SymbolKey, Cursor>> {
    const rows = await this.#prisma.symbolCursor.findMany();
    return new Map(
      rows.map((row) => [
        symbolKey(row.marketType as MarketType, row.symbol),
        {
          lastTradeId: Number(row.lastTradeId),
          lastPrice: row.lastPrice.toFixed(),
          lastTimeMs: row.lastTime.getTime(),
          recordSequence: row.recordSequence,
        },
      ]),
    );
  }

  /**
   * Closes the trades that are still open, each with its event, its signal's move to CLOSED and its place in the record, in
   * one statement: all of it or nothing. The database decides that a trade closes once; the answer is the events of those that did.
   */
  async close(closures: readonly Closure[], at: Date): Promise<RecordEvent[]> {
    const rows = closures.map((closure, place) => ({
      place,
      id: closure.tradeId,
      status: closure.status,
      exit_price: closure.exitPrice.toFixed(),
      exit_time: closure.exitTime.toISOString(),
      gross_pnl: closure.grossPnl.toFixed(),
      fees: closure.fees.toFixed(),
      realized_pnl: closure.realizedPnl.toFixed(),
      realized_pnl_pct: closure.realizedPnlPct.toFixed(),
      source: closure.source,
      trade_id: closure.aggregateTradeId === null ? null : String(closure.aggregateTradeId),
      price: closure.price.toFixed(),
      ambiguous: closure.ambiguous,
    }));
    const told = await this.#prisma.$queryRaw<EventRow[]>`${Prisma.raw(PREPARED)}
      WITH fence AS MATERIALIZED (SELECT require_term(${this.#term}::bigint)),
      closure AS (
        SELECT c.* FROM fence, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS c (place int, id uuid, status text, exit_price numeric, exit_time timestamptz,
          gross_pnl numeric, fees numeric, realized_pnl numeric, realized_pnl_pct numeric, source text, trade_id bigint, price numeric, ambiguous boolean)
      ),
      -- Locked in the order of their ids, so that two closers cannot wait for each other.
      still_open AS (
        SELECT t.id, t.signal_id FROM paper_trades t JOIN closure c ON c.id = t.id WHERE t.status = 'OPEN' ORDER BY t.id FOR UPDATE OF t
      ),
      numbered AS (
        SELECT c.*, o.signal_id, row_number() OVER (ORDER BY c.place) AS number FROM closure c JOIN still_open o ON o.id = c.id
      ),
      signal AS (
        UPDATE signals s SET status = 'CLOSED' FROM numbered n WHERE s.id = n.signal_id RETURNING s.*
      ),
      head AS (
        UPDATE record_head SET sequence = sequence + (SELECT count(*) FROM signal) WHERE EXISTS (SELECT 1 FROM signal)
        RETURNING sequence - (SELECT count(*) FROM signal) AS before
      ),
      closed AS (
        UPDATE paper_trades t SET status = n.status, exit_price = n.exit_price, exit_time = n.exit_time, gross_pnl = n.gross_pnl, fees = n.fees,
          realized_pnl = n.realized_pnl, realized_pnl_pct = n.realized_pnl_pct, closed_source = n.source, closed_trade_id = n.trade_id,
          closed_price = n.price, ambiguous = n.ambiguous, closed_sequence = head.before + n.number
        FROM numbered n, head WHERE t.id = n.id
        RETURNING t.*
      ),
      told AS (
        INSERT INTO events (sequence, time, kind, signal_id, trade_id)
        SELECT closed_sequence, ${at}::timestamptz, 'TradeClosed', signal_id, id FROM closed ORDER BY closed_sequence
        RETURNING *
      )
      SELECT ${JOINED_EVENT.columns}
      FROM told e JOIN signal s ON s.id = e.signal_id JOIN bots b ON b.id = s.bot_id JOIN closed t ON t.id = e.trade_id
      ORDER BY e.sequence`;
    return told.map(JOINED_EVENT.of);
  }

  isRefusal(error: unknown): boolean {
    return isDataRefused(error);
  }

  /** Saves how far the symbols' streams are applied and what was looked up afterwards, in one statement; a cursor never moves back. */
  async saveCursors(ticks: readonly Tick[], { at, recordSequence }: CursorMoment, stretches: readonly SymbolStretch[] = []): Promise<void> {
    const repaired = stretches.map((stretch) => ({
      market_type: stretch.marketType,
      symbol: stretch.symbol,
      from_time: new Date(stretch.fromMs).toISOString(),
      to_time: new Date(stretch.toMs).toISOString(),
      from_id: stretch.fromId === null ? null : String(stretch.fromId),
      to_id: stretch.toId === null ? null : String(stretch.toId),
      source: stretch.source,
    }));
    const rows = ticks.map((tick) => ({
      market_type: tick.marketType,
      symbol: tick.symbol,
      trade_id: String(tick.id),
      price: tick.price,
      time: new Date(tick.timeMs).toISOString(),
    }));
    await this.#prisma.$executeRaw`${Prisma.raw(PREPARED)}
      WITH fence AS MATERIALIZED (SELECT require_term(${this.#term}::bigint)),
      repaired AS (
        INSERT INTO repaired_stretches (market_type, symbol, from_time, to_time, from_trade_id, to_trade_id, source)
        SELECT s.* FROM fence, jsonb_to_recordset(${JSON.stringify(repaired)}::jsonb) AS s (market_type text, symbol text, from_time timestamptz,
          to_time timestamptz, from_id bigint, to_id bigint, source text)
      )
      INSERT INTO symbol_cursors (market_type, symbol, last_trade_id, last_price, last_time, saved_at, record_sequence)
      SELECT market_type, symbol, trade_id, price, time, ${at}::timestamptz, ${recordSequence}::bigint
      FROM fence, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS c (market_type text, symbol text, trade_id bigint, price numeric, time timestamptz)
      ORDER BY market_type, symbol
      ON CONFLICT (market_type, symbol) DO UPDATE SET last_trade_id = EXCLUDED.last_trade_id, last_price = EXCLUDED.last_price,
        last_time = EXCLUDED.last_time, saved_at = EXCLUDED.saved_at, record_sequence = EXCLUDED.record_sequence
      WHERE symbol_cursors.last_trade_id <= EXCLUDED.last_trade_id`;
  }
}
