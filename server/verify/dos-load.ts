import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { post } from './dos-ask.ts';
import { DOCUMENTS } from './dos-documents.ts';

const READERS_PER_SECOND = 20;
const ATTACKS_PER_SECOND = 200;
/** Addresses that attack at once. */
const ATTACKERS = ['127.9.0.1', '127.9.0.2', '127.9.0.3', '127.9.0.4'];
/** What the page asks, and what costs as much as it may. */
const READS = [
  '{ performance { totalPnl winRate { value reason } } openPositions { count positions { id unrealizedPnl } } }',
  '{ trades(first: 8) { edges { node { id symbol signal { strategy } } } } }',
  '{ equityCurve(points: 300) { time totalPnl } }',
];
const HEAVY = { query: '{ a: trades(first: 100) { edges { node { id signal { bot { slug } } } } totalCount } b: signals(first: 100) { edges { node { id bot { slug } trade { id } } } } }' }; // prettier-ignore

export interface Load {
  readonly p95Ms: number;
  readonly reads: number;
  readonly failedReads: number;
  readonly attacks: number;
}

/** Readers at a steady pace for a while, with attackers of every kind beside them or without. */
export async function load(url: string, seconds: number, isAttacked: boolean): Promise<Load> {
  const took: number[] = [];
  let failedReads = 0;
  let attacks = 0;
  const readers = new Agent({ keepAlive: true, maxSockets: 8 });
  const attackers = ATTACKERS.map(() => new Agent({ keepAlive: true, maxSockets: 32 }));
  const read = async (index: number): Promise<void> => {
    const startMs = performance.now();
    const { status } = await post({ url, from: '127.0.0.1' }, { query: READS[index % READS.length] }, { agent: readers }).catch(() => ({ status: 0 }));
    took.push(performance.now() - startMs);
    if (status !== 200) failedReads += 1;
  };
  const attack = async (index: number): Promise<void> => {
    const place = index % ATTACKERS.length;
    const document = DOCUMENTS[Math.floor(index / ATTACKERS.length) % DOCUMENTS.length]!;
    const body: object | string = index % 3 === 0 ? HEAVY : document.body(String(index));
    await post({ url, from: ATTACKERS[place]! }, body, { agent: attackers[place]! }).catch(() => {});
    attacks += 1;
  };
  const under = [every(READERS_PER_SECOND, seconds, read), ...(isAttacked ? [every(ATTACKS_PER_SECOND, seconds, attack)] : [])];
  await Promise.all(under);
  for (const agent of [readers, ...attackers]) agent.destroy();
  took.sort((one, other) => one - other);
  return { p95Ms: took[Math.floor(took.length * 0.95)] ?? 0, reads: took.length, failedReads, attacks };
} // prettier-ignore

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
