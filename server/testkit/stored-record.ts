import { createHash } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { Closure } from '../src/closures/closure.ts';
import { ClosuresStore, currentTerm } from '../src/closures/closures.store.ts';
import type { PrismaClient } from '../src/generated/prisma/client.ts';
import { Decimal } from '../src/kernel/decimal.ts';
import type { NewSignal, NewTrade } from '../src/signals/accept-signal.ts';
import { SignalsStore } from '../src/signals/signals.store.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { quantityFor } from '../src/trades/opening.ts';
import { profitAt } from '../src/trades/profit.ts';
import { exitPriceFor } from '../src/trades/trade.ts';
import type { ClosedStatus } from '../src/trades/trade.ts';

/** 2026-01-01, the time at which everything happens where nothing else is said. */
export const T0 = Date.parse('2026-01-01T00:00:00Z');

export async function addBot(prisma: PrismaClient, slug = 'trend-rider'): Promise<string> {
  const { id } = await prisma.bot.create({ data: { id: newId(), slug, name: slug, createdAt: new Date(T0) } });
  return id;
}

/** A LONG of BTCUSDT from 100 with its take profit at 110 and its stop at 90. */
export function newSignal(botId: string, rest: Partial<NewSignal> = {}): NewSignal {
  const id = newId();
  return {
    id,
    botId,
    externalId: null,
    contentHash: new Uint8Array(createHash('sha256').update(id).digest()),
    symbol: 'BTCUSDT',
    marketType: 'FUTURES',
    direction: 'LONG',
    entryPrice: new Decimal(100),
    takeProfit: new Decimal(110),
    stopLoss: new Decimal(90),
    confidence: 0.5,
    timeframe: '1h',
    strategy: 'default',
    status: 'ACTIVE',
    note: null,
    sentAt: null,
    receivedAt: new Date(T0),
    expiresAt: null,
    leftOutReason: null,
    ...rest,
  };
}

const FEE_RATES: Record<MarketType, Decimal> = { SPOT: new Decimal('0.001'), FUTURES: new Decimal('0.0005') };

/** The $100 trade of a signal, opened when that was received. */
export function newTradeFor(signal: NewSignal, rest: Partial<NewTrade> = {}): NewTrade {
  const positionSize = rest.positionSize ?? new Decimal(100);
  return {
    id: newId(),
    positionSize,
    quantity: quantityFor(positionSize, signal.entryPrice),
    feeRate: FEE_RATES[signal.marketType],
    entryTime: signal.receivedAt,
    marketPriceAtEntry: null,
    openedAfterTradeId: null,
    exchangeTimeAtEntry: null,
    ...rest,
  };
}

export interface OpenedTrade {
  readonly signal: NewSignal;
  readonly trade: NewTrade;
}

/** Stores a signal with its open trade. */
export async function openTrade(
  prisma: PrismaClient,
  botId: string,
  signal: Partial<NewSignal> = {},
  trade: Partial<NewTrade> = {},
): Promise<OpenedTrade> {
  const opened = newSignal(botId, signal);
  const openedTrade = newTradeFor(opened, trade);
  if ((await new SignalsStore(prisma).insert(opened, openedTrade)).length === 0) throw new Error('the externalId is taken');
  return { signal: opened, trade: openedTrade };
}

/** The closure of a trade by a tick of this price; at its own level where no price is given. */
export function closureFor(
  { signal, trade }: OpenedTrade,
  status: ClosedStatus,
  { price, exitTime = new Date(trade.entryTime.getTime() + 60_000), ...rest }: { price?: Decimal; exitTime?: Date } & Partial<Closure> = {},
): Closure {
  const at = price ?? (status === 'CLOSED_TP' ? signal.takeProfit : signal.stopLoss);
  const exitPrice = exitPriceFor(status, signal.takeProfit, at);
  const profit = profitAt({ ...trade, direction: signal.direction, entryPrice: signal.entryPrice, exitPrice });
  return {
    tradeId: trade.id,
    status,
    exitPrice,
    exitTime,
    ...profit,
    source: 'LIVE',
    aggregateTradeId: 1,
    price: at,
    ambiguous: false,
    ...rest,
  };
}

