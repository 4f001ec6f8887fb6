import { afterEach, expect } from 'vitest';
import { Decimal } from '../src/kernel/decimal.ts';
import { SignalsStore } from '../src/signals/signals.store.ts';
import { openFreshDatabase } from './database.ts';
import { addBot, closeTrade, newSignal, openTrade, recordFaults, T0 } from './stored-record.ts';

/**
 * A small record whose rules are tried as somebody would who bypasses the server, with plain SQL, since they are in the database itself.
 * After each test nothing of it may have changed for the worse. Call it at the top of a test file.
 */
export async function ruledRecord() {
  const database = await openFreshDatabase();
  const { prisma } = database;
  const bot = await addBot(prisma);
  const open = await openTrade(prisma, bot, { externalId: 'taken', expiresAt: new Date(T0 + 1e9) });
  const sides = { direction: 'SHORT', takeProfit: new Decimal(90), stopLoss: new Decimal(110) } as const;
  const short = await openTrade(prisma, bot, { ...sides, marketType: 'SPOT' });
  const closed = await openTrade(prisma, bot);
  await closeTrade(prisma, closed, 'CLOSED_TP');
  const pending = newSignal(bot, { status: 'PENDING' });
  await new SignalsStore(prisma).insert(pending, null);
  afterEach(async () => expect(await recordFaults(prisma)).toEqual([]));

  /**
   * What the database says to `sql`: the SQLSTATE with the name of the broken rule or the trigger's words, or "accepted". It is put into
   * a transaction that is rolled back, whatever comes of it.
   */
  async function answerTo(sql: string): Promise<string> {
    const client = await database.pool.connect();
    try {
      await client.query('BEGIN');
      const { rowCount } = await client.query(sql);
      return rowCount === 0 ? 'met no row' : 'accepted';
    } catch (error) {
      const { code, constraint, column, message } = error as { code: string; constraint?: string; column?: string; message: string };
      return `${code} ${constraint ?? column ?? message}`;
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  }

  return { database, bot, open, short, closed, pendingId: pending.id, answerTo };
}

const literal = (value: unknown): string =>
  value === null ? 'NULL' : typeof value === 'number' ? `'${value}'` : `'${String(value).replaceAll("'", "''")}'`;
export function insert(table: string, row: object): string {
  const values = Object.values(row).map((value: unknown) =>
    typeof value === 'object' && value && 'sql' in value ? String(value.sql) : literal(value),
  );
  return `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${values.join()})`;
}
/** A value that the database is to work out itself. */
export const sql = (text: string) => ({ sql: text });
export const change = (table: string, id: string, values: object) =>
  `UPDATE ${table} SET ${Object.entries(values)
    .map(
      ([column, value]: [string, unknown]) =>
        `${column} = ${typeof value === 'object' && value && 'sql' in value ? String(value.sql) : literal(value)}`,
    )
    .join()} WHERE id = '${id}'`;

/** Numbers that no price, size or quantity may be. */
export const NEVER = ['NaN', 'Infinity', '-Infinity', '-1', '0', '-0.000000000000000001'];
