import { Broken } from './sim-check.ts';
import { Life } from './sim-life.ts';
import type { PlantedBug } from './sim-life.ts';

export const EVENTS = 1_000;

export interface SeedResult {
  readonly seed: number;
  /** Of everything that happened, in order; the same seed gives the same. */
  readonly hash: number;
  readonly events: number;
  readonly trades: number;
  readonly closures: number;
  /** The first invariant that did not hold, and when; undefined when all did. */
  readonly fault: string | undefined;
}

export async function runSeed(seed: number, options: { planted?: PlantedBug; events?: number } = {}): Promise<SeedResult> {
  const { planted, events = EVENTS } = options;
  const life = new Life(seed, planted);
  let fault: string | undefined;
  try {
    await life.run(events);
  } catch (error) {
    fault = error instanceof Broken ? error.message : String((error as Error).stack);
  }
  return { seed, hash: life.hash, events, trades: life.invariants.opened, closures: life.invariants.closed, fault };
}

export interface SeedsResult {
  readonly seeds: number;
  readonly trades: number;
  readonly closures: number;
  /** Of all their hashes together, whatever their order. */
  readonly hash: number;
  readonly faults: readonly { readonly seed: number; readonly fault: string }[];
}

const PROGRESS_EVERY = 1_000;
const MAX_FAULTS = 100;

/** Runs `count` seeds, every `step`-th from `from` on. */
export async function runSeeds(options: {
  from: number;
  step: number;
  count: number;
  onProgress?: (done: number) => void;
}): Promise<SeedsResult> {
  const { from, step, count, onProgress } = options;
  const faults: { seed: number; fault: string }[] = [];
  let [trades, closures, hash] = [0, 0, 0];
  for (let done = 0; done < count; done += 1) {
    const result = await runSeed(from + done * step);
    trades += result.trades;
    closures += result.closures;
    hash = (hash + Math.imul(result.hash, 2 * (result.seed % 1_000_003) + 1)) >>> 0;
    if (result.fault !== undefined && faults.length < MAX_FAULTS) faults.push({ seed: result.seed, fault: result.fault });
    if ((done + 1) % PROGRESS_EVERY === 0) onProgress?.(done + 1);
  }
  return { seeds: count, trades, closures, hash, faults };
}
