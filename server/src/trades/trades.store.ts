import { Prisma } from '../generated/prisma/client.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { isUuid } from '../kernel/ids.ts';
import { sqlState } from '../kernel/sql-error.ts';
import { notOurCursor, pageOf, PageRequestError, walkOf } from '../kernel/page.ts';
import type { Cursor, Page, PageRequest, Walk } from '../kernel/page.ts';
import { SIGNAL_INCLUDE, TRADE_INCLUDE } from './rows.ts';
import type { SignalRow, TradeRow } from './rows.ts';
import type { TradeFilter } from './trade-filter.ts';

export const TRADE_ORDER_FIELDS = ['ENTRY_TIME', 'EXIT_TIME', 'REALIZED_PNL', 'REALIZED_PNL_PCT', 'SYMBOL', 'DURATION'] as const;
export type TradeOrderField = (typeof TRADE_ORDER_FIELDS)[number];
export interface TradeOrder {
  readonly field: TradeOrderField;
  readonly direction: 'ASC' | 'DESC';
}

/**
 * What each order compares, always together with the id, so that every place is unique. Where an open trade has no value
 * yet it comes last in either direction: the value is replaced by the type's lowest or highest.
 */
const ORDERED_BY: Readonly<Record<TradeOrderField, { value: string; type: string; lowest?: string; highest?: string }>> = {
  ENTRY_TIME: { value: 't.entry_time', type: 'timestamptz' },
  EXIT_TIME: { value: 't.exit_time', type: 'timestamptz', lowest: '-infinity', highest: 'infinity' },
  REALIZED_PNL: { value: 't.realized_pnl', type: 'numeric', lowest: '-Infinity', highest: 'Infinity' },
  REALIZED_PNL_PCT: { value: 't.realized_pnl_pct', type: 'numeric', lowest: '-Infinity', highest: 'Infinity' },
  SYMBOL: { value: 't.symbol', type: 'text' },
  DURATION: { value: 'extract(epoch FROM t.exit_time - t.entry_time)', type: 'numeric', lowest: '-Infinity', highest: 'Infinity' },
};

export interface PageLimits {
  readonly defaultPageSize: number;
  readonly maxPageSize: number;
}

export class TradesStore {
  readonly #prisma: PrismaClient;
  readonly #limits: PageLimits;

  constructor(prisma: PrismaClient, limits: PageLimits) {
    this.#prisma = prisma;
    this.#limits = limits;
  }

  find(id: string): Promise<TradeRow | null> {
    return isUuid(id) ? this.#prisma.paperTrade.findUnique({ where: { id }, include: TRADE_INCLUDE }) : Promise.resolve(null);
  }

  /** @throws PageRequestError for a request that cannot be answered. */
  async page(filter: TradeFilter | null | undefined, order: TradeOrder, request: PageRequest): Promise<Page<TradeRow>> {
    const walk = this.#walk(request, `${order.field} ${order.direction}`);
    const asType = Prisma.raw(ORDERED_BY[order.field].type);
    const key = Prisma.raw(orderKey(order));
    const descending = (order.direction === 'DESC') !== walk.backward;
    const [beyond, sorted] = descending ? [Prisma.raw('<'), Prisma.raw('DESC')] : [Prisma.raw('>'), Prisma.raw('ASC')];
    const found = await this.#places(
      walk,
      this.#prisma.$queryRaw`
      SELECT t.id::text AS id, (${key})::text AS value
      FROM paper_trades t JOIN signals s ON s.id = t.signal_id JOIN bots b ON b.id = s.bot_id
      WHERE ${whereTrade(filter)}
        AND ${walk.behind ? Prisma.sql`(${key}, t.id) ${beyond} (${walk.behind.value}::${asType}, ${walk.behind.id}::uuid)` : Prisma.sql`true`}
      ORDER BY ${key} ${sorted}, t.id ${sorted} LIMIT ${walk.size + 1}`,
    );
    const rows = await this.#inOrder(found.map(({ id }) => id));
    return pageOf(
      walk,
      rows.map((node, i) => ({ node, cursor: found[i] as Cursor })),
    );
  }

  async count(filter: TradeFilter | null | undefined): Promise<number> {
    const [row] = await this.#prisma.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM paper_trades t JOIN signals s ON s.id = t.signal_id JOIN bots b ON b.id = s.bot_id
      WHERE ${whereTrade(filter)}`;
    return row?.count ?? 0;
  }

