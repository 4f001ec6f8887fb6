import type { PrismaClient } from '../generated/prisma/client.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { FeedIncident, WatchStretch } from './watch-stretches.ts';

/** As long as a feed may say nothing before it is stale. */
const CONNECTING_SECONDS = 5;

export class StretchesStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  /** The stretches of a symbol between two times that were looked up afterwards; those of one source that touch are one. */
  async repaired(marketType: MarketType, symbol: string, from: Date, to: Date): Promise<WatchStretch[]> {
    const rows = await this.#prisma.$queryRaw<{ source: WatchStretch['source']; from: Date; to: Date }[]>`
      SELECT source, lower(stretch) AS "from", upper(stretch) AS "to"
      FROM (
        SELECT source, unnest(range_agg(tstzrange(from_time, to_time))) AS stretch FROM repaired_stretches
        WHERE market_type = ${marketType} AND symbol = ${symbol} AND to_time > ${from}::timestamptz AND from_time < ${to}::timestamptz
        GROUP BY source
      ) AS merged`;
    return rows.map((row) => ({ source: row.source, fromMs: row.from.getTime(), toMs: row.to.getTime() }));
  }

  /**
   * The newest times in which a market was not watched live, newest first; what the newest `among` stretches tell of. The moments after
   * the opening of a trade in which its symbol is being connected are none.
   */
  async incidents(first: number, among: number): Promise<FeedIncident[]> {
    const rows = await this.#prisma.$queryRaw<
      { market_type: MarketType; source: FeedIncident['source']; from: Date; to: Date; symbols: number }[]
    >`
      WITH newest AS (
        SELECT market_type, symbol, source, tstzrange(from_time, to_time, '[]') AS stretch FROM repaired_stretches r
        WHERE NOT (to_time - from_time < ${CONNECTING_SECONDS} * interval '1 second' AND EXISTS (
          SELECT 1 FROM paper_trades t WHERE t.entry_time = r.from_time AND t.market_type = r.market_type AND t.symbol = r.symbol
        ))
        ORDER BY id DESC LIMIT ${among}
      ),
      merged AS (SELECT market_type, unnest(range_agg(stretch)) AS during FROM newest GROUP BY market_type),
      incident AS (SELECT * FROM merged ORDER BY upper(during) DESC, market_type LIMIT ${first})
      SELECT i.market_type, lower(i.during) AS "from", upper(i.during) AS "to", count(DISTINCT n.symbol)::int AS symbols,
        CASE WHEN bool_or(n.source = 'CANDLE') THEN 'CANDLE' ELSE 'BACKFILL' END AS source
      FROM incident i JOIN newest n ON n.market_type = i.market_type AND n.stretch <@ i.during
      GROUP BY i.market_type, i.during ORDER BY upper(i.during) DESC, i.market_type`;
    return rows.map(({ market_type: marketType, source, from, to, symbols }) => ({
      marketType,
      source,
      fromMs: from.getTime(),
      toMs: to.getTime(),
      symbols,
    }));
  }
}
