import type { MarketType } from './documents.ts';
import type { Product } from './product.ts';

export interface StoredTrade {
  /** An open trade whose signal's content, bot and market are copied. */
  readonly like: string;
  readonly symbol?: string;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly entryMs: number;
  readonly openedAfter: number | null;
}

/** Stores a signal with its open trade and events, as acceptance does, without telling the running process. */
export async function insertTrade(
  product: Product,
  { like, symbol, takeProfit, stopLoss, entryMs, openedAfter }: StoredTrade,
): Promise<string> {
  const [row] = await product.sql<{ trade_id: string }>(
    `WITH model AS (SELECT s.*, t.quantity, t.fee_rate FROM paper_trades t JOIN signals s ON s.id = t.signal_id WHERE t.id = $1),
    signal AS (
      INSERT INTO signals (id, bot_id, content_hash, symbol, market_type, direction, entry_price, take_profit, stop_loss, confidence, timeframe, strategy,
        status, received_at)
      SELECT gen_random_uuid(), bot_id, content_hash, COALESCE($2, symbol), market_type, direction, entry_price, $3::numeric, $4::numeric, confidence,
        timeframe, strategy, 'ACTIVE', $5::timestamptz FROM model RETURNING *
    ),
    trade AS (
      INSERT INTO paper_trades (id, signal_id, symbol, market_type, direction, status, position_size, quantity, entry_price, take_profit, stop_loss,
        fee_rate, entry_time, opened_after_trade_id)
      SELECT gen_random_uuid(), s.id, s.symbol, s.market_type, s.direction, 'OPEN', 100, m.quantity, s.entry_price, s.take_profit, s.stop_loss,
        m.fee_rate, $5::timestamptz, $6::bigint FROM signal s, model m RETURNING *
    ),
    head AS (UPDATE record_head SET sequence = sequence + 2 RETURNING sequence - 2 AS before),
    told AS (
      INSERT INTO events (sequence, time, kind, signal_id, trade_id)
      SELECT before + 1, $5::timestamptz, 'SignalReceived', s.id, NULL FROM head, signal s
      UNION ALL SELECT before + 2, $5::timestamptz, 'TradeOpened', signal_id, id FROM head, trade
    )
    SELECT id AS trade_id FROM trade`,
    [like, symbol ?? null, takeProfit, stopLoss, new Date(entryMs).toISOString(), openedAfter],
  );
  if (!row) throw new Error('nothing was stored');
  return row.trade_id;
}

export interface SavedCursor {
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly tradeId: number;
  readonly timeMs: number;
  /** How many of the newest events were not told when it was saved. */
  readonly untold: number;
}

export async function saveCursor(product: Product, { marketType, symbol, tradeId, timeMs, untold }: SavedCursor): Promise<void> {
  await product.sql(
    `INSERT INTO symbol_cursors (market_type, symbol, last_trade_id, last_price, last_time, saved_at, record_sequence)
    SELECT $1, $2, $3, 100, $4, $4, sequence - $5 FROM record_head
    ON CONFLICT (market_type, symbol) DO UPDATE SET last_trade_id = $3, last_time = $4, record_sequence = EXCLUDED.record_sequence`,
    [marketType, symbol, tradeId, new Date(timeMs).toISOString(), untold],
  );
}
