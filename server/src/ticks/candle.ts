import { Decimal } from '../kernel/decimal.ts';
import type { MarketType, Tick } from './tick.ts';

export const MINUTE_MS = 60_000;

/** What one minute of a symbol's trading looked like; never one without a trade. */
export interface Candle {
  readonly marketType: MarketType;
  readonly symbol: string;
  /** Plain decimal digits as received. */
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** First and last millisecond, the exchange's time, ms since 1970 UTC. */
  readonly openTimeMs: number;
  readonly closeTimeMs: number;
}

/** What is done with candles where trades are gone, or too many to read them all. */
export interface CandleUse {
  /** True where the minute may close a trade: then its trades are read, if there are any. */
  matters(candle: Candle): boolean;
  /** Takes a candle in place of its trades. In time order among the ticks. */
  take(candle: Candle): void;
}

export function minuteOf(timeMs: number): number {
  return timeMs - (timeMs % MINUTE_MS);
}

/**
 * What of a candle its known trades do not explain, as a candle: a high above all of them or a low below all of them was made
 * by a trade that is gone. Null where they explain everything.
 */
export function unseenPart(candle: Candle, known: readonly Pick<Tick, 'price'>[]): Candle | null {
  const [high, low] = [new Decimal(candle.high), new Decimal(candle.low)];
  const isHighUnseen = known.every(({ price }) => high.gt(price));
  const isLowUnseen = known.every(({ price }) => low.lt(price));
  if (!isHighUnseen && !isLowUnseen) return null;
  return { ...candle, high: isHighUnseen ? candle.high : candle.open, low: isLowUnseen ? candle.low : candle.open };
}
