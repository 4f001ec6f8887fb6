import type { SymbolInfo } from './symbol-list.ts';

/**
 * Status words of exchangeInfo after which a symbol never trades again. Words such as HALT, BREAK, CANCEL_ONLY or one that nobody
 * knows yet are no end: the symbol is halted and may come back.
 */
const FINAL_STATUSES: ReadonlySet<string> = new Set(['DELIVERING', 'DELIVERED', 'SETTLING', 'CLOSE']);

/** True where a list of symbols says that one has stopped trading for good: it is not on it, or its status is final. */
export function isOver(info: Pick<SymbolInfo, 'status'> | undefined): boolean {
  return info === undefined || FINAL_STATUSES.has(info.status);
}

/** Counts in how many lists in a row a symbol was over: one list alone may be wrong, and closing a trade cannot be taken back. */
export class Delistings {
  readonly #afterLists: number;
  #counts = new Map<string, number>();

  /** `afterLists`: how many lists in a row must agree, at least 1. */
  constructor(afterLists: number) {
    this.#afterLists = afterLists;
  }

  /** Takes the next list and gives those of `symbols` that are over for good. */
  next(symbols: Iterable<string>, infoOf: (symbol: string) => Pick<SymbolInfo, 'status'> | undefined): readonly string[] {
    const counts = new Map<string, number>();
    for (const symbol of symbols) if (isOver(infoOf(symbol))) counts.set(symbol, (this.#counts.get(symbol) ?? 0) + 1);
    this.#counts = counts;
    return [...counts].filter(([, count]) => count >= this.#afterLists).map(([symbol]) => symbol);
  }
}
