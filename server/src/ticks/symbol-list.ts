import type { Cancel } from '../kernel/clock.ts';
import type { MarketType } from './tick.ts';

/** What exchangeInfo says of a symbol. */
export interface SymbolInfo {
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly quoteAsset: string;
  /** False while halted, closing or in any status that is not plain TRADING. */
  readonly trading: boolean;
  /** The exchange's status word, as received. */
  readonly status: string;
  /** Smallest price step, plain decimal digits, e.g. "0.01"; null where the exchange gives none. */
  readonly tickSize: string | null;
}

/** The exchange's symbols by market; a market is unknown until its exchangeInfo arrived. */
export class SymbolList {
  readonly #markets = new Map<MarketType, ReadonlyMap<string, SymbolInfo>>();
  readonly #listeners = new Set<(marketType: MarketType) => void>();

  isKnown(marketType: MarketType): boolean {
    return this.#markets.has(marketType);
  }

  get(marketType: MarketType, symbol: string): SymbolInfo | undefined {
    return this.#markets.get(marketType)?.get(symbol);
  }

  replace(marketType: MarketType, symbols: Iterable<SymbolInfo>): void {
    this.#markets.set(marketType, new Map(Array.from(symbols, (info) => [info.symbol, info])));
    for (const listener of this.#listeners) listener(marketType);
  }

  all(marketType: MarketType): SymbolInfo[] {
    return [...(this.#markets.get(marketType)?.values() ?? [])];
  }

  /** Calls `listener` with the market whose list was replaced. */
  onReplace(listener: (marketType: MarketType) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
