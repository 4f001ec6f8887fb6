import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { backoffMs } from './backoff.ts';
import type { TradePage } from './binance-answers.ts';
import type { Asking, BinanceRest } from './binance-rest.feed.ts';
import type { FeedLimits } from './feed-limits.ts';
import type { Urgency } from './rest-queue.feed.ts';
import type { SymbolTape } from './symbol-tape.ts';
import type { StreamPoint } from './tick.ts';

export interface TapeReaderOptions {
  readonly rest: BinanceRest;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export interface TapeReading {
  readonly symbol: string;
  readonly tape: SymbolTape;
  /** Where the tape began. */
  readonly from: StreamPoint;
  /** Asked before every request. */
  readonly isDone: () => boolean;
  readonly urgency: () => Urgency;
  readonly signal: AbortSignal;
}

/** Feeds tapes with pages of REST, one after the other, trying for as long as it takes. */
export class TapeReader {
  readonly #options: TapeReaderOptions;

  constructor(options: TapeReaderOptions) {
    this.#options = options;
  }

  /** Resolves when the reading is done or its signal aborted; never rejects. */
  async read(reading: TapeReading): Promise<void> {
    const { limits, log } = this.#options;
    const { symbol, tape, signal } = reading;
    let failures = 0;
    let trailing = 0;
    while (!signal.aborted && !reading.isDone()) {
      const nextId = tape.nextId;
      try {
        await this.#readPage(reading);
        failures = 0;
      } catch (fault) {
        if (signal.aborted) return;
        log.warn({ symbol, nextId, fault: String(fault) }, 'trades could not be fetched, trying again');
        await this.#retryDelay(failures, signal);
        failures += 1;
        continue;
      }
      if (reading.isDone()) return;
      if (tape.nextId !== nextId) {
        trailing = 0;
        continue;
      }
      // REST does not know yet what the stream has shown.
      trailing += 1;
      if (trailing >= limits.trailingAnswers) {
        log.warn({ symbol, nextId }, 'REST knows nothing of the ticks that are held; they are put aside');
        tape.setHeldAside();
        trailing = 0;
      }
      await this.#retryDelay(trailing - 1, signal);
    }
  }

  async #readPage(reading: TapeReading): Promise<void> {
    const { rest } = this.#options;
    const { symbol, tape, from, signal } = reading;
    const asking: Asking = { urgency: reading.urgency(), signal };
    if (tape.nextId === null) {
      const start = await rest.findStart(symbol, from.fromTimeMs, asking);
      if (signal.aborted) return;
      tape.beginAt(start.firstId);
      // A page found by time ends with its hour, not with the tape.
      this.#apply(reading, start.page, start.page.received === 0);
      return;
    }
    let page: TradePage;
    try {
      page = await rest.tradesFrom(symbol, tape.nextId, asking);
    } catch (fault) {
      const oldest = await rest.oldestAfterRefusal(symbol, tape.lastTick?.timeMs ?? null, fault, asking);
      if (!oldest || oldest.rows.every((row) => row.id < tape.nextId!)) throw fault;
      if (!signal.aborted) this.#apply(reading, oldest, false);
      return;
    }
    if (!signal.aborted) this.#apply(reading, page, rest.isEnd(page));
  }

  #apply({ symbol, tape }: TapeReading, page: TradePage, isEnd: boolean): void {
    for (const jump of tape.page(page.rows, isEnd))
      this.#options.log.warn({ symbol, ...jump }, 'the exchange has no trades between these ids');
  }

  #retryDelay(attempt: number, signal: AbortSignal): Promise<void> {
    const { clock, limits, random } = this.#options;
    return pause(clock, backoffMs(attempt, limits.repairRetryMinMs, limits.repairRetryMaxMs, random), signal);
  }
}

/** Resolves after `delayMs`, or at once when aborted. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(delayMs, resolve);
  const onAbort = () => {
    cancel();
    resolve();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}
