import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { backoffMs } from './backoff.ts';
import type { TradePage } from './binance-answers.ts';
import { isTapeRefusal } from './binance-rest.feed.ts';
import type { Asking, BinanceRest } from './binance-rest.feed.ts';
import { MINUTE_MS, minuteOf } from './candle.ts';
import type { CandleUse } from './candle.ts';
import { CandleSurvey } from './candle-survey.feed.ts';
import type { FeedLimits } from './feed-limits.ts';
import type { Urgency } from './rest-queue.feed.ts';
import type { SymbolTape } from './symbol-tape.ts';
import type { StreamPoint, Tick } from './tick.ts';

export interface TapeReaderOptions {
  readonly rest: BinanceRest;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  /** The exchange's time as well as it is known, ms since 1970 UTC. */
  readonly exchangeNowMs: () => number;
  readonly random: () => number;
  readonly log: Log;
}

export interface TapeReading {
  readonly symbol: string;
  readonly tape: SymbolTape;
  /** Where the tape began. */
  readonly from: StreamPoint;
  /** What decides where trades are gone or too many; null where only trades are wanted. */
  readonly candles: CandleUse | null;
  /** Asked before every request. */
  readonly isDone: () => boolean;
  readonly urgency: () => Urgency;
  readonly signal: AbortSignal;
}

/** A reading under way: what the candles told it stays told when it has to try again. */
interface Progress extends TapeReading {
  /** The exchange's time through which minutes were looked at, ms since 1970 UTC. */
  surveyedMs: number;
}

/** Feeds tapes with pages of REST, one after the other, trying for as long as it takes. */
export class TapeReader {
  readonly #options: TapeReaderOptions;
  readonly #survey: CandleSurvey;

  constructor(options: TapeReaderOptions) {
    this.#options = options;
    this.#survey = new CandleSurvey(options.rest);
  }

