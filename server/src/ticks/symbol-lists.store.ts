import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { SymbolInfo } from './symbol-list.ts';
import type { MarketType } from './tick.ts';

/** The exchange's symbols as the leading worker read them last, for the processes that do not ask the exchange. */
export class SymbolListsStore {
  readonly #prisma: PrismaClient;

  constructor(prisma: PrismaClient) {
    this.#prisma = prisma;
  }

  async save(marketType: MarketType, infos: readonly SymbolInfo[]): Promise<void> {
    const symbols = infos as unknown as Prisma.InputJsonArray;
    await this.#prisma.storedSymbolList.upsert({ where: { marketType }, create: { marketType, symbols }, update: { symbols } });
  }

  async load(): Promise<ReadonlyMap<MarketType, readonly SymbolInfo[]>> {
    const rows = await this.#prisma.storedSymbolList.findMany();
    return new Map(rows.map(({ marketType, symbols }) => [marketType as MarketType, symbols as unknown as SymbolInfo[]]));
  }
}
