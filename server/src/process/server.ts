import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import compression from 'compression';
import { apiError } from '../graphql/api-errors.ts';
import { Visitors } from '../graphql/visitors.ts';
import type { Clock } from '../kernel/clock.ts';
import { idsFrom } from '../kernel/ids.ts';
import type { Compose, Foundation } from './composition.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { processLog, projectRoot } from './environment.ts';
import { answerFault, IS_A_WORKER } from './faults.ts';
import { HttpServer } from './http.ts';
import type { Handler } from './http.ts';
import { Closers } from './lifecycle.ts';
import type { Running } from './lifecycle.ts';
import { migrate } from './migrate.ts';
import { rememberedCheck } from './readiness.ts';
import { StartFault } from './start-fault.ts';
import { systemClock } from './system-clock.ts';

/** Where a proxy says how the visitor reached it. */
const PROTOCOL_HEADER = 'x-forwarded-proto';

/**
 * By how much of what is in use the heap may grow, percent, before all of it is looked through. V8 by itself lets it grow by a tenth where
 * that costs little on average; but each time holds everybody up for 10 to 20 ms, and with long messages to many that was twice a second.
 */
const HEAP_GROWTH_PERCENT = 50;

export interface StartOptions {
  readonly config: Config;
  /** Default: the log that `config` asks for, on stdout. */
  readonly log?: Foundation['log'];
  readonly compose: Compose;
  /** Answers everything but the API; default: the built web pages. */
  readonly web?: Handler;
  /** Default: the host's. */
  readonly clock?: Clock;
}

export interface RunningServer extends Running, Foundation {
  /** Where this machine reaches it, without a slash at the end: http://127.0.0.1:5173 */
  readonly url: string;
  readonly port: number;
}

/** Starts the whole server; on a failure everything that was started is stopped again. Throws a StartFault for what an operator can mend. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config } = options;
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  const log = options.log ?? processLog(config);
  const closers = new Closers(log);
  try {
    const clock = options.clock ?? systemClock;
    const newId = idsFrom(clock, randomBytes);
    const http = new HttpServer(config.limits.http, log, newId);
    await http.listen(config.port);
    closers.add('http connections', () => http.close());

    const url = config.databaseUrl ?? (await startOwnDatabase(config, log, closers));
    const { migrationLockTimeoutMs: lockTimeoutMs, startTimeoutMs } = config.limits.database;
    await migrate(url, { folder: join(projectRoot, 'prisma', 'migrations'), log, lockTimeoutMs, startTimeoutMs });
    const database = openDatabase(url, config.limits.database, log);
    closers.add('database connections', () => database.close());

    const visitors = new Visitors(config.trustProxy, randomBytes(32).toString('base64url'));
    const foundation: Foundation = { config, log, clock, randomBytes, newId, database, visitors };
    const composition = await options.compose(foundation);
    for (const service of composition.services) await closers.start(service);

    const pages = options.web ?? (config.role === 'worker' ? NO_PAGES : await loadWeb(http.url));
    const web: Handler = (request, response) => {
      visitors.mark(request);
      return compressed(pages, request, response);
    };
    const { graphql, graphqlUpgrade, endpoints } = composition;
    const notReady = rememberedCheck(
      async () => composition.notReady() ?? (await database.pool.query('SELECT 1').then(() => undefined, unreachable)),
      clock,
    );
    http.serve({ graphql, graphqlUpgrade, endpoints, web, notReady });
    closers.add('http requests', () => http.drain());
    log.info({ url: http.url.replace('127.0.0.1', 'localhost') }, 'ready');
    return {
      ...foundation,
      url: http.url,
      port: http.port,
      stopDeadlineMs: config.limits.shutdown.deadlineMs,
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function startOwnDatabase({ dataDir, limits }: Config, log: Foundation['log'], closers: Closers): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir, log, ...limits.embeddedPostgres });
  closers.add('embedded PostgreSQL', () => postgres.stop());
  return postgres.url;
}

/** Its types are those of Express, of which it needs nothing. */
const compress = compression() as unknown as (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** A page is a hundred kilobytes, and a sixth of that compressed; files that were compressed when they were built are left as they are. */
function compressed(pages: Handler, request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  return new Promise((resolve) => compress(request, response, () => resolve(pages(request, response))));
}

/** What a worker shows. */
const NO_PAGES: Handler = (request, response) => answerFault(request, response, apiError('NOT_FOUND', IS_A_WORKER));

/** SvelteKit's handler of the built pages. They ask this process' own API, wherever it listens. */
async function loadWeb(url: string): Promise<Handler> {
  const file = join(projectRoot, 'web', 'build', 'handler.js');
  if (!existsSync(file)) throw new StartFault('the web pages are not built: start with "npm start", which builds them');
  process.env['GRAPHQL_URL'] = `${url}/graphql`;
  process.env['PROTOCOL_HEADER'] = PROTOCOL_HEADER;
  const { handler } = (await import(pathToFileURL(file).href)) as { handler: Handler };
  return (request, response) => {
    // Without a proxy that says otherwise it is plain HTTP, which SvelteKit does not see for itself.
    request.headers[PROTOCOL_HEADER] = String(request.headers[PROTOCOL_HEADER]).startsWith('https') ? 'https' : 'http';
    return handler(request, response);
  };
}

function unreachable(): string {
  return 'the database does not answer';
}