  /** Resolves when the reading is done or its signal aborted; never rejects. */
  async read(asked: TapeReading): Promise<void> {
    const { limits, log } = this.#options;
    const reading: Progress = { ...asked, surveyedMs: 0 };
    const { symbol, tape, signal } = reading;
    let failures = 0;
    let trailing = 0;
    while (!signal.aborted && !reading.isDone()) {
      const nextId = tape.nextId;
      try {
        await (nextId === null ? this.#begin(reading) : this.#readPage(reading, nextId));
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

  /** Finds where a tape begins that was begun at a time. */
  async #begin(reading: Progress): Promise<void> {
    const { rest } = this.#options;
    const { symbol, tape, from, signal } = reading;
    const { doubts } = tape;
    if (this.#isLong(reading, from.fromTimeMs)) {
      const newest = await rest.newest(symbol, asking(reading));
      if (newest && this.#isLong(reading, from.fromTimeMs, newest.timeMs)) return this.#surveyTo(reading, newest, true);
      if (!newest && this.#mayBeGone(reading)) await this.#surveyThroughNow(reading);
    }
    const start = await rest.findStart(symbol, from.fromTimeMs, asking(reading));
    if (signal.aborted) return;
    tape.beginAt(start.firstId);
    this.#applyFound(reading, start.page, doubts);
  }

  async #readPage(reading: Progress, nextId: number): Promise<void> {
    const { rest } = this.#options;
    const { symbol, tape, candles, signal } = reading;
    const { doubts } = tape;
    let page: TradePage | null;
    try {
      page = await rest.tradesFrom(symbol, nextId, asking(reading));
    } catch (fault) {
      if (!candles || !isTapeRefusal(fault)) throw fault;
      page = null;
    }
    if (signal.aborted) return;
    if (page === null || (page.received === 0 && this.#mayBeGone(reading))) {
      const newest = await rest.newest(symbol, asking(reading));
      if (newest && newest.id >= nextId) return this.#surveyTo(reading, newest, true);
      if (!newest) await this.#surveyThroughNow(reading);
      if (!signal.aborted) tape.page([], tape.doubts === doubts);
      return;
    }
    await this.#acceptGap(reading, page);
    if (signal.aborted) return;
    tape.page(page.rows, rest.isEnd(page) && tape.doubts === doubts);
    if (rest.isEnd(page) || !this.#isLong(reading, reachedMs(reading))) return;
    const newest = await rest.newest(symbol, asking(reading));
    if (newest && this.#isLong(reading, reachedMs(reading), newest.timeMs)) await this.#surveyTo(reading, newest, false);
  }

  /** Where REST's trades begin later than asked, those before are gone or never were: the candles between know which. */
  async #acceptGap(reading: Progress, page: TradePage): Promise<void> {
    const { symbol, tape, signal } = reading;
    const gap = tape.gapBefore(page.rows);
    if (!gap) return;
    this.#options.log.warn({ symbol, nextId: tape.nextId, goesOnAt: gap.id }, 'the exchange has no trades between these ids');
    if (gap.tick) await this.#look(reading, gap.tick.timeMs, true);
    if (!signal.aborted) tape.skipTo(gap.id);
  }

  /** Looks at the minutes up to a little before the newest trade and takes the tape up there. */
  async #surveyTo(reading: Progress, newest: Tick, isGone: boolean): Promise<void> {
    const { symbol, tape, candles, signal } = reading;
    if (!candles) return;
    const { doubts } = tape;
    const fromMs = reachedMs(reading);
    // One minute of distance: the candle of the last one may not be final yet.
    const endMs = Math.max(minuteOf(newest.timeMs) - MINUTE_MS, minuteOf(fromMs));
    const isAnyMinuteOver = endMs > minuteOf(fromMs);
    if (isAnyMinuteOver) {
      this.#options.log.info({ symbol, fromMs, endMs, isGone }, 'a long hole is looked at minute by minute');
      await this.#look(reading, endMs - 1, isGone);
      if (signal.aborted) return;
    }
    const { firstId, page } = await this.#options.rest.findStart(symbol, endMs, asking(reading));
    if (signal.aborted) return;
    if (isAnyMinuteOver) tape.skipTo(firstId);
    else await this.#acceptGap(reading, page);
    if (!signal.aborted) this.#applyFound(reading, page, doubts);
  }

  /**
   * The exchange has not one trade left of a symbol, not even a newest one. Its minutes tell what became of it: all but the last, as
   * trades of that would not be gone.
   */
  async #surveyThroughNow(reading: Progress): Promise<void> {
    const endMs = minuteOf(this.#options.exchangeNowMs()) - MINUTE_MS;
    this.#options.log.warn({ symbol: reading.symbol, endMs }, 'the exchange has no trades of a symbol any more, its minutes decide');
    await this.#look(reading, endMs - 1, true);
  }

  /** Looks at the minutes from where the reading stands. */
  async #look(reading: Progress, throughMs: number, isGone: boolean): Promise<void> {
    const { symbol, tape, candles } = reading;
    if (!candles) return;
    const onSeen = (closeTimeMs: number) => (reading.surveyedMs = closeTimeMs + 1);
    const fromMs = reachedMs(reading);
    await this.#survey.run({ symbol, tape, use: candles, asking: () => asking(reading), fromMs, throughMs, isGone, onSeen });
    // Also where nothing was traded in the last ones.
    if (!reading.signal.aborted) reading.surveyedMs = Math.max(reading.surveyedMs, minuteOf(throughMs + 1));
  }

  /** A page found by time ends with its hour, not with the tape. */
  #applyFound({ tape }: Progress, page: TradePage, doubts: number): void {
    tape.page(page.rows, page.received === 0 && tape.doubts === doubts);
  }

  /** True where it is worth it to look at minutes first. */
  #isLong({ candles }: Progress, sinceMs: number, untilMs = this.#options.exchangeNowMs()): boolean {
    return candles !== null && untilMs - sinceMs > this.#options.limits.candlesAfterMs;
  }

  /** True where "nothing after it" may mean "that is forgotten". */
  #mayBeGone(reading: Progress): boolean {
    const { limits, exchangeNowMs } = this.#options;
    return reading.candles !== null && exchangeNowMs() - reachedMs(reading) > limits.forgottenAfterMs;
  }

  #retryDelay(attempt: number, signal: AbortSignal): Promise<void> {
    const { clock, limits, random } = this.#options;
    return pause(clock, backoffMs(attempt, limits.repairRetryMinMs, limits.repairRetryMaxMs, random), signal);
  }
}

function asking({ urgency, signal }: TapeReading): Asking {
  return { urgency: urgency(), signal };
}

/** The exchange's time up to which nothing is missing. */
function reachedMs({ tape, from, surveyedMs }: Progress): number {
  return Math.max(tape.lastTick?.timeMs ?? from.fromTimeMs, surveyedMs);
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
