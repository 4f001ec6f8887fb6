import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { readConfig } from './config.ts';
import type { Config } from './config.ts';
import { checkDataFolder, checkPort, checkRest, checkStream, hasOwnDatabase } from './doctor-checks.ts';
import type { Finding } from './doctor-checks.ts';
import { useEmbeddedPostgres } from './embedded-postgres.ts';
import { environmentWithFile, processLog, projectRoot } from './environment.ts';
import { withoutSecrets } from './log.ts';
import { pendingMigrations } from './migrate.ts';
import { otherSource, PRICES_OF } from './record-source.ts';
import { messageOf } from './start-fault.ts';
import type { RecordSource } from '../record/record.store.ts';
import { MARKET_TYPES } from '../ticks/tick.ts';

const HELP = `npm run doctor [-- --json]

Checks the configuration, the data folder, the port, the database, its migrations, its record and the bots' tokens, and for each market the REST API,
the stream and the clock against the exchange's. One line each: ok, warning or FAULT, and what to do about it. It changes nothing, and
works while the server runs and while it does not.

Exit code: 0 no fault; 1 a fault; 2 wrong usage.`;

/** `npm run doctor`. */
async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (asked === undefined || asked.help) {
    process.stderr.write(`${HELP}\n`);
    return asked === undefined ? 2 : 0;
  }
  const findings = (await examine()).map(({ check, state, message, remedy }) => ({
    check,
    state,
    message: withoutSecrets(message),
    ...(remedy !== undefined && { remedy }),
  }));
  const ok = findings.every(({ state }) => state !== 'fault');
  process.stdout.write(asked.json ? `${JSON.stringify({ ok, checks: findings })}\n` : findings.map(lineOf).join(''));
  return ok ? 0 : 1;
}

function readArguments(args: readonly string[]): { readonly json: boolean; readonly help: boolean } | undefined {
  try {
    const options = { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch {
    return undefined;
  }
}

function lineOf({ check, state, message, remedy }: Finding): string {
  const name = { ok: 'ok', warning: 'warning', fault: 'FAULT' }[state];
  return `${name.padEnd(8)} ${check.padEnd(22)} ${message}${remedy === undefined ? '' : `\n${' '.repeat(9)}${' '.repeat(23)}→ ${remedy}`}\n`;
}

async function examine(): Promise<Finding[]> {
  const reading = readConfig(environmentWithFile(process.env));
  if (!reading.ok) {
    const remedy = 'correct it in the environment or in .env; .env.example explains every setting';
    return reading.faults.map((message) => ({ check: 'configuration', state: 'fault', message, remedy }));
  }
  const { config } = reading;
  const limits = config.limits.doctor;
  const port = await checkPort(config, limits);
  const markets = Promise.all(
    MARKET_TYPES.map(async (marketType) => {
      const { rest, ws } = config.exchange[marketType];
      const [overRest, overStream] = await Promise.all([checkRest(marketType, rest, limits), checkStream(marketType, ws, limits)]);
      return [...overRest, overStream];
    }),
  );
  const database = await checkDatabase(config, port.isServing);
  return [
    { check: 'configuration', state: 'ok', message: `${config.simulatedPrices ? 'simulated' : 'real'} prices` },
    checkDataFolder(config),
    port,
    ...database,
    ...(await markets).flat(),
  ];
}

async function checkDatabase(config: Config, isServing: boolean): Promise<Finding[]> {
  const check = 'database';
  const { databaseUrl, dataDir, limits } = config;
  if (databaseUrl === undefined && !hasOwnDatabase(config))
    return isServing ? [servesAnother(config)] : [{ check, state: 'ok', message: 'there is none yet: the first start makes it' }];
  const log = processLog({ logLevel: 'error' }, 2);
  try {
    const postgres = databaseUrl === undefined ? await useEmbeddedPostgres({ dataDir, log, ...limits.embeddedPostgres }) : undefined;
    try {
      const url = databaseUrl ?? postgres?.url ?? '';
      const options = { folder: join(projectRoot, 'prisma', 'migrations'), log, startTimeoutMs: limits.doctor.timeoutMs };
      const pending = await pendingMigrations(url, options);
      const answers: Finding = {
        check,
        state: 'ok',
        message: postgres ? `the data folder’s own, ${postgres.origin}` : 'DATABASE_URL answers',
      };
      return [
        isServing && postgres?.origin === 'started' ? servesAnother(config) : answers,
        migrationsFinding(pending, isServing),
        ...(pending === 'ALL' ? [] : await checkRecord(url, config)),
      ];
    } finally {
      await postgres?.stop();
    }
  } catch (error) {
    const own = 'see the log in the data folder, and whether the disk is full';
    const remedy =
      databaseUrl === undefined ? own : 'check DATABASE_URL: host, port, user, password, database; and that it is reached from here';
    return [{ check, state: 'fault', message: messageOf(error), remedy }];
  }
}

function migrationsFinding(pending: string[] | 'ALL', isServing: boolean): Finding {
  const check = 'migrations';
  if (pending === 'ALL')
    return { check, state: 'warning', message: 'the database is empty', remedy: 'start the server: it makes the tables' };
  if (pending.length === 0) return { check, state: 'ok', message: 'all applied' };
  const remedy = `${isServing ? 'the server that runs is an older version: restart it' : 'start the server'}; it applies them first`;
  return { check, state: 'fault', message: `not applied yet: ${pending.join(', ')}`, remedy };
}

/** A server in this folder would have its database running. */
function servesAnother({ port, dataDir }: Config): Finding {
  const message = `the server that answers on ${port} keeps its record elsewhere, not in ${resolve(dataDir)}`;
  return { check: 'database', state: 'fault', message, remedy: 'set DATA_DIR to its folder to examine it, or PORT to one of your own' };
}

/** What is in the database: where its prices come from, and who may send. */
async function checkRecord(url: string, { simulatedPrices, limits }: Config): Promise<Finding[]> {
  const { timeoutMs } = limits.doctor;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
  client.on('error', () => {}); // a connection cut in between is told by the query's own error
  try {
    await client.connect();
    const { rows } = await client.query<{ source: RecordSource | null; bots: string; tokens: string }>(
      `SELECT (SELECT source FROM record_head) AS source, count(DISTINCT bot_id) AS bots, count(*) AS tokens
       FROM bot_tokens WHERE revoked_at IS NULL`,
    );
    const { source, bots, tokens } = rows[0]!;
    return [sourceFinding(source, simulatedPrices), tokensFinding(bots, tokens)];
  } finally {
    await client.end().catch(() => {});
  }
}

function sourceFinding(source: RecordSource | null, simulatedPrices: boolean): Finding {
  const check = 'record';
  const refusal = otherSource(source, simulatedPrices);
  if (refusal !== undefined) return { check, state: 'fault', ...refusal };
  return { check, state: 'ok', message: source === null ? 'not begun yet' : `begun with ${PRICES_OF[source]}` };
}

function tokensFinding(bots: string, tokens: string): Finding {
  const check = 'tokens';
  if (tokens === '0') return { check, state: 'warning', message: 'no bot can send signals', remedy: 'npm run bot -- create NAME' };
  return { check, state: 'ok', message: `${tokens} valid, of ${bots} ${bots === '1' ? 'bot' : 'bots'}` };
}

process.exitCode = await main(process.argv.slice(2));
