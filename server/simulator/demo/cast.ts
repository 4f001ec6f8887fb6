import { DEMO_SYMBOLS } from '../symbols.ts';
import type { MarketType } from '../../src/ticks/tick.ts';
import type { Timeframe } from '../../src/signals/signal.ts';
import type { Random } from '../price-model.ts';

/** How a sample bot trades by one of its strategies. */
export interface Strategy {
  readonly name: string;
  readonly timeframes: readonly Timeframe[];
  /** Share of its signals that go to FUTURES; the others go to SPOT. */
  readonly futuresShare: number;
  /** Distance of the take profit as a multiple of the stop's: from, to. */
  readonly reward: readonly [number, number];
  /** In the history, the share of its signals that took the side which was to win. */
  readonly skill: number;
  readonly notes: readonly string[];
}

export interface DemoBot {
  readonly name: string;
  /** Its share of the history's signals. */
  readonly share: number;
  readonly strategies: readonly Strategy[];
}

/** The sample bots. Together they use every kind of signal; some of their strategies earn, some do not. */
export const DEMO_BOTS: readonly DemoBot[] = [
  {
    name: 'Trend Rider',
    share: 0.4,
    strategies: [
      {
        name: 'trend',
        timeframes: ['1h', '4h'],
        futuresShare: 0.6,
        reward: [1.3, 2],
        skill: 0.59,
        notes: ['Higher highs and higher lows on two timeframes', 'Pullback to the 50-period average held'],
      },
      {
        name: 'breakout',
        timeframes: ['15m', '1h'],
        futuresShare: 0.7,
        reward: [1.2, 1.8],
        skill: 0.56,
        notes: ['Range of the last 20 candles broken with volume', 'Close outside the daily range'],
      },
    ],
  },
  {
    name: 'Mean Machine',
    share: 0.35,
    strategies: [
      {
        name: 'mean-reversion',
        timeframes: ['30m', '1h', '4h'],
        futuresShare: 0.5,
        reward: [0.9, 1.2],
        skill: 0.57,
        notes: ['Two standard deviations away from the mean', 'RSI below 25 while the trend is flat'],
      },
    ],
  },
  {
    name: 'Quick Fox',
    share: 0.25,
    strategies: [
      {
        name: 'scalper',
        timeframes: ['5m', '15m'],
        futuresShare: 1,
        reward: [1.2, 1.5],
        skill: 0.56,
        notes: ['Order book leans to one side', 'Fast average crossed the slow one'],
      },
    ],
  },
];

/** The bot whose token the printed command carries. */
export const GUEST_BOT = 'Your Bot';

/** Where a signal may go: a symbol with its price ladder, on each market that lists it. */
export interface Place {
  readonly marketType: MarketType;
  readonly symbol: string;
  /** Decimals of its price; every demo symbol's tick size is a power of ten. */
  readonly decimals: number;
  /** The price it starts from and is drawn back to. */
  readonly homePrice: string;
}

/** A step of SHIB is a seventh of a percent: too coarse for the levels of these bots. */
const TOO_COARSE = 'SHIBUSDT';

export const PLACES: readonly Place[] = DEMO_SYMBOLS.filter(({ symbol }) => symbol !== TOO_COARSE).map(
  ({ marketType, symbol, tickSize, price }) => ({ marketType, symbol, decimals: decimalsOf(tickSize), homePrice: price }),
);

/** "0.01" → 2 */
function decimalsOf(tickSize: string): number {
  return tickSize.split('.')[1]?.length ?? 0;
}

/** One of `choices`, each as likely as the others. */
export function pick<T>(choices: readonly T[], random: Random): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new RangeError('nothing to pick from');
  return choice;
}

export function between(low: number, high: number, random: Random): number {
  return low + (high - low) * random();
}

/** A place on the market that the strategy prefers as often as it does. */
export function pickPlace({ futuresShare }: Strategy, random: Random): Place {
  const marketType = random() < futuresShare ? 'FUTURES' : 'SPOT';
  return pick(
    PLACES.filter((place) => place.marketType === marketType),
    random,
  );
}
