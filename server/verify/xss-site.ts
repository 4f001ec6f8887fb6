import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startExchange } from '../simulator/exchange.ts';
import { compose } from '../src/process/compose.ts';
import { configFrom } from '../src/process/environment.ts';
import { startServer } from '../src/process/server.ts';
import type { RunningServer } from '../src/process/server.ts';
import { BotsStore } from '../src/signals/bots.store.ts';
import { CREATE_SIGNAL } from '../testkit/documents.ts';
import type { Payload } from '../testkit/documents.ts';
import { silentLog } from '../testkit/silent-log.ts';
import { until } from '../testkit/waiting.ts';

/** The visits come faster than one address may ask: what is tried here is not that limit. */
const ROOM = { API_COST_CAPACITY: '1000000000' };
const BTC = { marketType: 'FUTURES', symbol: 'BTCUSDT', price: '42500' } as const;

export interface HostileSite {
  readonly url: string;
  readonly tradeIds: readonly string[];
  /** Payloads that the API took as they are; the others were written by SQL. */
  readonly accepted: number;
  /** What the API did that it must not do. */
  readonly faults: readonly string[];
  end(): Promise<void>;
}

/** The whole product with its pages, every text of a bot in it hostile: each payload is a bot's name and a signal's every text. */
export async function hostileSite(payloads: readonly string[]): Promise<HostileSite> {
  const exchange = await startExchange({ symbols: [BTC] });
  const dataDir = mkdtempSync(join(tmpdir(), 'bot-performance-xss-'));
  chmodSync(dataDir, 0o755); // as root, PostgreSQL's user must be able to enter it
  const start = (port: number) =>
    startServer({
      config: configFrom({ ...ROOM, PORT: String(port), DATA_DIR: dataDir, ...exchange.environment() }),
      compose,
      log: silentLog,
    });
  let server: RunningServer | undefined;
  const end = async (): Promise<void> => {
    await server?.stop();
    await exchange.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    server = await start(0);
    const posted = await postAll(server, payloads);
    exchange.tick({ ...BTC, price: '43000' });
    const half = Math.ceil(payloads.length / 2);
    const closed = `SELECT count(*)::int AS closed FROM paper_trades WHERE status = 'CLOSED_TP'`;
    const { pool } = server.database;
    await until(async () => ((await pool.query<{ closed: number }>(closed)).rows[0]?.closed === half ? true : undefined), 'the closures');
    await writePastValidation(server, payloads);
    // What it keeps in memory has the harmless texts. The pages ask the API where it was when they were loaded.
    const { port } = server;
    await server.stop();
    server = await start(port);
    return { url: server.url, ...posted, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Posts each payload; every second trade has its target where the next price will be. */
async function postAll(server: RunningServer, payloads: readonly string[]) {
  const { database, clock, newId, randomBytes } = server;
  const bots = new BotsStore(database.prisma);
  const tradeIds: string[] = [];
  const faults: string[] = [];
  let accepted = 0;
  for (const [index, payload] of payloads.entries()) {
    const { token } = await bots.create(`Bot ${index}`, clock, newId, randomBytes);
    const post = async (texts: object): Promise<Payload> => {
      const input = { symbol: 'BTCUSDT', direction: 'LONG', entryPrice: '42500', takeProfit: index % 2 === 0 ? '43000' : '50000', stopLoss: '30000', ...texts }; // prettier-ignore
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query: CREATE_SIGNAL, variables: { input } });
      const answer = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body });
      const { data } = (await answer.json()) as { data?: { createSignal: Payload } };
      if (!data) throw new Error(`HTTP ${answer.status} to ${JSON.stringify(texts)}`);
      return data.createSignal;
    };
    if (index === 0) await until(async () => ((await post({ symbol: 'NOSUCH' })).userErrors[0]?.code === 'SYMBOL_UNKNOWN' ? true : undefined), 'the list of symbols'); // prettier-ignore
    if ((await post({ symbol: payload })).signal) faults.push(`${JSON.stringify(payload)}: accepted as a symbol`);
    const hostile = await post({ strategy: payload, note: payload, externalId: payload });
    const { trade } = hostile.trade ? hostile : await post({ strategy: 'plain', externalId: 'plain' });
    if (hostile.trade) accepted += 1;
    if (!trade) throw new Error(`no trade for ${JSON.stringify(payload)}`);
    tradeIds.push(trade.id);
  }
  return { tradeIds, faults, accepted };
}

/** Names of bots, texts that the API refuses, and symbols of trades that nobody watches any more. */
async function writePastValidation({ database }: RunningServer, payloads: readonly string[]): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN; SET LOCAL session_replication_role = replica'); // no triggers
    for (const [index, payload] of payloads.entries()) {
      const slug = `bot-${index}`;
      await client.query('UPDATE bots SET name = $1 WHERE slug = $2', [payload, slug]);
      const ofBot = 'bot_id = (SELECT id FROM bots WHERE slug = $2)';
      await client.query(`UPDATE signals SET strategy = $1, note = $1, external_id = $1 WHERE ${ofBot}`, [payload, slug]);
      await client.query(`UPDATE signals SET symbol = $1 WHERE status = 'CLOSED' AND ${ofBot}`, [payload, slug]);
    }
    await client.query(`UPDATE paper_trades t SET symbol = s.symbol FROM signals s WHERE s.id = t.signal_id`);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
