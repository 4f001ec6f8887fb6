import { setImmediate as turn } from 'node:timers/promises';
import { meetsFilter } from '../trades/trade-filter.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import type { ClosedTrade } from './closed-trade.ts';

/** The closed trades after a sequence, in the order of closure; fewer than `limit` only where there are no more. */
export type ReadClosed = (afterSequence: bigint, limit: number) => Promise<readonly ClosedTrade[]>;

/** Read at once: some ten milliseconds of work. */
const PAGE_SIZE = 2_000;

/**
 * Every closed trade of the record, in memory: none of them ever changes, so each is read once, and any filter is a walk over them
 * instead of a read of them all. About 1.6 kB each.
 */
export class ClosedTrades {
  readonly #trades: ClosedTrade[] = [];
  #reading: Promise<void> | undefined;

  /** The sequence of the newest one that is known. */
  get #last(): bigint {
    return this.#trades.at(-1)?.closedSequence ?? 0n;
  }

  /** Reads what was closed since, page by page, letting others have their turn. Whoever comes meanwhile waits for the same. */
  catchUp(read: ReadClosed): Promise<void> {
    this.#reading ??= this.#read(read).finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  /** Those up to a sequence that a filter means. `read` sees the record as it was at that sequence, and gives what is not known yet. */
  async until(sequence: bigint, filter: TradeFilter | null | undefined, read: ReadClosed): Promise<readonly ClosedTrade[]> {
    await this.#read(read);
    const meant: ClosedTrade[] = [];
    for (const trade of this.#trades) {
      if (trade.closedSequence > sequence) break;
      if (meetsFilter(trade, filter)) meant.push(trade);
    }
    return meant;
  }

  async #read(read: ReadClosed): Promise<void> {
    for (;;) {
      const page = await read(this.#last, PAGE_SIZE);
      // Two may have read the same at once.
      for (const trade of page) if (trade.closedSequence > this.#last) this.#trades.push(trade);
      if (page.length < PAGE_SIZE) return;
      await turn();
    }
  }
}
