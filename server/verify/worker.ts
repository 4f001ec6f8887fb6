import { Closing } from '../src/closures/closing.ts';
import type { ClosingLimits } from '../src/closures/closing.ts';
import type { Clock } from '../src/kernel/clock.ts';
import type { Log } from '../src/kernel/log.ts';
import { BinanceFeed } from '../src/ticks/binance.feed.ts';
import type { Candle } from '../src/ticks/candle.ts';
import { DEFAULT_FEED_LIMITS } from '../src/ticks/feed-limits.ts';
import type { FeedLimits } from '../src/ticks/feed-limits.ts';
import type { FeedState } from '../src/ticks/feed-status.ts';
import { PriceBoard } from '../src/ticks/price-board.ts';
import { SymbolList } from '../src/ticks/symbol-list.ts';
import type { MarketType, Tick } from '../src/ticks/tick.ts';
import { RecordSession } from './memory-record.ts';
import type { MemoryRecord, SessionFaults } from './memory-record.ts';

export const CLOSING_LIMITS: ClosingLimits = {
  batchSize: 100,
  retryMinMs: 100,
  retryMaxMs: 5_000,
  cursorSaveIntervalMs: 1_000,
};

export interface Bases {
  readonly spotWs: string;
  readonly spotRest: string;
  readonly futuresWs: string;
  readonly futuresRest: string;
}

export interface WorkerOptions {
  readonly bases: Bases;
  readonly clock: Clock;
  readonly random: () => number;
  readonly record: MemoryRecord;
  readonly limits?: Partial<FeedLimits>;
  readonly faults?: SessionFaults;
  /** Markets whose feeds are started; both by default. */
  readonly markets?: readonly MarketType[];
  /** A planted bug: what reaches the closing engine instead of a tick. */
  readonly patchTick?: (tick: Tick) => readonly Tick[];
  /** The same for candles. */
  readonly patchCandle?: (candle: Candle) => readonly Candle[];
}

/** Feeds and closing engine as the server joins them, on any exchange and a record in memory. */
export class Worker {
  readonly session: RecordSession;
  readonly closing: Closing;
  readonly feeds: Readonly<Record<MarketType, BinanceFeed>>;
  readonly priceBoard: PriceBoard;
  readonly symbolList = new SymbolList();
  /** Every state that the feeds went through, oldest first. */
  readonly states: Readonly<Record<MarketType, FeedState[]>> = { SPOT: [], FUTURES: [] };
  readonly logged: { readonly level: 'warn' | 'error'; readonly fields: object; readonly message: string }[] = [];
  readonly #markets: readonly MarketType[];

  constructor(options: WorkerOptions) {
    const { bases, clock, random, record, limits, patchTick, patchCandle } = options;
    const log: Log = {
      debug() {},
      info() {},
      warn: (fields, message) => void this.logged.push({ level: 'warn', fields, message }),
      error: (fields, message) => void this.logged.push({ level: 'error', fields, message }),
    };
    this.#markets = options.markets ?? ['SPOT', 'FUTURES'];
    this.priceBoard = new PriceBoard(clock);
    this.session = new RecordSession(record, options.faults);
    const feedOf = (marketType: MarketType, wsBaseUrl: string, restBaseUrl: string): BinanceFeed =>
      new BinanceFeed({
        marketType,
        wsBaseUrl,
        restBaseUrl,
        limits: { ...DEFAULT_FEED_LIMITS, ...limits },
        clock,
        random,
        log,
        priceBoard: this.priceBoard,
        symbolList: this.symbolList,
        onTick: (tick) => (patchTick?.(tick) ?? [tick]).forEach((given) => this.closing.onTick(given)),
        onDelisted: (symbol) => this.closing.onDelisted(marketType, symbol),
        candles: {
          matters: (candle) => this.closing.matters(candle),
          take: (candle) => (patchCandle?.(candle) ?? [candle]).forEach((given) => this.closing.take(given)),
        },
      });
    this.feeds = { SPOT: feedOf('SPOT', bases.spotWs, bases.spotRest), FUTURES: feedOf('FUTURES', bases.futuresWs, bases.futuresRest) };
    for (const marketType of this.#markets) this.feeds[marketType].onStatus(({ state }) => this.states[marketType].push(state));
    this.closing = new Closing(this.session, this.session, this.feeds, clock, log, CLOSING_LIMITS);
  }

  async start(): Promise<void> {
    await this.closing.start();
    for (const marketType of this.#markets) await this.feeds[marketType].start();
  }

  /** The orderly end. */
  async stop(): Promise<void> {
    await Promise.all(this.#markets.map((marketType) => this.feeds[marketType].stop()));
    await this.closing.stop();
    this.session.kill();
  }

  /** The sudden end: what was not written is lost. */
  async kill(): Promise<void> {
    this.session.kill();
    void this.closing.stop();
    await Promise.all(this.#markets.map((marketType) => this.feeds[marketType].stop()));
  }

  inSync(marketType: MarketType, symbol: string): boolean {
    return this.feeds[marketType].position(symbol)?.inSync ?? false;
  }
}
