import { niceStep } from '../../_parts/equity.ts';

/** The drawing's own units; pictures are stretched to their place, and a column chart is this many pixels high. */
export const WIDTH = 100;
export const HEIGHT = 160;

export interface Bar {
  x: number;
  width: number;
}

export interface Column {
  x: number;
  y: number;
  width: number;
  height: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

function range(values: readonly number[]): { low: number; span: number } {
  const low = Math.min(0, ...values);
  return { low, span: Math.max(0, ...values) - low || 1 };
}

/** Bars that lie along one axis from a common zero, to the left for what is below it. */
export function bars(values: readonly number[]): { zero: number; bars: Bar[] } {
  const { low, span } = range(values);
  const toX = (value: number): number => ((value - low) / span) * WIDTH;
  const zero = toX(0);
  const bar = (value: number): Bar => ({ x: round(Math.min(zero, toX(value))), width: round(Math.abs(toX(value) - zero)) });
  return { zero: round(zero), bars: values.map(bar) };
}

/** Columns that stand beside each other on a common zero, hanging down from it for what is below, and the lines behind them. */
export function columns(values: readonly number[]): {
  zero: number;
  columns: Column[];
  ticks: { value: number; y: number }[];
  step: number;
} {
  const { low, span } = range(values);
  const toY = (value: number): number => round(HEIGHT - ((value - low) / span) * HEIGHT);
  const slot = WIDTH / Math.max(1, values.length);
  const step = niceStep(span);
  const ticks: { value: number; y: number }[] = [];
  for (let n = Math.ceil(low / step); n * step <= low + span; n++) ticks.push({ value: n * step, y: toY(n * step) });
  const column = (value: number, i: number): Column => ({
    x: round((i + 0.1) * slot),
    y: Math.min(toY(value), toY(0)),
    width: round(slot * 0.8),
    height: round(Math.abs(toY(value) - toY(0))),
  });
  return { zero: toY(0), columns: values.map(column), ticks, step };
}
