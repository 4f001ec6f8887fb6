import { Decimal } from '../kernel/decimal.ts';
import { KLINE_INTERVALS, KLINE_MS } from '../ticks/candle.ts';
import type { Kline, KlineInterval } from '../ticks/candle.ts';
import type { MarketType } from '../ticks/tick.ts';

/** A closed trade, as far as its candles depend on it. */
export interface ClosedLife {
  readonly id: string;
  /** Of its closing event. */
  readonly sequence: bigint;
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly entryPrice: Decimal;
  readonly exitPrice: Decimal;
  /** The server's time of receipt and the exchange's of the closing tick, ms since 1970 UTC. */
  readonly entryTimeMs: number;
  readonly exitTimeMs: number;
}

/** How far the price went while a trade was open. */
export interface Extremes {
  /** Of the entry price, the exit price and every candle that lies between them. */
  readonly lowest: Decimal;
  readonly highest: Decimal;
  /** What happened within the candles of this length that hold entry and exit is known by the entry and the exit price only. */
  readonly resolution: KlineInterval;
}

/** How the price of a trade's symbol went from a little before its entry to a little after its exit. */
export interface TradeCandles {
  readonly interval: KlineInterval;
  /** Oldest first; none where the exchange has none. */
  readonly candles: readonly Kline[];
  /** Null where the candles do not reach from entry to exit. */
  readonly extremes: Extremes | null;
}

export interface ChartLimits {
  /** Candles of one trade at most; only one that lasted for years has more, weeks. */
  readonly maxPerTrade: number;
  readonly before: number;
  readonly after: number;
}

/** Candles of a life's symbol that begin from `fromMs` through `throughMs`, oldest first. */
export type KlinesOf = (interval: KlineInterval, fromMs: number, throughMs: number) => Promise<readonly Kline[]>;

/** Futures have no candles of a second. */
const intervalsOf = (marketType: MarketType) => KLINE_INTERVALS.filter((interval) => interval !== '1s' || marketType === 'SPOT');

/** The shortest candles of which few enough show the whole life, and the time that they show. */
export function chartOf(life: ClosedLife, { maxPerTrade, before, after }: ChartLimits) {
  const most = maxPerTrade - before - after - 1;
  const lifeMs = life.exitTimeMs - life.entryTimeMs;
  const interval = intervalsOf(life.marketType).find((each) => lifeMs <= most * KLINE_MS[each]) ?? '1w';
  const lengthMs = KLINE_MS[interval];
  return { interval, fromMs: life.entryTimeMs - (before + 1) * lengthMs, throughMs: life.exitTimeMs + after * lengthMs };
}

/** When the last candle of the chart has ended. */
export function chartEndMs(life: ClosedLife, limits: ChartLimits): number {
  const { interval, throughMs } = chartOf(life, limits);
  return throughMs + KLINE_MS[interval];
}

export async function candlesOf(life: ClosedLife, klines: KlinesOf, limits: ChartLimits): Promise<TradeCandles> {
  const { interval, fromMs, throughMs } = chartOf(life, limits);
  const candles = await klines(interval, fromMs + 1, throughMs);
  return { interval, candles, extremes: isWhole(candles, life, interval) ? await extremesOf(life, klines, interval, candles) : null };
}

function isWhole(candles: readonly Kline[], { entryTimeMs, exitTimeMs }: ClosedLife, interval: KlineInterval): boolean {
  const [first, last] = [candles[0], candles.at(-1)];
  return first !== undefined && last !== undefined && first.openTimeMs <= entryTimeMs && last.openTimeMs + KLINE_MS[interval] > exitTimeMs;
}

async function extremesOf(life: ClosedLife, klines: KlinesOf, interval: KlineInterval, candles: readonly Kline[]): Promise<Extremes> {
  const finer = (['1h', '1m', '1s'] as const).filter(
    (each) => KLINE_MS[each] < KLINE_MS[interval] && intervalsOf(life.marketType).includes(each),
  );
  const found = await between(life.entryTimeMs, life.exitTimeMs, { interval, candles }, finer, klines);
  const prices = [life.entryPrice, life.exitPrice, ...found.prices.map((price) => new Decimal(price))];
  return { lowest: Decimal.min(...prices), highest: Decimal.max(...prices), resolution: found.resolution };
}

interface Found {
  readonly prices: readonly string[];
  readonly resolution: KlineInterval;
}

/**
 * The lows and highs of all candles that lie wholly between two times. What is left at either end is looked at with finer candles, as
 * far as there are any.
 */
async function between(
  fromMs: number,
  toMs: number,
  known: { readonly interval: KlineInterval; readonly candles: readonly Kline[] },
  finer: readonly KlineInterval[],
  klines: KlinesOf,
): Promise<Found> {
  const lengthMs = KLINE_MS[known.interval];
  const inside = known.candles.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs + lengthMs <= toMs);
  // A candle without trades stands at a price that may be older than the trade.
  const prices = inside.flatMap(({ trades, low, high }) => (trades > 0 ? [low, high] : []));
  const [first, last] = [inside[0], inside.at(-1)];
  const ends =
    first && last ? [[fromMs, first.openTimeMs] as const, [last.openTimeMs + lengthMs, toMs] as const] : [[fromMs, toMs] as const];
  const [next, ...others] = finer;
  const parts: Found[] = [];
  for (const [startMs, endMs] of ends) {
    if (startMs >= endMs) continue;
    const candles = next ? await klines(next, startMs - KLINE_MS[next] + 1, endMs) : [];
    if (next && candles.length > 0) parts.push(await between(startMs, endMs, { interval: next, candles }, others, klines));
    else parts.push({ prices: [], resolution: known.interval });
  }
  return {
    prices: [...prices, ...parts.flatMap((part) => part.prices)],
    resolution: coarsest(parts.map(({ resolution }) => resolution)) ?? finer.at(-1) ?? known.interval,
  };
}

function coarsest(intervals: readonly KlineInterval[]): KlineInterval | undefined {
  return intervals.toSorted((one, other) => KLINE_MS[other] - KLINE_MS[one])[0];
}
