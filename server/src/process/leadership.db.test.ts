import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase, openFreshDatabase } from '../../testkit/database.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { addBot, closureFor, openTrade, recordFaults } from '../../testkit/stored-record.ts';
import { tickAt } from '../../testkit/watched-trades.ts';
import { until } from '../../testkit/waiting.ts';
import { ClosuresStore } from '../closures/closures.store.ts';
import type { Clock } from '../kernel/clock.ts';
import { sqlState } from '../kernel/sql-error.ts';
import { Leadership } from './leadership.ts';
import { systemClock } from './system-clock.ts';

const LIMITS = { leaseMs: 600, retryMs: 10 };
const STALE = 'BP001';
let url: string;
let operator: pg.Client;
let candidates: Candidate[];

/** A worker, reduced to what it is told about leading. */
class Candidate {
  /** Terms that began, and their ends as negative numbers. */
  readonly story: number[] = [];
  readonly leadership: Leadership;

  constructor(clock: Clock = systemClock) {
    const begin = (term: number) => [
      { name: 'term', start: async () => void this.story.push(term), stop: async () => void this.story.push(-term) },
    ];
    this.leadership = new Leadership({ url, limits: LIMITS, clock, log: silentLog, begin });
    candidates.push(this);
  }

  leads(): Promise<number> {
    return until(() => this.leadership.term, 'leading');
  }
}

beforeEach(async () => {
  url = await freshDatabase();
  operator = new pg.Client({ connectionString: url });
  await operator.connect();
  candidates = [];
});
afterEach(async () => {
  for (const { leadership } of candidates) await leadership.stop();
  await operator.end();
});

/** The sessions that hold the lock. */
async function holders(): Promise<number[]> {
  const { rows } = await operator.query<{ pid: number }>(
    "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND granted AND datname = current_database()",
  );
  return rows.map(({ pid }) => pid);
}

describe('leading (F25)', () => {
  test('the first leads as soon as it has started; the second stands by and takes over when the first leaves', async () => {
    const [first, second] = [new Candidate(), new Candidate()];
    await first.leadership.start();
    expect(first.story).toEqual([1]);
    await second.leadership.start();
    expect(second.leadership.term).toBeUndefined();
    await first.leadership.stop();
    expect(first.story).toEqual([1, -1]);
    expect(await second.leads()).toBe(2);
    expect(await holders()).toHaveLength(1);
  });

  test('a leader whose session is cut steps down, and may lead again under a new number', async () => {
    const only = new Candidate();
    await only.leadership.start();
    await operator.query('SELECT pg_terminate_backend($1)', [(await holders())[0]]);
    await until(() => (only.leadership.term === 2 ? true : undefined), 'the second term');
    expect(only.story).toEqual([1, -1, 2]);
  });

  test('PostgreSQL itself ends the session of a leader that stands still', async () => {
    const paused = new Candidate({ ...systemClock, after: () => () => {} }); // no beat is ever sent
    await paused.leadership.start();
    const next = new Candidate();
    await next.leadership.start();
    expect([paused.leadership.term, next.leadership.term]).toEqual([1, undefined]);
    expect(await next.leads()).toBe(2);
    await until(() => (paused.leadership.term === undefined ? true : undefined), 'the end of the first term');
  });

  test('services that cannot start give the lead to another', async () => {
    const begin = () => [{ name: 'broken', start: () => Promise.reject(new Error('no')), stop: async () => {} }];
    const broken = new Leadership({ url, limits: { ...LIMITS, retryMs: 60_000 }, clock: systemClock, log: silentLog, begin });
    await broken.start();
    const next = new Candidate();
    await next.leadership.start();
    expect(await next.leads()).toBe(2);
    await broken.stop();
  });
});

describe('the fencing number', () => {
  test('a closure and a cursor of an earlier term are refused as a whole, with an error', async () => {
    const { prisma } = await openFreshDatabase();
    const opened = await openTrade(prisma, await addBot(prisma));
    const stale = new ClosuresStore(prisma, 0);
    await prisma.$executeRaw`UPDATE leadership SET term = 1`;
    const closure = closureFor(opened, 'CLOSED_TP');
    const states = await Promise.all([
      stale.close([closure], closure.exitTime).catch(sqlState),
      stale.saveCursors([tickAt(1, '100')], { at: closure.exitTime, recordSequence: 0n }).catch(sqlState),
    ]);
    expect(states).toEqual([STALE, STALE]);
    expect(await prisma.symbolCursor.count()).toBe(0);
    expect(await recordFaults(prisma)).toEqual([]);
    expect(stale.isRefusal({ code: STALE })).toBe(false); // it is kept and not thrown away
    const current = new ClosuresStore(prisma, 1);
    expect(await current.close([closure], closure.exitTime)).toHaveLength(1);
    await current.saveCursors([tickAt(1, '100')], { at: closure.exitTime, recordSequence: 0n });
    expect(await prisma.symbolCursor.count()).toBe(1);
  });

  test('a new term waits for what the old one is just writing, and nothing of the old one comes after it', async () => {
    const { pool } = await openFreshDatabase();
    const old = await pool.connect();
    await old.query('BEGIN');
    await old.query('SELECT require_term(0)');
    let hasBegun = false;
    const begun = pool.query('UPDATE leadership SET term = 1').then(() => (hasBegun = true));
    await pool.query('SELECT 1');
    expect(hasBegun).toBe(false);
    await old.query('COMMIT');
    await begun;
    await expect(old.query('SELECT require_term(0)')).rejects.toMatchObject({ code: STALE });
    old.release();
  });

  test('a number is never given twice', async () => {
    const { pool } = await openFreshDatabase();
    await pool.query('UPDATE leadership SET term = 7');
    await expect(pool.query('UPDATE leadership SET term = 7')).rejects.toMatchObject({ code: '23000' });
    await expect(pool.query('DELETE FROM leadership')).rejects.toMatchObject({ code: '23000' });
  });
});
