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

/** The lengths of candles that the exchange is asked for, by its own names. Weeks begin on Mondays. */
export const KLINE_INTERVALS = ['1s', '1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '12h', '1d', '1w'] as const;
export type KlineInterval = (typeof KLINE_INTERVALS)[number];

const SECOND_MS = 1_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const KLINE_MS: Readonly<Record<KlineInterval, number>> = {
  '1s': SECOND_MS,
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '1w': 7 * DAY_MS,
};

/** A candle of any length, as the exchange keeps it for as long as it keeps the symbol. */
export interface Kline {
  /** Its first millisecond, the exchange's time, ms since 1970 UTC. */
  readonly openTimeMs: number;
  /** Plain decimal digits as received; low ≤ open, close ≤ high. */
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** 0: nothing was traded, and all four are the last price before it. */
  readonly trades: number;
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
