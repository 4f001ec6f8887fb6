import type { PrismaClient } from '../generated/prisma/client.ts';
import { Decimal } from '../kernel/decimal.ts';
import type { DailyClose, KeptCloses } from './candle-keeper.ts';

export class DailyClosesStore implements KeptCloses {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async firstSignalAt(): Promise<Date | null> {
    const first = await this.#prisma.signal.aggregate({ _min: { receivedAt: true } });
    return first._min.receivedAt;
  }

  async newestDay(): Promise<Date | null> {
    const newest = await this.#prisma.dailyClose.aggregate({ _max: { day: true } });
    return newest._max.day;
  }

  async save(closes: readonly { readonly day: Date; readonly close: string }[]): Promise<void> {
    await this.#prisma.dailyClose.createMany({ data: [...closes], skipDuplicates: true });
  }

  /** Those of the days from that of `from` on that ended by `to`, oldest first. */
  async since(from: Date, to: Date): Promise<DailyClose[]> {
    const rows = await this.#prisma.$queryRaw<{ day: Date; close: string }[]>`
      SELECT day, close::text AS close FROM daily_closes
      WHERE day >= (${from}::timestamptz AT TIME ZONE 'UTC')::date AND (day + 1)::timestamp <= ${to}::timestamptz AT TIME ZONE 'UTC'
      ORDER BY day`;
    return rows.map(({ day, close }) => ({ day, close: new Decimal(close) }));
  }
}
