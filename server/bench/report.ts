import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { table } from '../verify/rig.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Row {
  readonly case: string;
  readonly contender: string;
  readonly unit: string;
  readonly value: Spread;
  /** How many times as much as ours. */
  readonly ratio: number | undefined;
  readonly note: string;
}

export interface Report {
  readonly bench: string;
  readonly machine: object;
  readonly rows: readonly Row[];
}

export function spread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  return { median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** What the figures depend on. */
export function machine(): object {
  const packageOf = (name: string): string => readFileSync(join(import.meta.dirname, '../node_modules', name, 'package.json'), 'utf8');
  const versionOf = (name: string): string => (JSON.parse(packageOf(name)) as { version: string }).version;
  const versions = Object.fromEntries(['graphql', 'graphql-yoga', 'graphql-ws', 'ws'].map((name) => [name, versionOf(name)]));
  const [cpu] = cpus();
  const load = loadavg().map((each) => Math.round(each * 100) / 100);
  return { cpu: cpu?.model, cores: cpus().length, load, node: process.version, perMessageDeflate: false, ...versions };
}

export function show({ bench, machine: where, rows }: Report): string {
  const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
  const lines = rows.map(({ case: label, contender, unit, value, ratio, note }) => [
    label,
    contender,
    number(value.median),
    `${number(value.min)} – ${number(value.max)}`,
    unit,
    ratio === undefined ? '' : `${number(ratio)}×`,
    note,
  ]);
  const heads = ['case', 'who', 'median', 'min – max', 'unit', 'of ours', ''];
  return `${bench}\n${JSON.stringify(where)}\n${table([heads, ...lines])}\n`;
}
