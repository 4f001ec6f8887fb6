import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { symbolKey } from '../../src/ticks/tick.ts';
import type { MarketType, SymbolKey } from '../../src/ticks/tick.ts';

/**
 * The newest recorded price of each symbol that was watched, whichever of its markets it was on: prices go on from there after a restart,
 * so that open trades do not close at a leap. A trade that was opened just before a crash knows a price that no cursor holds yet.
 */
export async function lastPrices(prisma: PrismaClient): Promise<ReadonlyMap<string, string>> {
  const rows = await prisma.$queryRaw<{ symbol: string; price: string }[]>`
    SELECT DISTINCT ON (symbol) symbol, trim_scale(price)::text AS price
    FROM (
      SELECT symbol, last_price AS price, last_time AS time FROM symbol_cursors
      UNION ALL
      SELECT symbol, coalesce(market_price_at_entry, entry_price), entry_time FROM paper_trades WHERE status = 'OPEN'
    ) recorded
    ORDER BY symbol, time DESC`;
  return new Map(rows.map(({ symbol, price }) => [symbol, price]));
}

/** The highest aggregate trade id that the record knows of each symbol: an exchange that goes on after it leaves no hole. */
export async function lastTradeIds(prisma: PrismaClient): Promise<ReadonlyMap<SymbolKey, number>> {
  const rows = await prisma.$queryRaw<{ market_type: MarketType; symbol: string; id: bigint }[]>`
    SELECT market_type, symbol, max(id) AS id
    FROM (
      SELECT market_type, symbol, last_trade_id AS id FROM symbol_cursors
      UNION ALL
      SELECT market_type, symbol, greatest(opened_after_trade_id, closed_trade_id) FROM paper_trades
    ) recorded
    WHERE id IS NOT NULL
    GROUP BY market_type, symbol`;
  return new Map(rows.map(({ market_type: marketType, symbol, id }) => [symbolKey(marketType, symbol), Number(id)]));
}
