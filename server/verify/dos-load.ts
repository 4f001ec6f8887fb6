import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { post } from './dos-ask.ts';
import { DOCUMENTS } from './dos-documents.ts';

const READS_PER_SECOND = 20;
const ATTACKS_PER_SECOND = 200;
/** Readers and attackers come from addresses of their own; loopback is 127.0.0.0/8 on Linux. */
const READERS = ['127.7.0.1', '127.7.0.2', '127.7.0.3', '127.7.0.4'];
const ATTACKERS = ['127.9.0.1', '127.9.0.2', '127.9.0.3', '127.9.0.4'];
/** What the page asks, and what costs as much as it may. */
const READS = [
  '{ performance { totalPnl winRate { value reason } } openPositions { count positions { id unrealizedPnl } } }',
  '{ trades(first: 8) { edges { node { id symbol signal { strategy } } } } }',
  '{ equityCurve(points: 300) { time totalPnl } }',
].map((query) => JSON.stringify({ query }));
const HEAVY = JSON.stringify({
  query: `{ a: trades(first: 100) { edges { node { id signal { bot { slug } } } } totalCount }
    b: signals(first: 100) { edges { node { id bot { slug } trade { id } } } } }`,
});
/** Half of the long record. */
const RARE_SECONDS = 10_000;
/** Each with a filter that nobody asked with before; trades of the long record are a second apart, so that it holds others, too: nothing was worked out already. */
const rare = (index: number): string =>
  JSON.stringify({
    query: `query ($from: DateTime) {
      a: leaderboard(by: SYMBOL, minTrades: 1, filter: { from: $from }) { rank key performance { totalPnl expectancyInterval { low } } }
      b: breakdown(by: HOUR, filter: { from: $from }) { key performance { totalPnl sharpe { value } } }
      c: openPositions(filter: { from: $from }) { positions { id unrealizedPnl } } }`,
    variables: { from: new Date(Date.UTC(2020, 0, 1) + (index % RARE_SECONDS) * 1_000 + index / RARE_SECONDS).toISOString() },
  });

export interface Load {
  readonly p95Ms: number;
  readonly reads: number;
  readonly failedReads: number;
}

/** Readers at a steady pace for a while, with attackers beside them or without. */
export async function load(url: string, seconds: number, isAttacked: boolean): Promise<Load> {
  const took: number[] = [];
  let failedReads = 0;
  const agents = agentsFor(READERS, 8);
  const attackers = isAttacked ? attackersBeside(url, seconds) : Promise.resolve();
  await every(READS_PER_SECOND, seconds, async (index) => {
    const place = index % READERS.length;
    const startMs = performance.now();
    const asked = post({ url, from: READERS[place]! }, READS[index % READS.length]!, { agent: agents[place]! });
    const { status } = await asked.catch(() => ({ status: 0 }));
    took.push(performance.now() - startMs);
    if (status !== 200) failedReads += 1;
  });
  await attackers;
  for (const agent of agents) agent.destroy();
  took.sort((one, other) => one - other);
  return { p95Ms: took[Math.floor(took.length * 0.95)] ?? 0, reads: took.length, failedReads };
}

/** In a thread of their own: building and sending so much would hold up the readers, and be taken for the server's doing. */
async function attackersBeside(url: string, seconds: number): Promise<void> {
  const worker = new Worker(new URL('./dos-attackers.ts', import.meta.url), { workerData: { url, seconds } });
  await new Promise<void>((resolve, reject) => worker.once('exit', () => resolve()).once('error', reject));
}

/** Every document in turn, and between them what is legal and heavy, the first of which cannot be known before. */
export async function attack(url: string, seconds: number): Promise<void> {
  const bodies = DOCUMENTS.map((document) => {
    const { subscription: _, ...body } = Object(document.body('A')) as { subscription?: string };
    return typeof document.body('A') === 'string' ? (document.body('A') as string) : JSON.stringify(body);
  });
  const agents = agentsFor(ATTACKERS, 32);
  await every(ATTACKS_PER_SECOND, seconds, async (index) => {
    const place = index % ATTACKERS.length;
    const body = index % 3 === 0 ? HEAVY : index % 10 === 1 ? rare(index) : bodies[Math.floor(index / ATTACKERS.length) % bodies.length]!;
    await post({ url, from: ATTACKERS[place]! }, body, { agent: agents[place]! }).catch(() => {});
  });
  for (const agent of agents) agent.destroy();
}

function agentsFor(addresses: readonly string[], maxSockets: number): Agent[] {
  return addresses.map(() => new Agent({ keepAlive: true, maxSockets }));
}

/** Starts `run` so often per second, whether or not the earlier ones have ended, and waits for all of them. */
async function every(perSecond: number, seconds: number, run: (index: number) => Promise<void>): Promise<void> {
  const startMs = performance.now();
  const all: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const waitMs = startMs + (index * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    all.push(run(index));
  }
  await Promise.all(all);
}
