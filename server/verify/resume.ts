import { fork } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextMessage } from './children.ts';
import { LiveStage } from './live-stage.ts';
import type { Plant } from './live-server.ts';
import type { Resuming, ResumeReport } from './resume-clients.ts';
import { randomOf, table, verdictOf } from './rig.ts';
import type { RigArguments, Verdict } from './rig.ts';

const SIZES = {
  long: { clients: 1_000, eventsPerSecond: 50, seconds: 300, restarts: 3, meanStayMs: 10_000 },
  short: { clients: 20, eventsPerSecond: 20, seconds: 4, restarts: 1, meanStayMs: 300 },
} as const;
/** Before each restart the processes do not hear each other for this part of the whole time. */
const OUTAGE_SHARE = 0.08;
/** Signals sent at once; each is an event. */
const AT_ONCE = 5;

/** Subscribers that are dropped at random, on a server that is restarted: each must have heard exactly what the record holds. */
export async function resumeRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const { report, events, restarts, cuts } = await run(rig, rig.short ? SIZES.short : SIZES.long);
  rig.say(
    table([
      ['clients', 'events', 'drops', 'restarts', 'cuts of the bus', 'heard', 'wrong logs'],
      [report.clients, events, report.drops, restarts, cuts, report.heard, report.wrong],
    ]),
  );
  const outcomes = [
    { name: 'every log equals the record', ...(report.wrong > 0 && { fault: `${report.wrong} do not: ${report.example}` }) },
    { name: 'clients were dropped', ...(report.drops < report.clients && { fault: `only ${report.drops} times` }) },
    { name: 'the bus was cut', ...(cuts === 0 && { fault: 'no connection was found' }) },
  ];
  const bugged = await run(rig, SIZES.short, 'lose');
  const planted = { bug: 'one event in fifty is told to nobody', caught: bugged.report.wrong > 0 };
  return verdictOf('resume', rig, outcomes, planted, startedMs, { events, restarts, cuts, ...report });
}

type Size = (typeof SIZES)[keyof typeof SIZES];

interface Run {
  readonly report: ResumeReport;
  readonly events: number;
  readonly restarts: number;
  /** Connections of the bus that were ended. */
  readonly cuts: number;
}

async function run(rig: RigArguments, size: Size, plant?: Plant): Promise<Run> {
  const totalMs = size.seconds * 1_000;
  const stage = await LiveStage.start(rig, { BUS_RETRY_MS: String(Math.round(totalMs * OUTAGE_SHARE)) }, plant, true);
  const clients = fork(join(import.meta.dirname, 'resume-clients.ts'));
  const random = randomOf(rig.seed);
  try {
    const started = nextMessage(clients);
    clients.send({ start: { url: stage.graphqlUrl, count: size.clients, meanStayMs: size.meanStayMs, seed: rig.seed } } satisfies Resuming);
    await started;
    const beganMs = performance.now();
    let [restarts, outages, cuts] = [0, 0, 0];
    let restarting = Promise.resolve();
    const restartAtMs = Array.from({ length: size.restarts }, (_, index) => ((index + 0.3 + 0.3 * random()) * totalMs) / size.restarts);
    const outageAtMs = restartAtMs.map((_, index) => (index * totalMs) / size.restarts);
    while (performance.now() - beganMs < totalMs) {
      const sinceMs = performance.now() - beganMs;
      if (sinceMs >= (outageAtMs[outages] ?? Infinity)) {
        outages += 1;
        cuts += await cutBus(stage.databaseUrl);
      }
      if (sinceMs >= (restartAtMs[restarts] ?? Infinity)) {
        restarts += 1;
        restarting = restarting.then(() => stage.stopServer()).then(() => stage.startServer()); // while signals go on
      }
      const roundMs = performance.now();
      await Promise.all(Array.from({ length: AT_ONCE }, () => stage.pend()));
      await sleep(Math.max(0, (AT_ONCE * 1_000) / size.eventsPerSecond - (performance.now() - roundMs)));
    }
    await restarting;
    const sequences = (await stage.events()).map(({ sequence }) => sequence);
    const answer = nextMessage<ResumeReport>(clients);
    clients.send({ finish: { sequences, withinMs: plant === undefined ? 60_000 : 3_000 } } satisfies Resuming);
    return { report: await answer, events: sequences.length, restarts, cuts };
  } finally {
    clients.disconnect();
    await stage.end();
  }
}

/** Ends the connections by which the processes hear of each other; they come back after BUS_RETRY_MS. Gives how many there were. */
async function cutBus(databaseUrl: string): Promise<number> {
  const operator = new pg.Client({ connectionString: databaseUrl });
  await operator.connect();
  const { rows } = await operator.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND (query LIKE '%LISTEN bot_performance' OR query LIKE 'SELECT pg_notify%')`,
  );
  await operator.end();
  return rows.length;
}
