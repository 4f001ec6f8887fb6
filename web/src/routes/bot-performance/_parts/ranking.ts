import type { Row } from '#lib/live/live-store.svelte.ts';

export const TOP_ROWS = 6;
/** Rows are put in order at most this often while the same positions are open, so that they do not jump at each price. */
const RERANK_MS = 10_000;

const size = (row: Row): number => Math.abs(Number(row.trade.unrealizedPnl ?? 0));

/** The positions with the largest unrealised profit or loss. A closed row keeps its place while it shows its result. */
export class Ranking {
  #order: string[] = [];
  #known = '';
  #rankedAt = -Infinity;

  /** @param now milliseconds */
  top(rows: readonly Row[], now: number): Row[] {
    const known = rows.map((row) => row.trade.id).join(' ');
    if (known !== this.#known || now - this.#rankedAt >= RERANK_MS) {
      this.#order = [...rows].sort((a, b) => size(b) - size(a)).map((row) => row.trade.id);
      this.#known = known;
      this.#rankedAt = now;
    }
    const byId = new Map(rows.map((row) => [row.trade.id, row]));
    return this.#order.slice(0, TOP_ROWS).flatMap((id) => byId.get(id) ?? []);
  }
}
