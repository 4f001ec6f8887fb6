import { WIDTH } from '#lib/ui/plot.ts';
import { HEIGHT, niceStep, type CurvePoint, type Tick } from '../_parts/equity.ts';
import type { Axis } from './address.ts';

const EDGE = 6;
/** Places along the bottom where the values of all lines can be read. */
export const PLACES = 100;
/** Labels below, the first and the last at the edges. */
const LABELS = 5;

export interface Series {
  key: string;
  name: string;
  points: readonly CurvePoint[];
}

export interface Line {
  key: string;
  name: string;
  path: string;
}

export interface Lines {
  lines: Line[];
  ticks: Tick[];
  step: number;
  zero: number;
  /** What stands along the bottom, at equal distances: milliseconds since 1970, or numbers of trades. */
  labels: number[];
  /** x at place 0 to PLACES, likewise. */
  at: (place: number) => number;
  /** The total of each line there, in the order of the lines; before its first trade or behind its last it has none. */
  values: (place: number) => (number | 'before' | 'after')[];
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The geometry of several curves in one picture. By time a line goes on to the end, by trade number it ends with its last trade. @param nowMs where time ends */
export function overlay(all: readonly Series[], axis: Axis, nowMs: number): Lines | null {
  const drawn = all.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const xOf = (point: CurvePoint): number => (axis === 'time' ? point.time : point.trades);
  const every = drawn.flatMap(({ points }) => points);
  const from = axis === 'time' ? Math.min(...every.map(xOf)) : 0;
  const to = Math.max(...every.map(xOf), axis === 'time' ? nowMs : 1);
  const toX = (x: number): number => round(((x - from) / (to - from || 1)) * WIDTH);

  const totals = every.map(({ total }) => total);
  const low = Math.min(0, ...totals);
  const range = Math.max(0, ...totals) - low || 1;
  const toY = (value: number): number => round(HEIGHT - EDGE - ((value - low) / range) * (HEIGHT - 2 * EDGE));
  const zero = toY(0);
  const step = niceStep(range);
  const ticks: Tick[] = [];
  for (let n = Math.ceil(low / step); n * step <= low + range; n++) ticks.push({ value: n * step, y: toY(n * step) });

  const at = (place: number): number => {
    const x = from + ((to - from) * place) / PLACES;
    return axis === 'time' ? x : Math.round(x);
  };
  return {
    lines: drawn.map(({ key, name, points }) => ({
      key,
      name,
      path: `M${axis === 'time' ? toX(points[0] ? xOf(points[0]) : from) : 0} ${zero}${points.map((point) => `H${toX(xOf(point))}V${toY(point.total)}`).join('')}${axis === 'time' ? `H${WIDTH}` : ''}`,
    })),
    ticks,
    step,
    zero,
    labels: Array.from({ length: LABELS }, (_, n) => at((PLACES * n) / (LABELS - 1))),
    at,
    values: (place) =>
      drawn.map(({ points }) => {
        const x = at(place);
        const last = points.at(-1);
        if (axis === 'trades' && last && x > last.trades) return 'after';
        const known = points.findLast((point) => xOf(point) <= x);
        return known ? known.total : 'before';
      }),
  };
}
