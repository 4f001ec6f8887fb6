import type { SignalInput, Timeframe } from '../../src/signals/signal.ts';
import { slugOf } from '../../src/signals/bots.store.ts';
import type { Tick } from '../../src/ticks/tick.ts';
import type { Direction } from '../../src/trades/trade.ts';
import type { Random } from '../price-model.ts';
import { between, DEMO_BOTS, pick, pickPlace, PLACES } from './cast.ts';
import type { DemoBot, Place } from './cast.ts';
import { levelsAround } from './levels.ts';
import { PriceHistory } from './price-history.ts';

/** What happened, at which server time (ms since 1970 UTC); the externalId says to which signal. */
export type HistoryStep = { readonly atMs: number; readonly externalId: string } & (
  | {
      readonly kind: 'SIGNAL';
      readonly bot: string;
      readonly input: SignalInput;
      /** The symbol's newest tick at that moment. */
      readonly marketPrice: string;
      readonly lastTradeId: number;
    }
  | { readonly kind: 'CLOSING_TICK'; readonly tick: Tick }
  | { readonly kind: 'CANCEL' }
);

export interface HistoryOptions {
  readonly random: Random;
  /** Everything comes before it. */
  readonly endMs: number;
  readonly days: number;
  /** How many signals become a trade that closes. */
  readonly trades: number;
  /** How many signals wait for a while and are cancelled. */
  readonly cancelled: number;
}

/** A day's standard deviation of the price, as a part of it. */
const VOLATILITY = { large: 0.028, small: 0.042 };
const LARGE = ['BTCUSDT', 'ETHUSDT', 'BNBUSDT'];

/** Distance of the stop loss from the entry price, as a part of it: from, to. */
const STOP_DISTANCE: Readonly<Partial<Record<Timeframe, readonly [number, number]>>> = {
  '5m': [0.006, 0.01],
  '15m': [0.008, 0.014],
  '30m': [0.009, 0.016],
  '1h': [0.012, 0.024],
  '4h': [0.022, 0.045],
};

const EXPIRING_SHARE = 0.1;
const NOTED_SHARE = 0.3;
const HOUR_MS = 3_600_000;

/** A past of trades, in the order of time. The same options give the same past. */
export function planHistory(options: HistoryOptions, prices = pricesOf(options)): readonly HistoryStep[] {
  const { random, endMs, days, trades, cancelled } = options;
  const startMs = endMs - days * 24 * HOUR_MS;
  const steps: HistoryStep[] = [];
  let number = 0;
  for (let closed = 0; closed < trades;) {
    const bot = pickBot(random);
    const trade = planTrade(bot, `${slugOf(bot.name)}-history-${number}`, between(startMs + HOUR_MS, endMs, random), prices, random);
    if (trade === undefined) continue; // still open at the end
    steps.push(...trade);
    number += 1;
    closed += 1;
  }
  for (let i = 0; i < cancelled; i++, number++) {
    const bot = pickBot(random);
    const receivedMs = Math.floor(between(startMs + HOUR_MS, endMs - HOUR_MS, random));
    const { signal } = planSignal(bot, `${slugOf(bot.name)}-history-${number}`, receivedMs, prices, random);
    steps.push({ ...signal('LONG', 'PENDING'), atMs: receivedMs });
    steps.push({
      kind: 'CANCEL',
      externalId: `${slugOf(bot.name)}-history-${number}`,
      atMs: receivedMs + Math.floor(between(60_000, HOUR_MS, random)),
    });
  }
  return steps.sort((one, other) => one.atMs - other.atMs);
}

/** One walk per symbol, shared by its markets. */
export function pricesOf({ random, endMs, days }: Pick<HistoryOptions, 'random' | 'endMs' | 'days'>): ReadonlyMap<string, PriceHistory> {
  const homes = new Map(PLACES.map(({ symbol, homePrice }) => [symbol, Number(homePrice)]));
  return new Map(
    Array.from(homes, ([symbol, endPrice]) => {
      const volatility = LARGE.includes(symbol) ? VOLATILITY.large : VOLATILITY.small;
      return [symbol, new PriceHistory({ endPrice, endMs, days, volatility, random })];
    }),
  );
}

function pickBot(random: Random): DemoBot {
  let left = random();
  return DEMO_BOTS.find(({ share }) => (left -= share) < 0) ?? DEMO_BOTS[0]!;
}

