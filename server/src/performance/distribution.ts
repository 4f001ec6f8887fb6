import type { Decimal } from '../kernel/decimal.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { fromUnits } from './money-units.ts';

/** How many closed trades have a realizedPnl from `from` up to, not including, `to`; the last bin includes it. */
export interface HistogramBin {
  readonly from: Decimal;
  readonly to: Decimal;
  readonly count: number;
}

/**
 * `bins` bins of equal width from the smallest realizedPnl to the largest; their edges are rounded down to money's 8 decimals, so
 * that they are exact. Fewer where the range has fewer steps of 1e-8 than that: one bin where all profits are equal, none without
 * trades. Every closed trade is in exactly one bin.
 */
export function distributionOf(trades: readonly ClosedTrade[], bins: number): HistogramBin[] {
  if (trades.length === 0) return [];
  const pnl = trades.map(({ pnlUnits }) => pnlUnits);
  let [least, most] = [pnl[0]!, pnl[0]!];
  for (const units of pnl) {
    if (units < least) least = units;
    if (units > most) most = units;
  }
  const range = most - least;
  const count = range === 0n ? 1n : range < BigInt(bins) ? range : BigInt(bins);
  const edges = Array.from({ length: Number(count) + 1 }, (_, index) => least + (range * BigInt(index)) / count);
  const counts = new Array<number>(Number(count)).fill(0);
  for (const units of pnl) counts[binOf(units, edges)]! += 1;
  return counts.map((inBin, index) => ({ from: fromUnits(edges[index]!), to: fromUnits(edges[index + 1]!), count: inBin }));
}

/** The last bin that begins at or below `units`. */
function binOf(units: bigint, edges: readonly bigint[]): number {
  let [low, high] = [0, edges.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle]! <= units) low = middle;
    else high = middle - 1;
  }
  return low;
}
