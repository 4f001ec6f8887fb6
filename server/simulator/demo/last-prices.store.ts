import type { PrismaClient } from '../../src/generated/prisma/client.ts';

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
