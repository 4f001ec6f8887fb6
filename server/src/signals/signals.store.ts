import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { Decimal } from '../kernel/decimal.ts';
import { PREPARED } from '../kernel/prepared.ts';
import type { RecordEvent } from '../record/event.ts';
import { JOINED_EVENT } from '../record/record.store.ts';
import type { EventRow } from '../record/record.store.ts';
import type { MarketType } from '../ticks/tick.ts';
import { SIGNAL_INCLUDE } from '../trades/rows.ts';
import type { SignalRow } from '../trades/rows.ts';
import type { Direction } from '../trades/trade.ts';
import type { NewSignal, NewTrade, SignalStore } from './accept-signal.ts';
import type { PendingSignalStore, StoredSignal } from './change-signal.ts';

/**
 * Each write is one SQL statement: signal, trade, the head of the record and the events stand or fall together, without
 * a transaction held open between round trips. The row of record_head is locked last, in every writer, so that writers
 * queue there in the order of their sequence and cannot deadlock.
 */
export class SignalsStore implements SignalStore, PendingSignalStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async insert(signal: NewSignal, trade: NewTrade | null): Promise<RecordEvent[]> {
    const received = Prisma.sql`
      INSERT INTO signals (id, bot_id, external_id, content_hash, symbol, market_type, direction, entry_price, take_profit, stop_loss,
        confidence, timeframe, strategy, status, note, sent_at, received_at, expires_at, left_out_reason)
      VALUES (${signal.id}::uuid, ${signal.botId}::uuid, ${signal.externalId}, ${signal.contentHash}, ${signal.symbol}, ${signal.marketType},
        ${signal.direction}, ${signal.entryPrice.toFixed()}::numeric, ${signal.takeProfit.toFixed()}::numeric, ${signal.stopLoss.toFixed()}::numeric,
        ${signal.confidence}::double precision, ${signal.timeframe}, ${signal.strategy}, ${signal.status}, ${signal.note},
        ${signal.sentAt}::timestamptz, ${signal.receivedAt}::timestamptz, ${signal.expiresAt}::timestamptz, ${signal.leftOutReason})
      ON CONFLICT (bot_id, external_id) DO NOTHING
      RETURNING *`;
    return this.#write(received, 'SignalReceived', trade, signal.receivedAt);
  }

  activate(signalId: string, trade: NewTrade | null, leftOutReason: string | null, at: Date): Promise<RecordEvent[]> {
    const activated = Prisma.sql`
      UPDATE signals SET status = 'ACTIVE', left_out_reason = ${leftOutReason}
      WHERE id = ${signalId}::uuid AND status = 'PENDING' RETURNING *`;
    return this.#write(activated, 'SignalStatusChanged', trade, at);
  }

  cancel(signalId: string, at: Date): Promise<RecordEvent[]> {
    const cancelled = Prisma.sql`UPDATE signals SET status = 'CANCELLED' WHERE id = ${signalId}::uuid AND status = 'PENDING' RETURNING *`;
    return this.#write(cancelled, 'SignalStatusChanged', null, at);
  }

  /** Runs `signalChange`, opens `trade` for the signal it returns, and appends the events; answers with those, none when it returns none. */
  async #write(
    signalChange: Prisma.Sql,
    kind: 'SignalReceived' | 'SignalStatusChanged',
    trade: NewTrade | null,
    at: Date,
  ): Promise<RecordEvent[]> {
    const opened = trade
      ? Prisma.sql`
      INSERT INTO paper_trades (id, signal_id, symbol, market_type, direction, status, position_size, quantity, entry_price, take_profit,
        stop_loss, fee_rate, entry_time, expires_at, market_price_at_entry, opened_after_trade_id,
        exchange_time_at_entry)
      SELECT ${trade.id}::uuid, id, symbol, market_type, direction, 'OPEN', ${trade.positionSize.toFixed()}::numeric, ${trade.quantity.toFixed()}::numeric,
        entry_price, take_profit, stop_loss, ${trade.feeRate.toFixed()}::numeric, ${trade.entryTime}::timestamptz, expires_at,
        ${trade.marketPriceAtEntry?.toFixed() ?? null}::numeric, ${trade.openedAfterTradeId}::bigint,
        ${trade.exchangeTimeAtEntry}::timestamptz
      FROM signal RETURNING *`
      : Prisma.sql`SELECT * FROM paper_trades WHERE false`;
    const told = await this.#prisma.$queryRaw<EventRow[]>`${Prisma.raw(PREPARED)}
      WITH signal AS (${signalChange}),
      trade AS (${opened}),
      news AS (
        SELECT 1 AS place, ${kind}::text AS kind, id AS signal_id, NULL::uuid AS trade_id FROM signal
        UNION ALL
        SELECT 2, 'TradeOpened', signal_id, id FROM trade
      ),
      head AS (
        UPDATE record_head SET sequence = sequence + (SELECT count(*) FROM news) WHERE EXISTS (SELECT 1 FROM news)
        RETURNING sequence - (SELECT count(*) FROM news) AS before
      ),
      told AS (
        INSERT INTO events (sequence, time, kind, signal_id, trade_id)
        SELECT head.before + news.place, ${at}::timestamptz, news.kind, news.signal_id, news.trade_id FROM news, head ORDER BY news.place
        RETURNING *
      )
      SELECT ${JOINED_EVENT.columns}
      FROM told e JOIN signal s ON s.id = e.signal_id JOIN bots b ON b.id = s.bot_id LEFT JOIN trade t ON t.signal_id = s.id
      ORDER BY e.sequence`;
    return told.map(JOINED_EVENT.of);
  }

  findByExternalId(botId: string, externalId: string): Promise<SignalRow | null> {
    return this.#prisma.signal.findUnique({ where: { botId_externalId: { botId, externalId } }, include: SIGNAL_INCLUDE });
  }

  async findSignal(id: string): Promise<StoredSignal | null> {
    const row = await this.#prisma.signal.findUnique({ where: { id } });
    return (
      row && {
        ...row,
        marketType: row.marketType as MarketType,
        direction: row.direction as Direction,
        entryPrice: new Decimal(row.entryPrice.toFixed()),
        takeProfit: new Decimal(row.takeProfit.toFixed()),
        stopLoss: new Decimal(row.stopLoss.toFixed()),
      }
    );
  }

  load(id: string): Promise<SignalRow | null> {
    return this.#prisma.signal.findUnique({ where: { id }, include: SIGNAL_INCLUDE });
  }
}
