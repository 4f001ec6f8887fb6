import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startExchange } from '../simulator/exchange.ts';
import type { Exchange } from '../simulator/exchange.ts';
import type { SymbolDefinition } from '../simulator/listing.ts';
import { compose as composeAll } from '../src/process/compose.ts';
import type { Compose } from '../src/process/composition.ts';
import { configFrom, projectRoot } from '../src/process/environment.ts';
import { createLog } from '../src/process/log.ts';
import { startServer } from '../src/process/server.ts';
import type { RunningServer } from '../src/process/server.ts';
import { rigDatabase } from './rig-database.ts';
import type { GiveDatabase } from './rig-database.ts';

export interface WholeServer {
  readonly server: RunningServer;
  readonly exchange: Exchange;
  readonly databaseUrl: string;
  /** Every line that was logged, from debug on, as it would stand in the log. */
  readonly logged: readonly string[];
  readonly hasPages: boolean;
  stop(): Promise<void>;
}

/** The one symbol that is there unless others are asked for. */
export const BTC_ONLY: readonly SymbolDefinition[] = (['SPOT', 'FUTURES'] as const).map((marketType) => ({
  marketType,
  symbol: 'BTCUSDT',
  price: '100',
}));

/** Exchange, database and the server as an operator runs it, its pages included where they are built; all ends with `stop`. */
export async function startWholeServer(
  env: Readonly<Record<string, string>>,
  giveDatabase?: GiveDatabase,
  symbols: readonly SymbolDefinition[] = BTC_ONLY,
  compose: Compose = composeAll,
): Promise<WholeServer> {
  const closers: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const exchange = await startExchange({ symbols });
    closers.push(() => exchange.stop());
    const database = await rigDatabase(giveDatabase);
    closers.push(() => database.end());
    const databaseUrl = database.url;
    const logged: string[] = [];
    const log = createLog({ level: 'debug', readable: false, write: (line) => void logged.push(line) });
    const hasPages = existsSync(join(projectRoot, 'web', 'build', 'handler.js'));
    const config = configFrom({ PORT: '0', DATABASE_URL: databaseUrl, ...exchange.environment(), ...env });
    const server = await startServer({ config, compose, log, ...(!hasPages && { web: (_, response) => response.writeHead(404).end() }) });
    closers.push(() => server.stop());
    return { server, exchange, databaseUrl, logged, hasPages, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