  /** Signals, newest first. */
  async signalPage(filter: TradeFilter | null | undefined, request: PageRequest): Promise<Page<SignalRow>> {
    const walk = this.#walk(request, 'RECEIVED_AT DESC');
    const [beyond, sorted] = walk.backward ? [Prisma.raw('>'), Prisma.raw('ASC')] : [Prisma.raw('<'), Prisma.raw('DESC')];
    const found = await this.#places(
      walk,
      this.#prisma.$queryRaw`
      SELECT s.id::text AS id, s.received_at::text AS value
      FROM signals s JOIN bots b ON b.id = s.bot_id LEFT JOIN paper_trades t ON t.signal_id = s.id
      WHERE ${whereSignal(filter)}
        AND ${walk.behind ? Prisma.sql`(s.received_at, s.id) ${beyond} (${walk.behind.value}::timestamptz, ${walk.behind.id}::uuid)` : Prisma.sql`true`}
      ORDER BY s.received_at ${sorted}, s.id ${sorted} LIMIT ${walk.size + 1}`,
    );
    const ids = found.map(({ id }) => id);
    const rows = await this.#prisma.signal.findMany({ where: { id: { in: ids } }, include: SIGNAL_INCLUDE });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return pageOf(
      walk,
      found.map((cursor) => ({ cursor, node: byId.get(cursor.id) as SignalRow })),
    );
  }

  async countSignals(filter: TradeFilter | null | undefined): Promise<number> {
    const [row] = await this.#prisma.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM signals s JOIN bots b ON b.id = s.bot_id LEFT JOIN paper_trades t ON t.signal_id = s.id
      WHERE ${whereSignal(filter)}`;
    return row?.count ?? 0;
  }

  async #inOrder(ids: string[]): Promise<TradeRow[]> {
    const rows = await this.#prisma.paperTrade.findMany({ where: { id: { in: ids } }, include: TRADE_INCLUDE });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id) as TradeRow);
  }

  #walk(request: PageRequest, order: string): Walk {
    return walkOf(request, order, this.#limits.defaultPageSize, this.#limits.maxPageSize);
  }

  /** The places that a query found. A forged cursor is text that the database cannot read as the type it should have. */
  async #places(walk: Walk, query: PromiseLike<unknown>): Promise<Cursor[]> {
    try {
      const found = (await query) as { id: string; value: string }[];
      return found.map(({ id, value }) => ({ order: walk.order, value, id }));
    } catch (error) {
      if (walk.behind && sqlState(error)?.startsWith('22')) throw new PageRequestError(notOurCursor(walk.backward ? 'before' : 'after'));
      throw error;
    }
  }
}

/** What an order compares, as SQL over t (paper_trades). */
export function orderKey({ field, direction }: TradeOrder): string {
  const { value, type, lowest, highest } = ORDERED_BY[field];
  const missing = direction === 'DESC' ? lowest : highest;
  return missing === undefined ? value : `coalesce(${value}, '${missing}'::${type})`;
}

/** The rule of matchesFilter as SQL over t (paper_trades), s (signals) and b (bots). */
export function whereTrade(filter: TradeFilter | null | undefined): Prisma.Sql {
  return and([
    ...whereContent(filter, Prisma.raw('t')),
    filter?.from && Prisma.sql`coalesce(t.exit_time, t.entry_time) >= ${filter.from}::timestamptz`,
    filter?.to && Prisma.sql`coalesce(t.exit_time, t.entry_time) <= ${filter.to}::timestamptz`,
  ]);
}

/** Signals by the same filter: `status` and `result` ask for their trade's, `from` and `to` bound their receipt. */
export function whereSignal(filter: TradeFilter | null | undefined): Prisma.Sql {
  return and([
    ...whereContent(filter, Prisma.raw('s')),
    filter?.from && Prisma.sql`s.received_at >= ${filter.from}::timestamptz`,
    filter?.to && Prisma.sql`s.received_at <= ${filter.to}::timestamptz`,
  ]);
}

/** SQL, or nothing where there is no such condition. */
type Condition = Prisma.Sql | false | null | undefined;

function whereContent(filter: TradeFilter | null | undefined, row: Prisma.Sql): Condition[] {
  const anyOf = (values: readonly string[] | null | undefined, column: Prisma.Sql) =>
    values && values.length > 0 && Prisma.sql`${column} = ANY(${storable(values)})`;
  return [
    anyOf(filter?.bot, Prisma.sql`b.slug`),
    anyOf(filter?.strategy, Prisma.sql`s.strategy`),
    anyOf(filter?.symbol, Prisma.sql`${row}.symbol`),
    anyOf(filter?.marketType, Prisma.sql`${row}.market_type`),
    anyOf(filter?.direction, Prisma.sql`${row}.direction`),
    anyOf(filter?.timeframe, Prisma.sql`s.timeframe`),
    anyOf(filter?.status, Prisma.sql`t.status`),
    anyOf(filter?.result, Prisma.sql`CASE sign(t.realized_pnl) WHEN 1 THEN 'WIN' WHEN -1 THEN 'LOSS' WHEN 0 THEN 'FLAT' END`),
  ];
}

/** PostgreSQL refuses a text with NUL even where it is only compared; no stored text is equal to one. */
function storable(texts: readonly string[]): string[] {
  return texts.filter((text) => !text.includes('\0'));
}

function and(conditions: readonly Condition[]): Prisma.Sql {
  const given = conditions.filter((condition) => condition instanceof Prisma.Sql);
  return given.length === 0 ? Prisma.sql`true` : Prisma.join(given, ' AND ');
}
