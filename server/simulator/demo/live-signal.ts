import { between, pick, pickPlace } from './cast.ts';
import type { DemoBot, Place } from './cast.ts';
import { levelsAround } from './levels.ts';
import type { Random } from '../price-model.ts';

/** The input of `createSignal`, as JSON. */
export interface SignalMessage {
  readonly externalId: string;
  readonly symbol: string;
  readonly marketType: 'SPOT' | 'FUTURES';
  readonly direction: 'LONG' | 'SHORT';
  readonly entryPrice: string | null;
  readonly takeProfit: string;
  readonly stopLoss: string;
  readonly confidence: number;
  readonly timeframe: string;
  readonly strategy: string;
  readonly status: 'ACTIVE' | 'PENDING';
  readonly sentAt: string;
  readonly expiresAt: string | null;
  readonly note: string | null;
}

/** What the bot will do after `createSignal`: nothing, send the same once more, or decide on a pending signal later. */
export type Sequel = 'NONE' | 'SEND_AGAIN' | 'ACTIVATE' | 'CANCEL';

/** A bot's next call, before it has looked at the price. */
export interface Idea {
  readonly place: Place;
  readonly sequel: Sequel;
  /** The message for the price at that moment. */
  message(price: string, externalId: string, now: Date): SignalMessage;
}

/** Distances as parts of the price: within a minute or so most such trades close in the simulator's market. */
const NEAREST = 0.002;
const FARTHEST = 0.008;
const NOTED_SHARE = 0.4;
const EXPIRING_SHARE = 0.15;
/** How often it takes the side towards the price that the symbol is drawn back to. */
const TOWARDS_HOME_SHARE = 0.7;
const AT_MARKET_SHARE = 0.3;

const SEQUELS: readonly (readonly [Sequel, number])[] = [
  ['SEND_AGAIN', 0.06],
  ['ACTIVATE', 0.06],
  ['CANCEL', 0.04],
];

export function nextIdea(bot: DemoBot, random: Random): Idea {
  const strategy = pick(bot.strategies, random);
  const place = pickPlace(strategy, random);
  const sequel = pickSequel(random);
  const distances = { takeProfit: between(NEAREST, FARTHEST, random), stopLoss: between(NEAREST, FARTHEST, random) };
  const towardsHome = random() < TOWARDS_HOME_SHARE;
  const atMarket = random() < AT_MARKET_SHARE;
  const lifeMs = random() < EXPIRING_SHARE ? between(20_000, 90_000, random) : null;
  const common = {
    symbol: place.symbol,
    marketType: place.marketType,
    confidence: Math.round(between(0.5, 0.95, random) * 100) / 100,
    timeframe: pick(strategy.timeframes, random),
    strategy: strategy.name,
    status: sequel === 'ACTIVATE' || sequel === 'CANCEL' ? ('PENDING' as const) : ('ACTIVE' as const),
    note: random() < NOTED_SHARE ? pick(strategy.notes, random) : null,
  };
  return {
    place,
    sequel,
    message: (price, externalId, now) => {
      const direction = Number(price) < Number(place.homePrice) === towardsHome ? 'LONG' : 'SHORT';
      return {
        ...common,
        externalId,
        direction,
        entryPrice: atMarket ? null : price,
        ...levelsAround(price, direction, distances, place.decimals),
        sentAt: now.toISOString(),
        expiresAt: lifeMs === null ? null : new Date(now.getTime() + lifeMs).toISOString(),
      };
    },
  };
}

function pickSequel(random: Random): Sequel {
  let left = random();
  return SEQUELS.find(([, share]) => (left -= share) < 0)?.[0] ?? 'NONE';
}
