import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../testkit/waiting.ts';
import { auditedWrites, removeFence } from './leader-audit.ts';
import { LeaderCluster } from './leader-cluster.ts';
import { LeaderTraffic } from './leader-traffic.ts';
import { randomOf, table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';

const TAKEOVERS = 50;
const LEASE_MS = 3_000;
const SHORT_LEASE_MS = 1_000;
/** Beyond the lease; `npm test` runs on machines with other things to do. */
const ALLOWANCE_MS = 1_000;
const SHORT_ALLOWANCE_MS = 20_000;
const LONG_PAUSE_MS = 30_000;
const SETTLE_TIMEOUT_MS = 60_000;
const ZOMBIE_MS = 3_000;

const KINDS = ['kill', 'stop', 'pause', 'cut'] as const;
type Kind = (typeof KINDS)[number] | 'long pause' | 'zombie';
const SHORT_PLAN: readonly Kind[] = ['kill', 'pause', 'cut', 'zombie'];
const PLANTED = 'the database checks no fencing number';

/**
 * Two workers and two API nodes as processes on one PostgreSQL, one exchange beside them; the leader is killed, stopped, paused and cut
 * off again and again while prices move and bots signal at both nodes. No write of a worker that was replaced is accepted, every closure is
 * the oracle's, and both nodes' viewers are told everything.
 */
export async function leaderRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const leaseMs = rig.short ? SHORT_LEASE_MS : LEASE_MS;
  const random = randomOf(rig.seed);
  const plan = rig.short ? SHORT_PLAN : planOf(random);
  const cluster = await LeaderCluster.start(leaseMs);
  const allowedMs = leaseMs + (rig.short ? SHORT_ALLOWANCE_MS : ALLOWANCE_MS);
  const outcomes: Outcome[] = [];
  const handovers: { kind: Kind; ms: number }[] = [];
  let details: Record<string, unknown> = {};
  let caught = false;
  try {
    const traffic = new LeaderTraffic(cluster, random);
    for (const [index, kind] of plan.entries()) {
      await pause(200 + random() * 400);
      const ms = Math.round(await replaceLeader(cluster, kind, leaseMs, random));
      handovers.push({ kind, ms });
      rig.say(`takeover ${index + 1} of ${plan.length}, ${kind}: ${ms} ms`);
      outcomes.push({ name: `${index + 1} ${kind}`, ...(ms > allowedMs && { fault: `took ${ms} ms, allowed are ${allowedMs}` }) });
    }
    await traffic.stop();
    const missed = await settled(() => traffic.difference());
    const head = Number((await cluster.pool.query<{ sequence: string }>('SELECT sequence FROM record_head')).rows[0]?.sequence);
    const untold = await settled(() => Promise.resolve(traffic.viewersFault(head)));
    const writes = await auditedWrites(cluster.pool);
    const stalestEntryMs = Math.round(await traffic.stalestEntryMs());
    outcomes.push(outcome('every closure is the oracle’s', missed));
    outcomes.push(outcome('no stale write', writes.stale > 0 ? `${writes.stale} of ${writes.stale + writes.current}` : undefined));
    outcomes.push(outcome('every viewer heard everything', untold));
    outcomes.push(outcome('positions at entry were the leader’s', stalestEntryMs > allowedMs ? `${stalestEntryMs} ms old` : undefined));
    outcomes.push(outcome('every signal was answered', traffic.unanswered > 0 ? `${traffic.unanswered} were not` : undefined));
    const refused = cluster.complaints.filter((line) => line.includes('of leadership is over')).length;
    details = { leaseMs, signals: traffic.accepted, events: head, writes: writes.current, refusedWrites: refused, stalestEntryMs };
    caught = await isPlantedBugCaught(cluster, leaseMs, random);
  } finally {
    await cluster.end();
  }
  rig.say(tableOf(handovers));
  return verdictOf('leader', rig, outcomes, { bug: PLANTED, caught }, startedMs, {
    ...details,
    slowestHandoverMs: Math.max(...handovers.map(({ ms }) => ms)),
  });
}

