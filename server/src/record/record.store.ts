import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { tradeOf } from '../trades/rows.ts';
import type { SignalRow } from '../trades/rows.ts';
import type { EventKind, RecordEvent } from './event.ts';

/** Where prices come from; a record keeps the source it began with. */
export type RecordSource = 'EXCHANGE' | 'SIMULATOR';

/** The columns of a table for a statement that reads several at once, and what they make of a row of its answer. */
function columnsOf<Fields>(alias: string, fields: object) {
  const names = Object.keys(fields);
  const column = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    list: Prisma.raw(names.map((name) => `${alias}.${column(name)} AS "${alias}.${name}"`).join(', ')),
    of: (row: JoinedRow) => Object.fromEntries(names.map((name) => [name, row[`${alias}.${name}`]])) as Fields,
  };
}

type JoinedRow = Readonly<Record<string, unknown>>;
const SIGNAL = columnsOf<Omit<SignalRow, 'bot' | 'trade'>>('s', Prisma.SignalScalarFieldEnum);
const BOT = columnsOf<SignalRow['bot']>('b', Prisma.BotScalarFieldEnum);
const TRADE = columnsOf<NonNullable<SignalRow['trade']>>('t', Prisma.PaperTradeScalarFieldEnum);

/**
 * Signals `s` with their bot `b` and their trade `t`, for one statement instead of the three that an include takes. (One that joins
 * as Prisma does, `relationLoadStrategy: 'join'`, rounds each `numeric` to a double.)
 */
const JOINED_SIGNAL = {
  columns: Prisma.sql`${SIGNAL.list}, ${BOT.list}, ${TRADE.list}`,
  of: (row: JoinedRow): SignalRow => ({ ...SIGNAL.of(row), bot: BOT.of(row), trade: row['t.id'] === null ? null : TRADE.of(row) }),
};

/**
 * The columns of an event `e` of the signal `s` with its bot `b` and its trade `t`, and what they make of a row: for whoever writes to
 * the record too, who can tell at once what a reader would have to ask for.
 */
export const JOINED_EVENT = {
  columns: Prisma.sql`e.sequence, e.time, e.kind, ${JOINED_SIGNAL.columns}`,
  of(row: EventRow): RecordEvent {
    const { sequence, time, kind } = row;
    const signal = JOINED_SIGNAL.of(row);
    if (kind === 'SignalReceived' || kind === 'SignalStatusChanged') return { sequence, time, kind, signal, trade: null };
    const trade = tradeOf(signal);
    if (!trade) throw new Error(`event ${sequence} tells of a trade that is not there`);
    return { sequence, time, kind, signal, trade };
  },
};
export type EventRow = { sequence: bigint; time: Date; kind: EventKind } & JoinedRow;

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
    const rows = await this.#prisma.$queryRaw<EventRow[]>`
      SELECT ${JOINED_EVENT.columns}
      FROM events e JOIN signals s ON s.id = e.signal_id JOIN bots b ON b.id = s.bot_id LEFT JOIN paper_trades t ON t.signal_id = s.id
      WHERE e.sequence > ${sequence} ORDER BY e.sequence LIMIT ${limit}`;
    return rows.map(JOINED_EVENT.of);
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
