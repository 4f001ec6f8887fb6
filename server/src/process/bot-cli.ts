import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { idsFrom } from '../kernel/ids.ts';
import { BotsStore } from '../signals/bots.store.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { useEmbeddedPostgres } from './embedded-postgres.ts';
import { configFrom, environmentWithFile, processLog, projectRoot } from './environment.ts';
import { migrate } from './migrate.ts';
import { messageOf, StartFault } from './start-fault.ts';
import { systemClock } from './system-clock.ts';

const HELP = `npm run bot -- create NAME

Creates a bot, an authorised sender of signals, and prints its token: the only line on stdout, and the only time it is ever shown.
It works while the server runs and while it does not, on the database of DATA_DIR (default ./data) or DATABASE_URL.
NAME is public and has 1 to 64 characters; the bot's address in links and filters is made from it.

Exit code: 0 done; 1 not done, with the reason; 2 wrong usage.`;

/** `npm run bot`. Everything but the token goes to stderr, so that the output can be kept in a variable or a secret store. */
async function main(args: readonly string[]): Promise<number> {
  const command = readCommand(args);
  if (command === undefined) return say(HELP, 2);
  if (command === 'help') return say(HELP, 0);
  const { name } = command;
  try {
    const { token, slug } = await withDatabase(({ prisma }) =>
      new BotsStore(prisma).create(name, systemClock, idsFrom(systemClock, randomBytes), randomBytes),
    );
    process.stdout.write(`${token}\n`);
    return say(`The bot "${name.trim()}" (${slug}) sends this token as "Authorization: Bearer TOKEN". It cannot be shown again.`, 0);
  } catch (error) {
    return say(error instanceof StartFault ? error.message : messageOf(error), 1);
  }
}

function readCommand(args: readonly string[]): { name: string } | 'help' | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return 'help';
    const [command, name, ...rest] = positionals;
    return command === 'create' && name !== undefined && rest.length === 0 ? { name } : undefined;
  } catch {
    return undefined; // an option that does not exist
  }
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

function say(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`);
  return exitCode;
}

process.exitCode = await main(process.argv.slice(2));
