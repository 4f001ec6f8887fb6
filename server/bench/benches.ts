import { fanoutCase, memoryCase } from './fanout.ts';
import type { Effort, FanoutCase } from './fanout.ts';
import { latencyCase } from './latency.ts';
import type { LatencyCase } from './latency.ts';
import { pageBench } from './page.ts';
import type { Row } from './report.ts';

export interface Size extends Effort {
  /** How many of a benchmark's cases at most. */
  readonly cases: number;
  /** Stands for the numbers of viewers of the full form. */
  readonly viewers: (full: number) => number;
  /** Likewise for how long something is watched. */
  readonly seconds: (full: number) => number;
  /** Of the visitor's machine. */
  readonly cpuSlowdown: number;
  readonly latency: Pick<LatencyCase, 'rounds' | 'closuresPerRound' | 'pauseMs' | 'pollEveryMs' | 'database'>;
}
const LATENCY = { rounds: 5, closuresPerRound: 15, pauseMs: 500, pollEveryMs: 30_000 };
const TINY_LATENCY = { rounds: 1, closuresPerRound: 2, pauseMs: 10, pollEveryMs: 300 };
export const FULL: Size = {
  cases: Infinity,
  rounds: 5,
  publishes: 10,
  viewers: (full) => full,
  seconds: (full) => full,
  cpuSlowdown: 4,
  latency: LATENCY,
};
/** Only shows that a benchmark runs, and that all contenders tell the same. */
export const TINY: Size = {
  cases: 1,
  rounds: 1,
  publishes: 1,
  viewers: (full) => Math.min(full, 4),
  seconds: () => 1,
  cpuSlowdown: 1,
  latency: TINY_LATENCY,
};

const TICK: Omit<FanoutCase, 'label' | 'viewers' | 'sets'> = { shape: 'ticks', burst: 1, sameId: true };

async function all(cases: readonly FanoutCase[], size: Size): Promise<Row[]> {
  const sized = cases.slice(0, size.cases).map((each) => ({ ...each, viewers: size.viewers(each.viewers), sets: size.viewers(each.sets) }));
  const rows: Row[] = [];
  for (const each of sized) {
    rows.push(...(await fanoutCase(each, size)));
  }
  return rows;
}

export const BENCHES: Readonly<Record<string, (size: Size) => Promise<Row[]>>> = {
  'fanout-tick': (size) =>
    all(
      [
        { ...TICK, label: '20 prices to 200', viewers: 200, sets: 1 },
        { ...TICK, label: '20 prices to 1,000', viewers: 1_000, sets: 1 },
        { ...TICK, label: '… each with its own id', viewers: 1_000, sets: 1, sameId: false },
        { ...TICK, label: '… 10 sets of variables', viewers: 1_000, sets: 10 },
        { ...TICK, label: '… 1,000 sets of variables', viewers: 1_000, sets: 1_000 },
      ],
      size,
    ),
  'fanout-board': (size) =>
    all(
      [
        { ...TICK, label: '20 positions to 200', shape: 'board', viewers: 200, sets: 1 },
        { ...TICK, label: '20 positions to 1,000', shape: 'board', viewers: 1_000, sets: 1 },
        { ...TICK, label: '… each with its own id', shape: 'board', viewers: 1_000, sets: 1, sameId: false },
      ],
      size,
    ),
  'fanout-burst': (size) => all([{ ...TICK, label: '8 boards at once to 200', shape: 'board', burst: 8, viewers: 200, sets: 1 }], size),
  'fanout-memory': (size) => memoryCase(size.viewers(2_000), size.rounds),
  latency: (size) => latencyCase({ viewers: size.viewers(200), ticksPerSecond: size.viewers(2_000), ...size.latency }),
  page: (size) => pageBench({ ...size, trades: size.viewers }),
};
