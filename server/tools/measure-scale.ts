// Measures what docs/SCALE.md reckons with: processor time of each role by what it does. `node server/tools/measure-scale.ts`, some minutes.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { CREATE_SIGNAL } from '../testkit/documents.ts';
import type { Payload } from '../testkit/documents.ts';
import { subscribe } from '../testkit/subscriptions.ts';
import { until } from '../testkit/waiting.ts';
import { LeaderCluster } from '../verify/leader-cluster.ts';

const SIGNALS = 300;
const AT_ONCE = 10;
const TICKS = 30_000;
const TICKS_PER_PRINT = 2_000;
const TOLD_SYMBOLS = 100;
const TOLD_SECONDS = 15;
const VIEWERS = 200;
const CLOSURES = 50;
const PATIENCE_MS = 120_000;
/** As /proc counts processor time on every Linux that Node runs on: hundredths of a second. */
const TICK_MS = 10;
const MARKET = { marketType: 'FUTURES', symbol: 'BTCUSDT' } as const;
const ON_CLOSED = 'subscription { tradeClosed { sequence trade { id symbol direction status exitPrice realizedPnl } } }';

const cluster = await LeaderCluster.start(3_000);
try {
  const leader = (await cluster.leader()).worker!;
  const api = cluster.apis[0]!.child;
  await print('100');
  await until(async () => ((await newest())?.price === '100' ? true : undefined), 'the first check of prices', PATIENCE_MS);
  const memory = { apiMiB: memoryMiB(api.pid), workerMiB: memoryMiB(leader.pid) };

  await openTrades(AT_ONCE); // the first ones also warm up the code
  const bySignals = await spent(async () => {
    await openTrades(SIGNALS);
    await print('120');
    await closed();
  });

  await openTrades(1);
  const watched = Array.from({ length: TICKS_PER_PRINT }, () => ({ ...MARKET, price: '100' }));
  const byTicks = await spent(async () => {
    for (let printed = 0; printed < TICKS; printed += TICKS_PER_PRINT) await cluster.print(watched);
    const last = (await cluster.print([{ ...MARKET, price: '100.5' }]))[0]!;
    await until(async () => (Number((await newest())?.aggregateTradeId ?? -1) >= last ? true : undefined), 'the last tick', PATIENCE_MS);
  });

  const symbols = Array.from({ length: TOLD_SYMBOLS }, (_, index) => ({ marketType: 'FUTURES', symbol: `T${index}USDT` }));
  await cluster.print(symbols.map((symbol) => ({ ...symbol, price: '100' })));
  await until(() => openTrade(symbols[0]!).then(() => true as const, () => undefined), 'the new symbols at the API nodes', PATIENCE_MS); // prettier-ignore
  for (const symbol of symbols.slice(1)) await openTrade(symbol);
  await pause(3_000);
  const calm = await spent(() => pause(TOLD_SECONDS * 1_000));
  let told = 0;
  const byTold = await spent(async () => {
    const endMs = performance.now() + TOLD_SECONDS * 1_000;
    while (performance.now() < endMs) {
      await cluster.print(symbols.map((symbol) => ({ ...symbol, price: (100 + Math.random()).toFixed(3) })));
      told += TOLD_SYMBOLS;
      await pause(300);
    }
  });

  const url = `${cluster.apis[0]!.url}/graphql`;
  const viewers = Array.from({ length: VIEWERS }, () => subscribe<object>(url, ON_CLOSED, {}, 'WS'));
  await pause(5_000);
  await openTrades(CLOSURES);
  await pause(2_000);
  const closuresBefore = viewers[0]!.items.length;
  const byViewers = await spent(async () => {
    await print('120');
    await closed(TOLD_SYMBOLS);
    await Promise.all(
      viewers.map((viewer) => viewer.when(() => viewer.items.length >= closuresBefore + CLOSURES, 'every closure', PATIENCE_MS)),
    );
  });
  const deliveries = (viewers[0]!.items.length - closuresBefore) * VIEWERS;
  for (const viewer of viewers) viewer.stop();

  const figures = {
    apiMsPerSignal: bySignals.api / SIGNALS,
    postgresMsPerSignal: bySignals.postgres / SIGNALS,
    workerMsPerTick: byTicks.worker / TICKS,
    apiMsPerTold: Math.max(0, byTold.api - calm.api) / told,
    apiMsPerDelivery: byViewers.api / deliveries,
    ...memory,
  };
  for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value.toPrecision(2)}`);

  /** Processor time of each role while something is done, ms. */
  async function spent(work: () => Promise<unknown>): Promise<{ api: number; worker: number; postgres: number }> {
    const before = [cpuMs(api.pid), cpuMs(leader.pid), postgresMs()];
    await work();
    const [api_ = 0, worker = 0, postgres = 0] = [cpuMs(api.pid), cpuMs(leader.pid), postgresMs()].map(
      (after, index) => after - before[index]!,
    );
    return { api: api_, worker, postgres };
  }
} finally {
  await cluster.end();
}

function print(price: string): Promise<number[]> {
  return cluster.print([{ ...MARKET, price }]);
}

async function openTrades(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - sent) }, () => openTrade(MARKET)));
  }
}

async function openTrade(market: object): Promise<void> {
  const input = { ...market, direction: 'LONG', entryPrice: '100', takeProfit: '110', stopLoss: '90' };
  const { createSignal } = await cluster.query<{ createSignal: Payload }>(0, CREATE_SIGNAL, { input });
  if (!createSignal.trade) throw new Error(JSON.stringify(createSignal.userErrors));
}

/** Until no more trades are open than these; the price is back at 100 then. */
async function closed(left = 0): Promise<void> {
  const isDone = async () =>
    (await cluster.pool.query<{ n: number }>("SELECT count(*)::int AS n FROM paper_trades WHERE status = 'OPEN'")).rows[0]!.n <= left;
  await until(async () => ((await isDone()) ? true : undefined), 'closures', PATIENCE_MS);
  await print('100');
  await pause(2_000);
}

async function newest(): Promise<{ price: string; aggregateTradeId: string | null } | undefined> {
  const query = 'query ($symbols: [SymbolInput!]!) { prices(symbols: $symbols) { price aggregateTradeId } }';
  return (await cluster.query<{ prices: { price: string; aggregateTradeId: string | null }[] }>(0, query, { symbols: [MARKET] })).prices[0];
}

/** Fields 14 and 15 of proc(5)'s stat, behind the name in brackets: processor time in user and in kernel mode. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Of the postmaster and all that it started. */
function postgresMs(): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number); // prettier-ignore
  const isOurs = (pid: number) => {
    try {
      return (
        pid === cluster.postmasterPid ||
        Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]) === cluster.postmasterPid
      );
    } catch {
      return false; // gone meanwhile
    }
  };
  return pids.filter(isOurs).reduce((sum, pid) => sum + cpuMs(pid), 0);
}

function memoryMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}
