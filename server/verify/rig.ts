/** What every rig has: its arguments, its way to tell how it went, and a verdict that a machine can read. */
import type { GiveDatabase } from './rig-database.ts';

export interface RigArguments {
  readonly seed: number;
  readonly short: boolean;
  /** Where progress and tables go. */
  readonly say: (line: string) => void;
  /** Without it a rig that needs a database starts a PostgreSQL of its own. */
  readonly database?: GiveDatabase;
}

/** As the tests run them: the same every time, so that a failure there is one of the code, not of luck. */
export const SHORT: RigArguments = { seed: 1, short: true, say: () => {} };

export interface Outcome {
  readonly name: string;
  /** Undefined when it went as it must. */
  readonly fault?: string;
}

export interface Verdict {
  readonly rig: string;
  readonly seed: number;
  readonly short: boolean;
  readonly ok: boolean;
  readonly passed: number;
  readonly of: number;
  /** Names of what failed, with the reason. */
  readonly failed: readonly string[];
  /** The planted bug, and whether the rig noticed it. */
  readonly planted: { readonly bug: string; readonly caught: boolean };
  readonly seconds: number;
  readonly [detail: string]: unknown;
}

export function verdictOf(
  rig: string,
  { seed, short }: RigArguments,
  outcomes: readonly Outcome[],
  planted: Verdict['planted'],
  startedMs: number,
  details: Readonly<Record<string, unknown>> = {},
): Verdict {
  const failed = outcomes.flatMap(({ name, fault }) => (fault === undefined ? [] : [`${name}: ${fault}`]));
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  const passed = outcomes.length - failed.length;
  const ok = failed.length === 0 && outcomes.length > 0 && planted.caught;
  return { rig, seed, short, ok, passed, of: outcomes.length, failed, planted, seconds, ...details };
}

/** Rows under their headings, each column as wide as it must be. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? '').length))) ?? [];
  const isNumber = (cell: string | number | undefined) => typeof cell === 'number';
  return rows
    .map((row) =>
      row
        .map((cell, column) => (isNumber(cell) ? String(cell).padStart(widths[column]!) : String(cell).padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A generator of 0 (included) to 1 (excluded) that gives the same numbers for the same seed: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