/** The signal and the tick that closes its trade; undefined where the trade outlives the history. */
function planTrade(
  bot: DemoBot,
  externalId: string,
  receivedAtMs: number,
  prices: ReadonlyMap<string, PriceHistory>,
  random: Random,
): HistoryStep[] | undefined {
  const receivedMs = Math.floor(receivedAtMs);
  const { strategy, place, history, index, signal } = planSignal(bot, externalId, receivedMs, prices, random);
  // Whoever picks a side knows what is to come a little better than chance: else a past without profit would be all there is.
  const wantsWin = random() < strategy.skill;
  const sides: Direction[] = random() < 0.5 ? ['LONG', 'SHORT'] : ['SHORT', 'LONG'];
  const outcomes = sides.map((direction) => {
    const step = signal(direction, 'ACTIVE');
    return { step, end: endOf(step.input, place, history, index) };
  });
  const { step, end } = outcomes.find((outcome) => outcome.end?.wins === wantsWin) ?? outcomes[0]!;
  if (end === undefined) return undefined;
  const { marketType, symbol, decimals } = place;
  const tick: Tick = {
    marketType,
    symbol,
    id: history.idOf(end.index),
    price: history.textOf(end.index, decimals),
    quantity: '1',
    timeMs: history.timeMsOf(end.index),
    source: 'LIVE',
  };
  return [step, { kind: 'CLOSING_TICK', externalId, tick, atMs: tick.timeMs + Math.floor(between(20, 90, random)) }];
}

/** Everything of a signal but its direction and status. */
function planSignal(bot: DemoBot, externalId: string, receivedMs: number, prices: ReadonlyMap<string, PriceHistory>, random: Random) {
  const strategy = pick(bot.strategies, random);
  const place = pickPlace(strategy, random);
  const history = prices.get(place.symbol);
  if (history === undefined) throw new RangeError(`no prices of ${place.symbol}`);
  const index = history.indexAt(receivedMs);
  const marketPrice = history.textOf(index, place.decimals);
  const timeframe = pick(strategy.timeframes, random);
  const stopLoss = between(...stopDistanceOf(timeframe), random);
  const takeProfit = stopLoss * between(...strategy.reward, random);
  const expiresAt = random() < EXPIRING_SHARE ? new Date(receivedMs + Math.floor(between(2, 12, random) * HOUR_MS)) : null;
  const common = {
    externalId,
    marketType: place.marketType,
    symbol: place.symbol,
    entryPrice: random() < 0.5 ? marketPrice : null,
    confidence: Math.round(between(0.5, 0.95, random) * 100) / 100,
    timeframe,
    strategy: strategy.name,
    sentAt: new Date(receivedMs - Math.floor(between(40, 400, random))),
    expiresAt,
    note: random() < NOTED_SHARE ? pick(strategy.notes, random) : null,
  };
  const signal = (direction: Direction, status: 'ACTIVE' | 'PENDING') => ({
    kind: 'SIGNAL' as const,
    externalId,
    atMs: receivedMs,
    bot: bot.name,
    marketPrice,
    lastTradeId: history.idOf(index),
    input: {
      ...common,
      direction,
      status,
      ...levelsAround(marketPrice, direction, { takeProfit, stopLoss }, place.decimals),
    } satisfies SignalInput,
  });
  return { strategy, place, history, index, signal };
}

function stopDistanceOf(timeframe: Timeframe): readonly [number, number] {
  const distance = STOP_DISTANCE[timeframe];
  if (distance === undefined) throw new RangeError(`no sample bot trades on ${timeframe}`);
  return distance;
}

/** The first tick after `index` that ends a trade with these levels, and whether it is its take profit; undefined where none does. */
function endOf(
  input: Pick<SignalInput, 'direction' | 'takeProfit' | 'stopLoss' | 'expiresAt'>,
  { decimals }: Place,
  history: PriceHistory,
  index: number,
): { index: number; wins: boolean } | undefined {
  const long = input.direction === 'LONG';
  const [takeProfit, stopLoss] = [Number(input.takeProfit), Number(input.stopLoss)];
  const expiresMs = input.expiresAt?.getTime() ?? Infinity;
  for (let next = index + 1; next < history.length; next++) {
    if (history.timeMsOf(next) >= expiresMs) return { index: next, wins: false };
    const price = history.priceOf(next, decimals);
    if (long ? price >= takeProfit : price <= takeProfit) return { index: next, wins: true };
    if (long ? price <= stopLoss : price >= stopLoss) return { index: next, wins: false };
  }
  return undefined;
}
