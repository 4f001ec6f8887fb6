import type { Asking, BinanceRest } from './binance-rest.feed.ts';
import { MINUTE_MS, minuteOf, unseenPart } from './candle.ts';
import type { Candle, CandleUse } from './candle.ts';
import type { SymbolTape } from './symbol-tape.ts';

export interface Survey {
  readonly symbol: string;
  readonly tape: SymbolTape;
  readonly use: CandleUse;
  /** Asked before every request. */
  readonly asking: () => Asking;
  /** The exchange's times between which something is missing; the minutes of both are looked at. */
  readonly fromMs: number;
  readonly throughMs: number;
  /** True where the missing trades are known to be gone. */
  readonly isGone: boolean;
  /** Told of each whole minute that needs no second look. */
  readonly onSeen: (closeTimeMs: number) => void;
}

/**
 * Goes through a hole minute by minute. A minute that can close no trade is passed over; one that can is read trade by trade,
 * and the tape moves on to it; where its trades are gone, the candle itself is what decides.
 */
export class CandleSurvey {
  readonly #rest: BinanceRest;

  constructor(rest: BinanceRest) {
    this.#rest = rest;
  }

  /** Rejects with the fault of the first request that fails; what was decided until then stays. */
  async run(survey: Survey): Promise<void> {
    const { symbol, use, asking } = survey;
    let isGone = survey.isGone;
    for (let fromMs: number | null = minuteOf(survey.fromMs); fromMs !== null && fromMs <= survey.throughMs;) {
      const { candles, lastOpenMs } = await this.#rest.candles(symbol, fromMs, survey.throughMs, asking());
      if (asking().signal.aborted) return;
      for (const candle of candles) {
        if (use.matters(candle)) isGone = await this.#decide(survey, candle, isGone);
        else use.take(candle);
        if (asking().signal.aborted) return;
        if (candle.closeTimeMs <= survey.throughMs) survey.onSeen(candle.closeTimeMs);
      }
      fromMs = lastOpenMs === null ? null : lastOpenMs + MINUTE_MS;
    }
  }

  /** Gives whether the minute's trades are gone. */
  async #decide({ symbol, tape, use, asking }: Survey, candle: Candle, wasGone: boolean): Promise<boolean> {
    const ticks = await this.#rest.tradesWithin(symbol, candle.openTimeMs, candle.closeTimeMs, asking());
    const isGone = ticks.length === 0;
    if (asking().signal.aborted) return isGone;
    // After a minute that was gone the trades of this one may begin in its middle.
    const unseen = isGone || wasGone ? unseenPart(candle, ticks) : null;
    if (unseen) use.take(unseen);
    const next = ticks.filter(({ id }) => id >= (tape.nextId ?? 0));
    if (next[0]) {
      tape.skipTo(next[0].id);
      tape.page(
        next.map((tick) => ({ id: tick.id, tick })),
        false,
      );
    }
    return isGone;
  }
}
