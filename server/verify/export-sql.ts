import type pg from 'pg';

export async function addBotBySql(client: pg.Client): Promise<void> {
  await client.query(
    `INSERT INTO bots (id, slug, name, created_at) VALUES ('00000000-0000-7000-8000-000000000000', 'filler', 'Filler', now())`,
  );
}

/** How many trades are stored, and Σ realizedPnl in units of 1e-8. */
export async function sumsBySql(client: pg.Client): Promise<{ rows: number; units: bigint }> {
  const sql = 'SELECT count(*)::int AS rows, trunc(coalesce(sum(realized_pnl), 0) * 1e8)::text AS units FROM paper_trades';
  const [sums] = (await client.query<{ rows: number; units: string }>(sql)).rows;
  if (!sums) throw new Error('no answer');
  return { rows: sums.rows, units: BigInt(sums.units) };
}
