import { execFile } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHILD_ENVIRONMENT } from '../../testkit/child-environment.ts';
import { freshDatabase } from '../../testkit/database.ts';
import { hashToken } from '../signals/tokens.ts';

let url: string;
beforeAll(async () => {
  url = await freshDatabase();
});

const bot = (...args: string[]) => botWith('', ...args);

/** Nothing more on the standard input than is given: a command that asked would get no answer. */
function botWith(input: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...CHILD_ENVIRONMENT, DATABASE_URL: url };
    const child = execFile(process.execPath, [join(import.meta.dirname, 'bot-cli.ts'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** Each command is a process of its own, which takes seconds on a loaded machine. */
const MANY = { timeout: 120_000 };

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

  test('lists every token of every bot and never a token itself', MANY, async () => {
    url = await freshDatabase();
    expect(await bot('list')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('no bot yet') });
    const made = JSON.parse((await bot('create', 'Listed Bot', '--scope', 'signals:create', '--json')).stdout) as Record<string, string>;
    expect(made).toEqual({
      bot: 'listed-bot',
      name: 'Listed Bot',
      tokenId: expect.any(String),
      token: expect.stringMatching(/^bpt_live_/),
      scopes: ['signals:create'],
    });
    const second = (await bot('rotate', 'listed-bot')).stdout.trim();
    const { stdout, stderr } = await bot('list');
    expect(stderr).toBe('bot\tid\tscopes\tcreated\tlast used\trevoked\tname\n');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(lines).toEqual([
      ['listed-bot', made['tokenId'], 'signals:create', expect.stringMatching(/Z$/), '-', '-', 'Listed Bot'],
      ['listed-bot', expect.any(String), 'signals:create', expect.stringMatching(/Z$/), '-', '-', 'Listed Bot'],
    ]);
    const json = (await bot('list', '--json')).stdout;
    expect(JSON.parse(json)).toMatchObject([
      { bot: 'listed-bot', tokens: [{ id: made['tokenId'], lastUsedAt: null }, { revokedAt: null }] },
    ]);
    for (const token of [made['token']!, second]) expect(stdout + json).not.toContain(token.slice(9, 30));
  });

  test('revokes by id, by the token itself or all of a bot, and says so again', MANY, async () => {
    const { token, tokenId } = JSON.parse((await bot('create', 'Revoking', '--json')).stdout) as { token: string; tokenId: string };
    expect(await botWith(`${token}\n`, 'revoke', '-')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining(tokenId) });
    expect((await bot('revoke', tokenId)).code).toBe(0);
    await bot('rotate', 'Revoking');
    const { stdout } = await bot('revoke', 'Revoking', '--all', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ bot: 'revoking', revokedAt: expect.stringMatching(/Z$/) });
    expect(await bot('revoke', 'Revoking', '--all')).toMatchObject({ code: 0, stdout: '' });
  });

  test.for([
    ['', 'revoke', crypto.randomUUID()],
    ['', 'revoke', 'revoking'],
    ['', 'revoke', 'nobody', '--all'],
    ['bpt_live_mistyped', 'revoke', '-'],
    ['', 'rotate', 'nobody'],
    ['', 'create', '币安'],
  ])('says why it does not %j %s %s', async ([input = '', ...args]) => {
    expect(await botWith(input, ...args)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) });
  });

  test.each([
    [[]],
    [['create']],
    [['delete', 'x']],
    [['create', 'a', 'b']],
    [['--nothing']],
    [['list', 'a']],
    [['create', 'a', '--scope', 'admin']],
    [['list', '--scope', 'signals:create']],
    [['rotate', 'a', '--all']],
  ])('shows how it is used for %j, with exit code 2', async (args) => {
    expect(await bot(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('npm run bot -- create NAME') });
  });

  test.for(['--help', 'help', '-h'])('shows help for %s, with exit code 0', async (asked) => {
    expect(await bot(asked)).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('npm run bot -- create NAME') });
  });
});
