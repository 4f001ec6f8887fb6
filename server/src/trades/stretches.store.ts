import type { PrismaClient } from '../generated/prisma/client.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { WatchStretch } from './watch-stretches.ts';

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
}
