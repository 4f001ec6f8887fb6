import { accessSync, constants, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { WebSocket } from 'ws';
import { VENUES } from '../ticks/venue.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { Config } from './config.ts';
import { codeOf, messageOf } from './start-fault.ts';

export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'fault';
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export type Limits = Config['limits']['doctor'];

const TIME_PATHS: Readonly<Record<MarketType, string>> = { SPOT: '/api/v3/time', FUTURES: '/fapi/v1/time' };

/** Whether the data folder can be used; nothing is made. */
export function checkDataFolder({ dataDir, databaseUrl }: Config): Finding {
  const check = 'data folder';
  if (databaseUrl !== undefined) return { check, state: 'ok', message: 'not used: DATABASE_URL is set' };
  const folder = resolve(dataDir);
  const there = existsSync(folder);
  try {
    accessSync(there ? folder : firstThatExists(folder), constants.W_OK | constants.X_OK);
  } catch (error) {
    const remedy = 'give this user the right to write there, or set DATA_DIR to another folder';
    return { check, state: 'fault', message: `${folder} cannot be written (${codeOf(error)})`, remedy };
  }
  return { check, state: 'ok', message: there ? folder : `${folder} is not there yet: the first start makes it` };
}

function firstThatExists(folder: string): string {
  return existsSync(folder) ? folder : firstThatExists(dirname(folder));
}

/** Whether a first start has made the folder's own database. */
export function hasOwnDatabase({ dataDir }: Config): boolean {
  return existsSync(join(dataDir, 'postgres.json'));
}

/** Whether the port is free or this product answers on it. */
export async function checkPort({ port }: Config, { timeoutMs }: Limits): Promise<Finding & { readonly isServing: boolean }> {
  const check = 'port';
  if (port === 0) return { check, state: 'ok', message: 'any free one (PORT=0)', isServing: false };
  const url = `http://127.0.0.1:${port}`;
  const [health, ready] = await Promise.all([textOf(`${url}/healthz`, timeoutMs), textOf(`${url}/readyz`, timeoutMs)]);
  if (health === 'ok') {
    if (ready === 'ready') return { check, state: 'ok', message: `the server answers on ${port}`, isServing: true };
    const remedy = 'wait a moment and look again; if it stays so, see the log of the server';
    return { check, state: 'fault', message: `the server on ${port} is not ready: ${ready ?? 'no answer'}`, remedy, isServing: true };
  }
  const fault = await listenFault(port);
  if (fault === undefined) return { check, state: 'ok', message: `${port} is free`, isServing: false };
  const message = fault === 'EADDRINUSE' ? `another program listens on ${port}` : `${port} cannot be used (${fault})`;
  return { check, state: 'fault', message, remedy: 'set PORT to a free one, or end that program', isServing: false };
}

/** Reaches a market's REST API and compares the clocks; the way there and back counts half each. */
export async function checkRest(marketType: MarketType, base: string, limits: Limits): Promise<Finding[]> {
  const check = `${marketType} REST`;
  try {
    const askedMs = performance.now();
    const askedAt = Date.now();
    const response = await fetch(`${base}${TIME_PATHS[marketType]}`, { signal: AbortSignal.timeout(limits.timeoutMs), redirect: 'error' });
    const { serverTime } = (await response.json()) as { serverTime?: unknown };
    const tookMs = performance.now() - askedMs;
    if (!response.ok || typeof serverTime !== 'number')
      return [
        {
          check,
          state: 'fault',
          message: `${base} answers, but not as the exchange (HTTP ${response.status})`,
          remedy: remedyFor(marketType, 'REST'),
        },
      ];
    const reached: Finding = { check, state: 'ok', message: `${base} answers in ${Math.round(tookMs)} ms` };
    return [reached, checkClock(marketType, askedAt + tookMs / 2 - serverTime, limits)];
  } catch (error) {
    return [{ check, state: 'fault', message: `${base} cannot be reached: ${reasonOf(error)}`, remedy: remedyFor(marketType, 'REST') }];
  }
}

function checkClock(marketType: MarketType, aheadMs: number, { clockWarningMs, clockFaultMs }: Limits): Finding {
  const check = `clock against ${marketType}`;
  const offMs = Math.round(Math.abs(aheadMs));
  const message = `${offMs} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} the exchange’s`;
  if (offMs < clockWarningMs) return { check, state: 'ok', message };
  const remedy = 'set the clock of this machine, and keep it right with a time service (chrony, systemd-timesyncd)';
  return { check, state: offMs < clockFaultMs ? 'warning' : 'fault', message, remedy };
}

/** Opens a market's stream and waits for its first message: one that connects and stays silent would be no feed. */
export async function checkStream(marketType: MarketType, base: string, { timeoutMs }: Limits): Promise<Finding> {
  const check = `${marketType} stream`;
  const { streamPath, sentinelStream } = VENUES[marketType];
  const remedy = remedyFor(marketType, 'WS');
  const socket = new WebSocket(`${base}${streamPath}?streams=${sentinelStream}`, { handshakeTimeout: timeoutMs });
  try {
    return await new Promise<Finding>((tell) => {
      let opened = false;
      socket.on('open', () => (opened = true));
      socket.on('message', () => tell({ check, state: 'ok', message: `${base} sends` }));
      socket.on('error', (error) => tell({ check, state: 'fault', message: `${base} cannot be reached: ${messageOf(error)}`, remedy }));
      socket.on('close', (code) => tell({ check, state: 'fault', message: `${base} closed the connection (${code})`, remedy }));
      setTimeout(() => {
        const message = opened ? `${base} connects and stays silent` : `${base} does not answer`;
        tell({ check, state: 'fault', message, remedy });
      }, timeoutMs).unref();
    });
  } finally {
    socket.removeAllListeners().on('error', () => {});
    socket.terminate();
  }
}

function remedyFor(marketType: MarketType, kind: 'REST' | 'WS'): string {
  return `check the network, a firewall, and whether the exchange serves this country; its address is BINANCE_${marketType}_${kind}`;
}

/** fetch says only "fetch failed"; what failed is in its cause. */
function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}

async function textOf(url: string, timeoutMs: number): Promise<string | undefined> {
  try {
    return (await (await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })).text()).trim();
  } catch {
    return undefined;
  }
}

function listenFault(port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((tell) => {
    server.once('error', (error) => tell(codeOf(error) ?? 'unknown'));
    server.listen(port, () => server.close(() => tell(undefined)));
  });
}
