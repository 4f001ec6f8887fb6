import { Worker } from 'node:worker_threads';
import { table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import { DIAL_NAMES } from './sim-dials.ts';
import { PLANTED_BUGS } from './sim-life.ts';
import type { PlantedBug } from './sim-life.ts';
import { EVENTS, runSeed, runSeeds } from './sim-runs.ts';
import type { SeedsResult } from './sim-runs.ts';

const SEEDS = 100_000;
const SHORT_SEEDS = 300;
const THREADS = 2;
/** Seeds whose log is made twice, and those in which each planted bug has to show. */
const REPEATED_SEEDS = 20;
const PLANTED_SEEDS = 2_000;

export interface SimOptions {
  /** Instead of the usual number. */
  readonly seeds?: number;
}

/**
 * The worker's core (tapes, watch list, closing engine, writer, cursors) with the exchange, the network and the database simulated
 * on a virtual clock: many seeds, each with its own mixture of faults, and the invariants I1 to I5 after every event.
 */
export async function simRig(rig: RigArguments, options: SimOptions = {}): Promise<Verdict> {
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const seeds = options.seeds ?? (rig.short ? SHORT_SEEDS : SEEDS);
  const first = rig.seed * 1_000_000;
  const say = (done: number) => rig.say(`${done} of ${seeds} seeds, ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  const results = rig.short ? [await runSeeds({ from: first, step: 1, count: seeds })] : await onThreads(first, seeds, say);
  const { user, system } = process.cpuUsage(cpuBefore);

  const faults = results.flatMap((result) => result.faults);
  const sum = (of: (result: SeedsResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const outcomes: Outcome[] = [
    {
      name: `${seeds} seeds`,
      ...(faults.length > 0 && {
        fault: faults
          .slice(0, 5)
          .map(({ seed, fault }) => `seed ${seed}: ${fault}`)
          .join('; '),
      }),
    },
    { name: `the same log for the same seed, ${REPEATED_SEEDS} times`, ...(!(await isRepeatable(first)) && { fault: 'the logs differ' }) },
  ];
  rig.say(
    table([
      ['', 'count'],
      ['seeds', seeds],
      ['events', seeds * EVENTS],
      ['fault dials', DIAL_NAMES.length],
      ['trades', sum(({ trades }) => trades)],
      ['closures', sum(({ closures }) => closures)],
      ['seeds with a broken invariant', faults.length],
    ]),
  );
  const bugs = Object.keys(PLANTED_BUGS) as PlantedBug[];
  const caught = await Promise.all(bugs.map((bug) => isCaught(bug, first)));
  const planted = { bug: Object.values(PLANTED_BUGS).join('; '), caught: caught.every(Boolean) };
  return verdictOf('sim', rig, outcomes, planted, startedMs, {
    seeds,
    events: seeds * EVENTS,
    dials: DIAL_NAMES.length,
    closures: sum(({ closures }) => closures),
    hash: (sum(({ hash }) => hash) % 2 ** 32).toString(16),
    cpuSeconds: Math.round((user + system) / 1e6),
  });
}

async function onThreads(first: number, seeds: number, say: (done: number) => void): Promise<SeedsResult[]> {
  const done = Array.from({ length: THREADS }, () => 0);
  let toldTenths = 0;
  return Promise.all(
    done.map(
      (_, index) =>
        new Promise<SeedsResult>((resolve, reject) => {
          const count = Math.floor((seeds - index + THREADS - 1) / THREADS);
          const thread = new Worker(new URL('./sim-thread.ts', import.meta.url), {
            workerData: { from: first + index, step: THREADS, count },
            // Nearly all that is made is short-lived: more room for it saves a tenth of the time and more.
            resourceLimits: { maxYoungGenerationSizeMb: 384 },
          });
          thread.on('error', reject);
          thread.on('message', (message: { done?: number; result?: SeedsResult }) => {
            if (message.result) return resolve(message.result);
            done[index] = message.done ?? 0;
            const all = done.reduce((total, part) => total + part, 0);
            const tenths = Math.floor((all / seeds) * 10);
            if (tenths > toldTenths) say(all);
            toldTenths = Math.max(toldTenths, tenths);
          });
        }),
    ),
  );
}

async function isRepeatable(first: number): Promise<boolean> {
  for (let seed = first; seed < first + REPEATED_SEEDS; seed += 1) {
    const [one, other] = [await runSeed(seed), await runSeed(seed)];
    if (one.hash !== other.hash || one.closures !== other.closures) return false;
  }
  return true;
}

async function isCaught(planted: PlantedBug, first: number): Promise<boolean> {
  for (let seed = first; seed < first + PLANTED_SEEDS; seed += 1) if ((await runSeed(seed, { planted })).fault !== undefined) return true;
  return false;
}
