import { fork } from 'node:child_process';
import { join } from 'node:path';
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
/** Signals sent at once; each is an event. */
const AT_ONCE = 5;

/** Subscribers that are dropped at random, on a server that is restarted: each must have heard exactly what the record holds. */
export async function resumeRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const { report, events, restarts } = await run(rig, rig.short ? SIZES.short : SIZES.long);
  rig.say(
    table([
      ['clients', 'events', 'drops', 'restarts', 'heard', 'wrong logs'],
      [report.clients, events, report.drops, restarts, report.heard, report.wrong],
    ]),
  );
  const outcomes = [
    { name: 'every log equals the record', ...(report.wrong > 0 && { fault: `${report.wrong} do not: ${report.example}` }) },
    { name: 'clients were dropped', ...(report.drops < report.clients && { fault: `only ${report.drops} times` }) },
  ];
  const bugged = await run(rig, SIZES.short, 'lose');
  const planted = { bug: 'one event in fifty is told to nobody', caught: bugged.report.wrong > 0 };
  return verdictOf('resume', rig, outcomes, planted, startedMs, { events, restarts, ...report });
}

type Size = (typeof SIZES)[keyof typeof SIZES];

async function run(rig: RigArguments, size: Size, plant?: Plant): Promise<{ report: ResumeReport; events: number; restarts: number }> {
  const stage = await LiveStage.start(rig, {}, plant);
  const clients = fork(join(import.meta.dirname, 'resume-clients.ts'));
  const random = randomOf(rig.seed);
  try {
    const started = nextMessage(clients);
    clients.send({ start: { url: stage.graphqlUrl, count: size.clients, meanStayMs: size.meanStayMs, seed: rig.seed } } satisfies Resuming);
    await started;
    const beganMs = performance.now();
    const restartAtMs = Array.from(
      { length: size.restarts },
      (_, index) => ((index + 0.2 + 0.6 * random()) * size.seconds * 1_000) / size.restarts,
    );
    let restarts = 0;
    while (performance.now() - beganMs < size.seconds * 1_000) {
      if (performance.now() - beganMs >= (restartAtMs[restarts] ?? Infinity)) {
        restarts += 1;
        await stage.stopServer();
        await stage.startServer();
      }
      const roundMs = performance.now();
      await Promise.all(Array.from({ length: AT_ONCE }, () => stage.pend()));
      await sleep(Math.max(0, (AT_ONCE * 1_000) / size.eventsPerSecond - (performance.now() - roundMs)));
    }
    const sequences = (await stage.events()).map(({ sequence }) => sequence);
    const answer = nextMessage<ResumeReport>(clients);
    clients.send({ finish: { sequences, withinMs: plant === undefined ? 60_000 : 3_000 } } satisfies Resuming);
    return { report: await answer, events: sequences.length, restarts };
  } finally {
    clients.disconnect();
    await stage.end();
  }
}
