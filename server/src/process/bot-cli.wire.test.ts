import { execFile } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../testkit/database.ts';
import { hashToken } from '../signals/tokens.ts';

let url: string;
beforeAll(async () => {
  url = await freshDatabase();
});

function bot(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], DATABASE_URL: url };
    execFile(process.execPath, [join(import.meta.dirname, 'bot-cli.ts'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

describe('npm run bot', () => {
  test('prints a token, alone on stdout, of which the database knows only the hash', async () => {
    const { code, stdout, stderr } = await bot('create', 'Trend Rider');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^bpt_live_\w+\n$/);
    expect(stderr).toContain('"Trend Rider" (trend-rider)');
    expect(stderr).not.toContain(stdout.trim());
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('SELECT hash, to_json(bot_tokens)::text AS text FROM bot_tokens').finally(() => client.end());
    expect(rows).toEqual([{ hash: Buffer.from(hashToken(stdout.trim())), text: expect.not.stringContaining(stdout.trim()) }]);
  });

  test('refuses a name that is taken, with exit code 1 and one line', async () => {
    await bot('create', 'Twice');
    expect(await bot('create', 'Twice')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^[^\n]*twice[^\n]*\n$/) });
  });

  test.each([[[]], [['create']], [['delete', 'x']], [['create', 'a', 'b']], [['--nothing']]])(
    'shows how it is used for %j, with exit code 2',
    async (args) => {
      expect(await bot(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('npm run bot -- create NAME') });
    },
  );

  test('shows help, with exit code 0', async () => {
    expect(await bot('--help')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('npm run bot -- create NAME') });
  });
});
