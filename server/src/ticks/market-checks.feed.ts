import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { backoffMs } from './backoff.ts';
import type { CheckedPrice } from './binance-answers.ts';
import type { BinanceRest } from './binance-rest.feed.ts';
import type { FeedLimits } from './feed-limits.ts';
import type { PriceBoard } from './price-board.ts';
import type { SymbolList } from './symbol-list.ts';
import { pause } from './tape-reader.feed.ts';
import type { MarketType } from './tick.ts';

export interface MarketChecksOptions {
  readonly marketType: MarketType;
  readonly rest: BinanceRest;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly priceBoard: PriceBoard;
  readonly symbolList: SymbolList;
  /** Called after each price check with what it brought. */
  readonly onPrices: (prices: readonly CheckedPrice[]) => void;
  /** Called with the exchange's time (ms since 1970 UTC) as soon as it is told, and when it was asked for by the monotonic clock. */
  readonly onServerTime: (timeMs: number, askedMs: number) => void;
  /** Called after each new list of symbols. */
  readonly onSymbols: () => void;
}

/** What is asked of a whole market at regular times: the prices of all symbols, what time it is there, and which symbols there are. */
export class MarketChecks {
  readonly #options: MarketChecksOptions;

  constructor(options: MarketChecksOptions) {
    this.#options = options;
  }

  /** Resolves when the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { rest, onServerTime } = this.#options;
    await Promise.all([
      this.#check('prices', (askedMs) => this.#checkPrices(askedMs, signal), signal),
      this.#check('time', async (askedMs) => onServerTime(await rest.serverTime(signal), askedMs), signal),
      this.#listSymbols(signal),
    ]);
  }

  async #checkPrices(askedMs: number, signal: AbortSignal): Promise<void> {
    const { marketType, rest, clock, priceBoard, onPrices } = this.#options;
    const prices = await rest.prices(signal);
    const nowMs = clock.now().getTime();
    for (const { symbol, price, timeMs } of prices) priceBoard.putCheck(marketType, symbol, price, timeMs ?? nowMs, askedMs);
    onPrices(prices);
  }

  async #check(what: string, check: (askedMs: number) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { marketType, limits, clock, log } = this.#options;
    while (!signal.aborted) {
      const askedMs = clock.monotonicMs();
      try {
        await check(askedMs);
      } catch (fault) {
        if (!signal.aborted) log.warn({ market: marketType, fault: String(fault) }, `the exchange’s ${what} could not be checked`);
      }
      await pause(clock, Math.max(0, askedMs + limits.priceCheckIntervalMs - clock.monotonicMs()), signal);
    }
  }

  async #listSymbols(signal: AbortSignal): Promise<void> {
    const { marketType, rest, limits, clock, random, log, symbolList, onSymbols } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const symbols = await rest.symbols(signal);
        symbolList.replace(marketType, symbols);
        onSymbols();
        log.info({ market: marketType, symbols: symbols.length }, 'symbols listed');
        failures = 0;
        await pause(clock, limits.symbolListIntervalMs, signal);
      } catch (fault) {
        if (signal.aborted) return;
        log.warn({ market: marketType, fault: String(fault) }, 'the symbols could not be listed, trying again');
        await pause(clock, backoffMs(failures, limits.repairRetryMinMs, limits.repairRetryMaxMs, random), signal);
        failures += 1;
      }
    }
  }
}
