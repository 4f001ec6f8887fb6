import type { RecordEvent } from '../record/event.ts';
import { RecordStore } from '../record/record.store.ts';
import { RecordTail } from '../record/record-tail.ts';
import { PriceBoard } from '../ticks/price-board.ts';
import { SymbolList } from '../ticks/symbol-list.ts';
import { Bus, NO_TRANSPORT } from './bus.ts';
import type { Transport } from './bus.ts';
import type { Foundation } from './composition.ts';
import { PostgresTransport } from './postgres-transport.ts';
import { otherSource, sourceOf } from './record-source.ts';
import { RedisTransport } from './redis-transport.ts';
import { StartFault } from './start-fault.ts';

/** What both roles stand on: the record, the newest prices, and the bus to the other processes on the same database. */
export interface Shared {
  readonly bus: Bus;
  readonly records: RecordStore;
  readonly tail: RecordTail;
  /** Says what was written to the record; to other processes only that something was. */
  readonly announce: (events: readonly RecordEvent[]) => void;
  readonly priceBoard: PriceBoard;
  readonly symbolList: SymbolList;
}

export async function composeShared(foundation: Foundation): Promise<Shared> {
  const { config, log, clock, newId, database } = foundation;
  const records = new RecordStore(database.prisma);
  await claimSource(records, config.simulatedPrices);
  const bus = new Bus(await transportOf(foundation), newId(), log);
  const tail = new RecordTail(records, clock, log, config.limits.record);
  bus.onConnected(() => tail.wake());
  bus.onMessage(({ kind }) => {
    if (kind === 'GREW') tail.wake();
  });
  const announce = (events: readonly RecordEvent[]): void => {
    bus.publish({ kind: 'GREW' });
    tail.wrote(events);
  };
  return { bus, records, tail, announce, priceBoard: new PriceBoard(clock), symbolList: new SymbolList() };
}

async function claimSource(records: RecordStore, simulatedPrices: boolean): Promise<void> {
  const refusal = otherSource(await records.claimSource(sourceOf(simulatedPrices)), simulatedPrices);
  if (refusal !== undefined) throw new StartFault(`${refusal.message}: ${refusal.remedy}`);
}

/** The data folder's own database is used by one process, which has nobody to tell. */
async function transportOf({ config, database, clock, log }: Foundation): Promise<Transport> {
  const { databaseUrl, redisUrl, limits } = config;
  if (redisUrl !== undefined) {
    const { rows } = await database.pool.query<{ record: string }>(
      "SELECT system_identifier || ':' || current_database() AS record FROM pg_control_system()",
    );
    return new RedisTransport({ url: redisUrl, channel: `bot-performance:${rows[0]?.record}`, limits: limits.bus, log });
  }
  return databaseUrl === undefined ? NO_TRANSPORT : new PostgresTransport({ url: database.url, limits: limits.bus, clock, log });
}
