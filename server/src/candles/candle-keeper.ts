import type { Clock } from '../kernel/clock.ts';
import type { Decimal } from '../kernel/decimal.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import { DAY_MS } from '../ticks/candle.ts';
import type { Kline, KlineInterval } from '../ticks/candle.ts';
import type { MarketType } from '../ticks/tick.ts';
import { candlesOf, chartEndMs } from './trade-candles.ts';
import type { ChartLimits, ClosedLife, TradeCandles } from './trade-candles.ts';

export interface CandleKeeperLimits extends ChartLimits {
  readonly intervalMs: number;
  readonly settleMs: number;
  readonly retryMs: number;
  readonly pageSize: number;
}

/** What is kept, and what is missing. */
export interface KeptCandles {
  /** The sequence of the newest closure; 0 before the first. */
  newestClosure(): Promise<bigint>;
  /** Closed trades without candles whose closing came after `sequence`, newest first, at most `limit`, without those named. */
  missing(sequence: bigint, without: readonly string[], limit: number): Promise<readonly ClosedLife[]>;
  save(tradeId: string, candles: TradeCandles): Promise<void>;
}

/** The price of one unit at the end of a UTC day. */
export interface DailyClose {
  /** The first moment of the day. */
  readonly day: Date;
  readonly close: Decimal;
}

export interface KeptCloses {
  /** The first signal's receipt; null before it. */
  firstSignalAt(): Promise<Date | null>;
  newestDay(): Promise<Date | null>;
  save(closes: readonly { readonly day: Date; readonly close: string }[]): Promise<void>;
}

export interface CandleKeeperOptions {
  readonly candles: KeptCandles;
  readonly closes: KeptCloses;
  readonly klines: (
    marketType: MarketType,
    symbol: string,
    interval: KlineInterval,
    fromMs: number,
    throughMs: number,
    signal: AbortSignal,
  ) => Promise<readonly Kline[]>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: CandleKeeperLimits;
}

/** What a trade's money is compared with. */
export const BENCHMARK = { marketType: 'SPOT', symbol: 'BTCUSDT' } as const;

/**
 * Keeps, in the background, how prices went: the candles of each closed trade, newest first, once the last of them has ended; and
 * each day's close of the benchmark since the day before the first signal.
 */
export class CandleKeeper implements Service {
  readonly name = 'candle keeper';
  readonly #options: CandleKeeperOptions;
  /** Every trade that was closed up to here has its candles. */
  #keptThrough = 0n;
  /** Trades beyond it that are not looked at before a time of the monotonic clock: their chart has not ended, or a request failed. */
  readonly #postponed = new Map<string, { readonly sequence: bigint; readonly untilMs: number }>();
  #closesPostponedMs = -Infinity;
  readonly #stopping = new AbortController();
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(options: CandleKeeperOptions) {
    this.#options = options;
  }

  start(): Promise<void> {
    this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the candle keeper has stopped'));
    this.#wake();
    await this.#running;
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    const { log, limits } = this.#options;
    for (let isMore = false; !this.#isStopped;) {
      if (!isMore) await this.#pause(limits.intervalMs);
      if (this.#isStopped) return;
      try {
        await this.#keepCloses();
        isMore = await this.#keepPage();
      } catch (error) {
        isMore = false;
        if (!this.#isStopped) log.warn({ err: error }, 'how prices went cannot be stored for now; it is tried again');
      }
    }
  }

  /** Gives whether there is more to do at once. */
  async #keepPage(): Promise<boolean> {
    const { candles, clock, limits } = this.#options;
    for (const [id, { untilMs }] of this.#postponed) if (untilMs <= clock.monotonicMs()) this.#postponed.delete(id);
    const newest = await candles.newestClosure();
    if (newest <= this.#keptThrough) return false;
    const page = await candles.missing(this.#keptThrough, [...this.#postponed.keys()], limits.pageSize);
    for (const life of page) if (this.#isStopped || !(await this.#keep(life))) return false;
    if (page.length === limits.pageSize) return true;
    const first = [...this.#postponed.values()].reduce<bigint | null>((least, { sequence }) => minimum(least, sequence), null);
    this.#keptThrough = first === null ? newest : first - 1n;
    return false;
  }

  /** Gives false after a failure: where the exchange does not answer, the others of the page need not be tried. */
  async #keep(life: ClosedLife): Promise<boolean> {
    const { candles, klines, clock, log, limits } = this.#options;
    const { marketType, symbol } = life;
    const earlyMs = chartEndMs(life, limits) + limits.settleMs - clock.now().getTime();
    if (earlyMs > 0) {
      this.#postpone(life, earlyMs);
      return true;
    }
    try {
      const found = await candlesOf(life, (...range) => klines(marketType, symbol, ...range, this.#stopping.signal), limits);
      await candles.save(life.id, found);
      return true;
    } catch (fault) {
      if (!this.#isStopped) log.warn({ trade: life.id, fault: String(fault) }, 'the candles of a trade could not be kept, trying again');
      this.#postpone(life, limits.retryMs);
      return false;
    }
  }

  #postpone({ id, sequence }: ClosedLife, delayMs: number): void {
    this.#postponed.set(id, { sequence, untilMs: this.#options.clock.monotonicMs() + delayMs });
  }

  async #keepCloses(): Promise<void> {
    const { closes, klines, clock, log, limits } = this.#options;
    if (clock.monotonicMs() < this.#closesPostponedMs) return;
    const lastDayMs = dayOf(clock.now().getTime() - limits.settleMs) - DAY_MS;
    const [firstSignalAt, newestDay] = [await closes.firstSignalAt(), await closes.newestDay()];
    if (!firstSignalAt) return;
    const fromMs = newestDay ? newestDay.getTime() + DAY_MS : dayOf(firstSignalAt.getTime()) - DAY_MS;
    if (fromMs > lastDayMs) return;
    let found: readonly Kline[] = [];
    try {
      found = await klines(BENCHMARK.marketType, BENCHMARK.symbol, '1d', fromMs, lastDayMs, this.#stopping.signal);
    } catch (fault) {
      if (!this.#isStopped) log.warn({ fault: String(fault) }, 'the daily closes of the benchmark could not be fetched, trying again');
    }
    if (found.length === 0) this.#closesPostponedMs = clock.monotonicMs() + limits.retryMs;
    else await closes.save(found.map(({ openTimeMs, close }) => ({ day: new Date(openTimeMs), close })));
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

function dayOf(timeMs: number): number {
  return timeMs - (timeMs % DAY_MS);
}

function minimum(one: bigint | null, other: bigint): bigint {
  return one === null || other < one ? other : one;
}
