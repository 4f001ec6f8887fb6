import type { BenchmarkPoint, EquityPoint } from '#lib/graphql/later/page-query.ts';
import { WIDTH } from '#lib/ui/plot.ts';

/** The line never has more points, live ones included. */
export const POINTS_LIMIT = 400;

/** In pixels. */
export const HEIGHT = 216;
/** Room for the live tip at the right, so that it can be seen however long the history is. */
const TIP_WIDTH = 18;
const EDGE = 6;

export interface CurvePoint {
  /** Milliseconds since 1970. */
  time: number;
  total: number;
  /** How far below the best point so far; never negative. */
  fall: number;
  trades: number;
}

/** The same money in BTC at the end of a day. */
export interface HeldPoint {
  /** Milliseconds since 1970. */
  time: number;
  total: number;
}

export interface Tick {
  value: number;
  y: number;
}

export interface Equity {
  points: CurvePoint[];
  /** x of each point. */
  xs: number[];
  ys: number[];
  line: string;
  /** The area between the best point so far and the line. */
  shade: string;
  /** From the last closure to the live total; null while that is not known. */
  tip: { path: string; x: number; y: number } | null;
  /** The same money in BTC, from daily close to daily close; empty where it is not compared. */
  held: string;
  zero: number;
  ticks: Tick[];
  step: number;
  /** Instants at equal distances, for the labels below. */
  times: number[];
  best: number;
  deepest: number;
}

export function toCurve(points: readonly EquityPoint[]): CurvePoint[] {
  return points.map((point) => ({
    time: Date.parse(point.time),
    total: Number(point.totalPnl),
    fall: Math.abs(Number(point.drawdown)),
    trades: point.closedTrades,
  }));
}

export function toHeld(points: readonly BenchmarkPoint[]): HeldPoint[] {
  return points.map((point) => ({ time: Date.parse(point.time), total: Number(point.totalPnl) }));
}

/** What the same money in BTC had made by the last daily close before a moment. */
export function heldAt(held: readonly HeldPoint[], time: number): HeldPoint | undefined {
  return held.findLast((point) => point.time <= time);
}

/** At most `limit` points: of each stretch its lowest and its highest are kept, and the first and the last of all. */
export function thin(points: CurvePoint[], limit: number): CurvePoint[] {
  if (points.length <= limit) return points;
  const buckets = Math.floor((limit - 2) / 2);
  const inner = points.slice(1, -1);
  const kept: CurvePoint[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const part = inner.slice(Math.floor((bucket * inner.length) / buckets), Math.floor(((bucket + 1) * inner.length) / buckets));
    const low = part.reduce<CurvePoint | undefined>((best, point) => (best && best.total <= point.total ? best : point), undefined);
    const high = part.reduce<CurvePoint | undefined>((best, point) => (best && best.total >= point.total ? best : point), undefined);
    const pair = [low, high].filter((point) => point !== undefined).sort((a, b) => a.trades - b.trades || a.time - b.time);
    kept.push(...new Set(pair));
  }
  return [points[0], ...kept, points.at(-1)].filter((point) => point !== undefined);
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** 1, 2, 2.5 or 5 times a power of ten, so that four or five of them span the range. */
export function niceStep(range: number): number {
  const rough = range / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  return factor * power;
}

/** The geometry of the curve. @param now milliseconds @param liveTotal open positions included; null while it is not to be trusted */
export function equity(all: CurvePoint[], now: number, liveTotal: number | null, allHeld: readonly HeldPoint[] = []): Equity | null {
  const held = tableRows(allHeld, POINTS_LIMIT);
  const points = thin(all, POINTS_LIMIT);
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return null;

  const best = Math.max(0, ...points.map((point) => point.total + point.fall));
  const values = [0, best, ...[...points, ...held].map((point) => point.total), ...(liveTotal === null ? [] : [liveTotal])];
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  const toY = (value: number): number => round(HEIGHT - EDGE - ((value - low) / range) * (HEIGHT - 2 * EDGE));

  const begin = Math.min(first.time, held[0]?.time ?? Infinity);
  const end = Math.max(now, last.time);
  const span = end - begin || 1;
  const toX = (time: number): number => round(((time - begin) / span) * (WIDTH - TIP_WIDTH));

  const xs = points.map((point) => toX(point.time));
  const ys = points.map((point) => toY(point.total));
  const zero = toY(0);
  const line = `M0 ${zero}` + points.map((_, i) => `H${xs[i]}V${ys[i]}`).join('');
  const step = niceStep(range);
  const ticks: Tick[] = [];
  for (let n = Math.ceil(low / step); n * step <= low + range; n++) ticks.push({ value: n * step, y: toY(n * step) });

  return {
    points,
    xs,
    ys,
    line,
    shade: shade(points, xs, ys, toY),
    tip:
      liveTotal === null
        ? null
        : { path: `M${xs.at(-1)} ${ys.at(-1)}H${WIDTH - EDGE}V${toY(liveTotal)}`, x: WIDTH - EDGE, y: toY(liveTotal) },
    held: held.map((point, i) => `${i === 0 ? 'M' : 'L'}${toX(point.time)} ${toY(point.total)}`).join(''),
    zero,
    ticks,
    step,
    times: [0, 1, 2, 3, 4].map((n) => begin + (span * n) / 4),
    best,
    deepest: Math.max(...points.map((point) => point.fall)),
  };
}

/** One shape per fall: along its peak to where the line comes back, and back below along the line's steps. */
function shade(points: CurvePoint[], xs: number[], ys: number[], toY: (value: number) => number): string {
  let path = '';
  let start = -1;
  for (let i = 0; i <= points.length; i++) {
    const falling = (points[i]?.fall ?? 0) > 0;
    if (falling && start < 0) start = i;
    if (falling || start < 0) continue;
    const from = points[start];
    const stop = xs[Math.min(i, points.length - 1)];
    if (from) {
      path += `M${xs[start]} ${toY(from.total + from.fall)}H${stop}`;
      for (let back = i - 1; back >= start; back--) path += `V${ys[back]}H${xs[back]}`;
      path += 'Z';
    }
    start = -1;
  }
  return path;
}

/** The index of the point that holds at x, that is the last one at or before it. */
export function pointAt(xs: readonly number[], x: number): number {
  let found = 0;
  for (let i = 0; i < xs.length; i++) if ((xs[i] ?? Infinity) <= x) found = i;
  return found;
}

/** At most `limit` of them, evenly taken, the last one always among them. */
export function tableRows<Point>(points: readonly Point[], limit: number): Point[] {
  const step = Math.max(1, Math.ceil(points.length / limit));
  return points.filter((_, i) => (points.length - 1 - i) % step === 0);
}
