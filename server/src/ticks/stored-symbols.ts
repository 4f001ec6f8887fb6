import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import type { SymbolInfo, SymbolList } from './symbol-list.ts';
import { MARKET_TYPES } from './tick.ts';
import type { MarketType } from './tick.ts';

export interface StoredSymbolsOptions {
  readonly load: () => Promise<ReadonlyMap<MarketType, readonly SymbolInfo[]>>;
  readonly symbolList: SymbolList;
  /** False while this process asks the exchange itself. */
  readonly isNeeded: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly intervalMs: number;
}

/** How often it is looked for a list that is not known yet. */
const FIRST_INTERVAL_MS = 1_000;

/** Keeps the symbol list as new as the one that the leading worker stored. */
export class StoredSymbols implements Service {
  readonly name = 'stored symbols';
  readonly #options: StoredSymbolsOptions;
  #cancel: Cancel = () => {};
  #readMs = -Infinity;

  constructor(options: StoredSymbolsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { clock, intervalMs } = this.#options;
    this.#cancel = clock.every(Math.min(FIRST_INTERVAL_MS, intervalMs), () => void this.#look());
    await this.#look();
  }

  stop(): Promise<void> {
    this.#cancel();
    return Promise.resolve();
  }

  async #look(): Promise<void> {
    const { load, symbolList, isNeeded, clock, log, intervalMs } = this.#options;
    const isAllKnown = MARKET_TYPES.every((marketType) => symbolList.isKnown(marketType));
    if (!isNeeded() || (isAllKnown && clock.monotonicMs() - this.#readMs < intervalMs)) return;
    this.#readMs = clock.monotonicMs();
    try {
      for (const [marketType, infos] of await load()) if (isNeeded()) symbolList.replace(marketType, infos);
    } catch (error) {
      log.warn({ err: error }, 'the stored symbols could not be read');
    }
  }
}
