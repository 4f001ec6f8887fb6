import type { PrismaClient } from '../generated/prisma/client.ts';
import { JOINED_SIGNAL, tradeOf } from '../trades/rows.ts';
import type { EventKind, RecordEvent } from './event.ts';

/** Where prices come from; a record keeps the source it began with. */
export type RecordSource = 'EXCHANGE' | 'SIMULATOR';

export class RecordStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  /** The newest sequence; 0 for an empty record. */
  head(): Promise<bigint> {
    return headOf(this.#prisma);
  }

  /** Up to `limit` events after `sequence`, in order. */
  async readAfter(sequence: bigint, limit: number): Promise<RecordEvent[]> {
    const rows = await this.#prisma.$queryRaw<({ sequence: bigint; time: Date; kind: EventKind } & Record<string, unknown>)[]>`
      SELECT e.sequence, e.time, e.kind, ${JOINED_SIGNAL.columns}
      FROM events e JOIN signals s ON s.id = e.signal_id ${JOINED_SIGNAL.joins}
      WHERE e.sequence > ${sequence} ORDER BY e.sequence LIMIT ${limit}`;
    return rows.map((row) => {
      const { sequence, time, kind } = row;
      const signal = JOINED_SIGNAL.of(row);
      if (kind === 'SignalReceived' || kind === 'SignalStatusChanged') return { sequence, time, kind, signal, trade: null };
      const trade = tradeOf(signal);
      if (!trade) throw new Error(`event ${sequence} tells of a trade that is not there`);
      return { sequence, time, kind, signal, trade };
    });
  }

  /** Fixes the record's source at the first start, and answers with the one it has. */
  async claimSource(source: RecordSource): Promise<RecordSource> {
    await this.#prisma.recordHead.updateMany({ where: { id: 1, source: null }, data: { source } });
    const head = await this.#prisma.recordHead.findUniqueOrThrow({ where: { id: 1 } });
    return head.source as RecordSource;
  }
}

/** The newest sequence, as a database or a snapshot of it has it. */
export async function headOf(client: Pick<PrismaClient, 'recordHead'>): Promise<bigint> {
  const { sequence } = await client.recordHead.findUniqueOrThrow({ where: { id: 1 } });
  return sequence;
}
