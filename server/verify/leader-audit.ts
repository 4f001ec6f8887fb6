import type pg from 'pg';

/**
 * Notes, inside the database, with which term each closure and each cursor was written and which term it was then. It stands before the
 * product's own check and leaves it as it is.
 */
export async function installAudit(pool: pg.Pool): Promise<void> {
  await pool.query(`
    CREATE TABLE rig_writes (kind text NOT NULL, term bigint, current_term bigint NOT NULL);
    ALTER FUNCTION require_term(bigint) RENAME TO product_require_term;
    CREATE FUNCTION require_term(asked bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      PERFORM set_config('rig.term', asked::text, true);
      RETURN product_require_term(asked);
    END $$;
    CREATE FUNCTION rig_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO rig_writes SELECT TG_TABLE_NAME, nullif(current_setting('rig.term', true), '')::bigint, term FROM leadership;
      RETURN NULL;
    END $$;
    CREATE TRIGGER rig_closures AFTER UPDATE ON paper_trades FOR EACH ROW EXECUTE FUNCTION rig_note();
    CREATE TRIGGER rig_cursors AFTER INSERT OR UPDATE ON symbol_cursors FOR EACH ROW EXECUTE FUNCTION rig_note();`);
}

/** The planted bug: the check lets every term through. */
export async function removeFence(pool: pg.Pool): Promise<void> {
  await pool.query('CREATE OR REPLACE FUNCTION product_require_term(asked bigint) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$');
}

export interface AuditedWrites {
  /** By a worker that led when it wrote. */
  readonly current: number;
  /** By one that had been replaced, or that named no term at all. */
  readonly stale: number;
}

export async function auditedWrites(pool: pg.Pool): Promise<AuditedWrites> {
  const { rows } = await pool.query<AuditedWrites>(`SELECT count(*) FILTER (WHERE term = current_term)::int AS current,
    count(*) FILTER (WHERE term IS DISTINCT FROM current_term)::int AS stale FROM rig_writes`);
  return rows[0]!;
}
