import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../kernel/log.ts';
import { PREPARED } from '../kernel/prepared.ts';
import { messageOf } from './start-fault.ts';

/** How pg_stat_activity names the connections of this process; at most 63 characters count. */
export const PROCESS_NAME = `bot-performance ${hostname().slice(0, 30)} ${process.pid}`;

export interface DatabaseLimits {
  /** Connections of this process; more work waits for one. */
  readonly maxConnections: number;
  /** How long to wait for a free or a new connection. */
  readonly connectTimeoutMs: number;
  /** How long one statement may run. */
  readonly statementTimeoutMs: number;
  /** How long a transaction may sit between two statements. */
  readonly idleInTransactionTimeoutMs: number;
  /** How long a whole interactive transaction may take. */
  readonly transactionTimeoutMs: number;
}

export interface Database {
  readonly prisma: PrismaClient;
  /** postgresql://… with the password, for a connection of one's own: never log it. */
  readonly url: string;
  /** The connections beneath Prisma, for a plain query such as a readiness check. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/**
 * The one Prisma client of the process over a pool whose every wait is bounded (its defaults bound none).
 * Connects at the first query, and again by itself after the database was away.
 */
export function openDatabase(url: string, limits: DatabaseLimits, log: Log): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: PROCESS_NAME,
    max: limits.maxConnections,
    connectionTimeoutMillis: limits.connectTimeoutMs,
    statement_timeout: limits.statementTimeoutMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionTimeoutMs,
    keepAlive: true,
  });
  // Without a listener an idle connection that is cut would end the process.
  pool.on('error', (error) => log.warn({ reason: messageOf(error) }, 'an idle database connection was lost'));
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => preparedName(sql) }),
    transactionOptions: { maxWait: limits.connectTimeoutMs, timeout: limits.transactionTimeoutMs },
    errorFormat: 'minimal', // the default quotes source lines
  });
  const close = async () => {
    await prisma.$disconnect();
    await pool.end();
  };
  return { prisma, url, pool, close };
}

/** Without a name, which '' is, a statement is planned each time that it runs. */
function preparedName(sql: string): string {
  return sql.includes(PREPARED) ? createHash('sha256').update(sql).digest('base64url') : '';
}
