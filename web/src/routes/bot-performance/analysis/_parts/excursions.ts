import type { ExcursionTrade } from '#lib/graphql/later/analysis-query.ts';
import { niceStep } from '../../_parts/equity.ts';

/** The drawing's own units; the picture is stretched to the width of the page, its height is in pixels. */
export const WIDTH = 1000;
export const HEIGHT = 220;
const EDGE = 8;

/** A trade whose excursions are known, in percent of its entry price. */
export interface Excursed {
  trade: ExcursionTrade;
  adverse: number;
  favourable: number;
  won: boolean;
}

export interface Scatter {
  /** One path of points each. */
  won: string;
  lost: string;
  /** Lines at even percentages, to the right and upwards. */
  right: { value: number; x: number }[];
  up: { value: number; y: number }[];
}

export function excursed(trades: readonly ExcursionTrade[]): Excursed[] {
  return trades.flatMap((trade) => {
    const { maxAdverseExcursion: adverse, maxFavourableExcursion: favourable } = trade;
    if (!adverse || !favourable) return [];
    return [{ trade, adverse: Number(adverse.percent), favourable: Number(favourable.percent), won: Number(trade.realizedPnl) > 0 }];
  });
}

export function scatter(all: readonly Excursed[]): Scatter {
  const most = (value: (one: Excursed) => number): number => Math.max(...all.map(value)) || 1;
  const [right, up] = [most(({ adverse }) => adverse), most(({ favourable }) => favourable)];
  const toX = (value: number): number => round(EDGE + (value / right) * (WIDTH - 2 * EDGE));
  const toY = (value: number): number => round(HEIGHT - EDGE - (value / up) * (HEIGHT - 2 * EDGE));
  const points = (won: boolean): string =>
    all.flatMap((one) => (one.won === won ? [`M${toX(one.adverse)} ${toY(one.favourable)}h0`] : [])).join('');
  return {
    won: points(true),
    lost: points(false),
    right: steps(right).map((value) => ({ value, x: toX(value) })),
    up: steps(up).map((value) => ({ value, y: toY(value) })),
  };
}

/** The mean of some of them; null of none. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function steps(most: number): number[] {
  const step = niceStep(most);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