/** Stores the closing of a trade. */
export async function closeTrade(
  prisma: PrismaClient,
  opened: OpenedTrade,
  status: ClosedStatus,
  rest: Parameters<typeof closureFor>[2] = {},
): Promise<Closure> {
  const closure = closureFor(opened, status, rest);
  const closures = new ClosuresStore(prisma, await currentTerm(prisma));
  if ((await closures.close([closure], closure.exitTime)).length !== 1) throw new Error('the trade is closed already');
  return closure;
}

/**
 * What must hold of every record whatever happened: the sequence has no hole and ends at its head; each trade has one opening
 * event, each closed one a closing event whose sequence it holds; each signal that is not left out and not pending has a trade.
 */
export async function recordFaults(prisma: PrismaClient): Promise<string[]> {
  const faults = await prisma.$queryRaw<{ fault: string }[]>`
    WITH numbered AS (SELECT sequence, row_number() OVER (ORDER BY sequence) AS place FROM events)
    SELECT 'hole before ' || sequence AS fault FROM numbered WHERE sequence <> place
    UNION ALL
    SELECT 'head ' || h.sequence || ' of ' || count(e.sequence) || ' events' FROM record_head h LEFT JOIN events e ON true
      GROUP BY h.sequence HAVING h.sequence <> count(e.sequence)
    UNION ALL
    SELECT 'signal ' || s.id || ' has ' || count(e.sequence) || ' receipts' FROM signals s
      LEFT JOIN events e ON e.signal_id = s.id AND e.kind = 'SignalReceived' GROUP BY s.id HAVING count(e.sequence) <> 1
    UNION ALL
    SELECT 'trade ' || t.id || ' has ' || count(e.sequence) || ' openings' FROM paper_trades t
      LEFT JOIN events e ON e.trade_id = t.id AND e.signal_id = t.signal_id AND e.kind = 'TradeOpened' GROUP BY t.id HAVING count(e.sequence) <> 1
    UNION ALL
    SELECT 'trade ' || t.id || ' ' || t.status || ' at ' || coalesce(t.closed_sequence::text, 'none') || ', told at ' || coalesce(e.sequence::text, 'none')
      FROM paper_trades t FULL JOIN (SELECT * FROM events WHERE kind = 'TradeClosed') e ON e.trade_id = t.id AND e.signal_id = t.signal_id
      WHERE t.id IS NULL OR e.sequence IS DISTINCT FROM t.closed_sequence OR (t.status = 'OPEN') <> (e.sequence IS NULL)
    UNION ALL
    SELECT 'signal ' || s.id || ' is ' || s.status || ', its trade ' || coalesce(t.status, 'none') FROM signals s LEFT JOIN paper_trades t ON t.signal_id = s.id
      WHERE CASE WHEN s.status IN ('PENDING', 'CANCELLED') THEN t.id IS NOT NULL
        WHEN s.left_out_reason IS NOT NULL THEN t.id IS NOT NULL OR s.status <> 'ACTIVE'
        ELSE t.id IS NULL OR (s.status = 'CLOSED') <> (t.status <> 'OPEN') END
    UNION ALL
    SELECT 'trade ' || t.id || ' is not what its signal says' FROM paper_trades t JOIN signals s ON s.id = t.signal_id
      WHERE (t.symbol, t.market_type, t.direction, t.entry_price, t.take_profit, t.stop_loss) <> (s.symbol, s.market_type, s.direction, s.entry_price, s.take_profit, s.stop_loss)
        OR t.expires_at IS DISTINCT FROM s.expires_at OR t.user_id IS NOT NULL`;
  return faults.map(({ fault }) => fault);
}
