import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { idsFrom, isUuid } from '../kernel/ids.ts';
import { BotRefusal, BotsStore } from '../signals/bots.store.ts';
import type { BotRow, MadeToken } from '../signals/bots.store.ts';
import { isScope, SCOPES } from '../signals/scopes.ts';
import type { Scope } from '../signals/scopes.ts';
import { looksLikeToken } from '../signals/tokens.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { useEmbeddedPostgres } from './embedded-postgres.ts';
import { configFrom, environmentWithFile, processLog, projectRoot } from './environment.ts';
import { migrate } from './migrate.ts';
import { messageOf, StartFault } from './start-fault.ts';
import { systemClock } from './system-clock.ts';

const HELP = `npm run bot -- create NAME [--scope SCOPE]…   a new bot, an authorised sender of signals; prints its token, the only time it is ever shown
npm run bot -- list                           every bot's tokens, one a line: address, id, scopes, created, last used, revoked, name
npm run bot -- rotate NAME [--scope SCOPE]…   a second token beside the bot's first, which stays valid until it is revoked; prints it
npm run bot -- revoke ID                      ends a token for good and closes its sockets within a second
npm run bot -- revoke NAME --all              the same with every token of a bot
npm run bot -- revoke -                       the same with the token on the standard input, such as a leaked one
npm run bot -- help

NAME is public and has 1 to 64 characters; the bot's address in links and filters is made from it. A bot has at most two valid tokens.
SCOPE is what the token may do; without one, everything (rotate: what the bot's newest token may):
${Object.entries(SCOPES)
  .map(([scope, about]) => `  ${scope.padEnd(16)}${about}`)
  .join('\n')}
--json prints the data as JSON. Data go to stdout, everything for people to stderr; nothing is ever asked.
All of it works while the server runs and while it does not, on the database of DATA_DIR (default ./data) or DATABASE_URL.

Exit code: 0 done; 1 not done, with the reason; 2 wrong usage.`;

const COMMANDS = ['create', 'list', 'rotate', 'revoke'] as const;
type CommandName = (typeof COMMANDS)[number];

interface Command {
  readonly name: CommandName;
  readonly subject: string;
  readonly scopes: readonly Scope[] | undefined;
  readonly all: boolean;
  readonly json: boolean;
}

/** `npm run bot`. */
async function main(args: readonly string[]): Promise<number> {
  const command = readCommand(args);
  if (command === undefined) return say(HELP, 2);
  if (command === 'help') return say(HELP, 0);
  try {
    return await withDatabase(({ prisma }) => run(command, new BotsStore(prisma)));
  } catch (error) {
    return say(error instanceof StartFault || error instanceof BotRefusal ? error.message : messageOf(error), 1);
  }
}

function readCommand(args: readonly string[]): Command | 'help' | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        scope: { type: 'string', multiple: true },
      },
    });
    const [name, subject = '', ...rest] = positionals;
    if (values.help === true || name === 'help') return 'help';
    const { json, all, scope: scopes } = values;
    if (!isCommandName(name) || rest.length > 0 || (name === 'list') !== (subject === '')) return undefined;
    if (all && name !== 'revoke') return undefined;
    if (scopes && name !== 'create' && name !== 'rotate') return undefined;
    if (!(scopes ?? []).every(isScope)) return undefined;
    return { name, subject, scopes: scopes && ([...new Set(scopes)] as Scope[]), all, json };
  } catch {
    return undefined; // an option that does not exist
  }
}

function isCommandName(name: string | undefined): name is CommandName {
  return COMMANDS.some((each) => each === name);
}

async function run({ name, subject, scopes, all, json }: Command, bots: BotsStore): Promise<number> {
  const newId = idsFrom(systemClock, randomBytes);
  switch (name) {
    case 'create':
      return tellToken(await bots.create(subject, systemClock, newId, randomBytes, scopes), json);
    case 'rotate':
      return tellToken(await bots.rotate(subject, systemClock, newId, randomBytes, scopes), json);
    case 'list':
      return tellBots(await bots.list(), json);
    case 'revoke': {
      const ids = all ? await bots.validTokens(subject) : [await tokenIdOf(subject, bots)];
      for (const tokenId of ids) {
        const { slug, revokedAt } = await bots.revoke(tokenId, systemClock);
        if (json) print({ bot: slug, tokenId, revokedAt });
        say(`The token ${tokenId} of the bot "${slug}" is revoked since ${revokedAt.toISOString()}.`, 0);
      }
      return ids.length > 0 ? 0 : say(`the bot "${subject}" has no valid token`, 0);
    }
  }
}

async function tokenIdOf(subject: string, bots: BotsStore): Promise<string> {
  if (isUuid(subject)) return subject;
  if (subject !== '-') throw new BotRefusal('revoke takes the id of a token, as "list" shows it, or NAME --all');
  const token = (await text(process.stdin)).trim();
  if (!looksLikeToken(token)) throw new BotRefusal('what is on the standard input is no token: is a character missing or mistyped?');
  const id = await bots.idOf(token);
  if (id === null) throw new BotRefusal('nobody here has that token');
  return id;
}

function tellToken({ slug, name, tokenId, token, scopes }: MadeToken, json: boolean): number {
  if (json) print({ bot: slug, name, tokenId, token, scopes });
  else process.stdout.write(`${token}\n`);
  return say(
    `The bot "${name}" (${slug}) sends this token as "Authorization: Bearer TOKEN". It cannot be shown again.
Its id is ${tokenId}; it may: ${scopes.join(', ')}.`,
    0,
  );
}

function tellBots(bots: readonly BotRow[], json: boolean): number {
  if (json) {
    print(bots.map(({ slug, ...bot }) => ({ bot: slug, ...bot })));
    return 0;
  }
  if (bots.length === 0) return say('There is no bot yet: npm run bot -- create NAME', 0);
  say(['bot', 'id', 'scopes', 'created', 'last used', 'revoked', 'name'].join('\t'), 0); // apart from the lines, so that programs need not skip it
  const time = (date: Date | null): string => date?.toISOString() ?? '-';
  for (const { slug, name, tokens } of bots)
    for (const { id, scopes, createdAt, lastUsedAt, revokedAt } of tokens)
      process.stdout.write(`${[slug, id, scopes.join(','), time(createdAt), time(lastUsedAt), time(revokedAt), name].join('\t')}\n`);
  return 0;
}

function print(data: object): void {
  process.stdout.write(`${JSON.stringify(data)}\n`);
}

async function withDatabase<Result>(use: (database: Database) => Promise<Result>): Promise<Result> {
  const { dataDir, databaseUrl, limits } = configFrom(environmentWithFile(process.env));
  const log = processLog({ logLevel: 'warn' }, 2);
  const postgres = databaseUrl === undefined ? await useEmbeddedPostgres({ dataDir, log, ...limits.embeddedPostgres }) : undefined;
  try {
    const url = databaseUrl ?? postgres?.url ?? '';
    const { migrationLockTimeoutMs: lockTimeoutMs, startTimeoutMs } = limits.database;
    await migrate(url, { folder: join(projectRoot, 'prisma', 'migrations'), log, lockTimeoutMs, startTimeoutMs });
    const database = openDatabase(url, limits.database, log);
    return await use(database).finally(() => database.close());
  } finally {
    await postgres?.stop();
  }
}

function say(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}

process.exitCode = await main(process.argv.slice(2));
