import { BENCHMARK } from '../../src/candles/candle-keeper.ts';
import { DailyClosesStore } from '../../src/candles/daily-closes.store.ts';
import { candlesOf } from '../../src/candles/trade-candles.ts';
import type { ChartLimits } from '../../src/candles/trade-candles.ts';
import { TradeCandlesStore } from '../../src/candles/trade-candles.store.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { DAY_MS } from '../../src/ticks/candle.ts';
import type { KlineInterval } from '../../src/ticks/candle.ts';
import type { MarketType } from '../../src/ticks/tick.ts';
import { PLACES } from './cast.ts';
import { pastKlines } from './past-candles.ts';
import type { PriceHistory } from './price-history.ts';

/**
 * Keeps how prices went in the demo's past, as the product would have: the exchange of the demo begins with the demo and knows nothing of
 * the time before.
 */
export async function keepPastCandles(
  prisma: PrismaClient,
  prices: ReadonlyMap<string, PriceHistory>,
  { endMs, limits }: { readonly endMs: number; readonly limits: ChartLimits },
): Promise<void> {
  const klinesOf = (marketType: MarketType, symbol: string) => {
    const place = PLACES.find((each) => each.marketType === marketType && each.symbol === symbol);
    const history = prices.get(symbol);
    if (!place || !history) throw new RangeError(`no prices of ${symbol}`);
    return (interval: KlineInterval, fromMs: number, throughMs: number) =>
      Promise.resolve(pastKlines(history, place.decimals, interval, fromMs, throughMs));
  };
  const candles = new TradeCandlesStore(prisma);
  const lives = await candles.missing(0n, [], Number.MAX_SAFE_INTEGER);
  const chartOf = (life: (typeof lives)[number]) => candlesOf(life, klinesOf(life.marketType, life.symbol), limits);
  await candles.saveAll(await Promise.all(lives.map(async (life) => [life.id, await chartOf(life)] as const)));

  const closes = new DailyClosesStore(prisma);
  const first = await closes.firstSignalAt();
  if (!first) return;
  const fromMs = first.getTime() - (first.getTime() % DAY_MS) - DAY_MS;
  const days = await klinesOf(BENCHMARK.marketType, BENCHMARK.symbol)('1d', fromMs, endMs - DAY_MS);
  await closes.save(days.map(({ openTimeMs, close }) => ({ day: new Date(openTimeMs), close })));
}
