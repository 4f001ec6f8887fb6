import { fanoutCase, memoryCase } from './fanout.ts';
import type { Effort, FanoutCase } from './fanout.ts';
import { pageBench } from './page.ts';
import type { Row } from './report.ts';

export interface Size extends Effort {
  /** Stands for the numbers of viewers of the full form. */
  readonly viewers: (full: number) => number;
  /** Likewise for how long something is watched. */
  readonly seconds: (full: number) => number;
}
export const FULL: Size = { rounds: 5, publishes: 10, viewers: (full) => full, seconds: (full) => full };
/** Only shows that a benchmark runs, and that all contenders tell the same. */
export const TINY: Size = { rounds: 1, publishes: 1, viewers: (full) => Math.min(full, 4), seconds: () => 2 };

const TICK: Omit<FanoutCase, 'label' | 'viewers' | 'sets'> = { shape: 'ticks', burst: 1, sameId: true };

async function all(cases: readonly FanoutCase[], size: Size): Promise<Row[]> {
  const rows: Row[] = [];
  for (const each of cases)
    rows.push(...(await fanoutCase({ ...each, viewers: size.viewers(each.viewers), sets: size.viewers(each.sets) }, size)));
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
  page: (size) => pageBench({ rounds: size.rounds, seconds: size.seconds }),
};
