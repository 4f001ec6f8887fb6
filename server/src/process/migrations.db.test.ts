import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../testkit/database.ts';
import { sqlToSchema } from '../../tools/schema-diff.ts';

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

describe('the migrations and schema.prisma', () => {
  test('make the same tables', async () => {
    expect(await sqlToSchema(await freshDatabase())).toBeUndefined();
  });

  test.each([
    ['a missing column', 'ALTER TABLE signals DROP COLUMN note', 'ADD COLUMN     "note" TEXT'],
    ['a nullable column', 'ALTER TABLE signals ALTER COLUMN symbol DROP NOT NULL', 'ALTER COLUMN "symbol" SET NOT NULL'],
    ['a missing unique key', 'DROP INDEX paper_trades_signal_id_key', 'CREATE UNIQUE INDEX "paper_trades_signal_id_key"'],
    ['other digits', 'ALTER TABLE symbol_cursors ALTER COLUMN last_price TYPE numeric(30, 10)', 'DECIMAL(38,18)'],
  ])('would be found to differ by %s', async (_, change, expected) => {
    const url = await freshDatabase();
    await execute(url, change);
    expect(await sqlToSchema(url)).toContain(expected);
  });
});