/** Fifty of all kinds, with one pause of 30 s and three leaders that do not hear that they were replaced. */
function planOf(random: () => number): Kind[] {
  const plan: Kind[] = Array.from({ length: TAKEOVERS }, () => KINDS[Math.floor(random() * KINDS.length)]!);
  plan[7] = 'long pause';
  for (const place of [15, 30, 45]) plan[place] = 'zombie';
  return plan;
}

/** Takes the lead from whoever has it and gives the ms until another term began; leaves two sound workers behind. */
async function replaceLeader(cluster: LeaderCluster, kind: Kind, leaseMs: number, random: () => number): Promise<number> {
  const { term, worker } = await until(async () => {
    const leader = await cluster.leader();
    return leader.worker ? { term: leader.term, worker: leader.worker } : undefined;
  }, 'a leader');
  if (kind === 'zombie') return replaceByZombie(cluster, leaseMs);
  const sinceMs = performance.now();
  if (kind === 'kill' || kind === 'stop') {
    const [ms] = await Promise.all([cluster.takeover(term, sinceMs), cluster.endWorker(worker, kind)]);
    await cluster.startWorker();
    return ms;
  }
  if (kind === 'cut') {
    await cluster.cutLeader();
    return cluster.takeover(term, sinceMs);
  }
  worker.signal('SIGSTOP');
  const ms = await cluster.takeover(term, sinceMs);
  await pause(kind === 'long pause' ? LONG_PAUSE_MS - ms : random() * 1_000);
  worker.signal('SIGCONT');
  return ms;
}

/** A leader is paused, replaced, and goes on afterwards as if nothing had been. */
async function replaceByZombie(cluster: LeaderCluster, leaseMs: number): Promise<number> {
  for (const worker of [...cluster.workers]) await cluster.endWorker(worker, 'kill');
  const zombie = await cluster.startWorker(true);
  await until(async () => ((await cluster.leader()).worker === zombie ? true : undefined), 'the lead of the zombie', SETTLE_TIMEOUT_MS);
  await cluster.startWorker();
  await pause(leaseMs / 2); // it works for a while
  const { term } = await cluster.leader();
  const sinceMs = performance.now();
  zombie.signal('SIGSTOP');
  const ms = await cluster.takeover(term, sinceMs);
  zombie.signal('SIGCONT');
  await pause(ZOMBIE_MS);
  await cluster.endWorker(zombie, 'kill');
  await cluster.startWorker();
  return ms;
}

async function isPlantedBugCaught(cluster: LeaderCluster, leaseMs: number, random: () => number): Promise<boolean> {
  await removeFence(cluster.pool);
  const traffic = new LeaderTraffic(cluster, random);
  await replaceByZombie(cluster, leaseMs);
  await traffic.stop();
  return (await auditedWrites(cluster.pool)).stale > 0;
}

/** What is still wrong after all had time to come right. */
async function settled(faultOf: () => Promise<string | undefined>): Promise<string | undefined> {
  let fault: string | undefined;
  const isRight = async () => ((fault = await faultOf()) === undefined ? true : undefined);
  await until(isRight, 'everything to come right', SETTLE_TIMEOUT_MS).catch(() => {}); // then the fault says why
  return fault;
}

function outcome(name: string, fault: string | undefined): Outcome {
  return { name, ...(fault !== undefined && { fault }) };
}

function tableOf(handovers: readonly { kind: Kind; ms: number }[]): string {
  const rows = [...Map.groupBy(handovers, ({ kind }) => kind)].map(([kind, of]) => {
    const sorted = of.map(({ ms }) => ms).sort((one, other) => one - other);
    return [kind, of.length, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
  });
  return table([['kind', 'takeovers', 'median ms', 'slowest ms'], ...rows]);
}
