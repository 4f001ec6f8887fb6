import { afterEach, expect, vi } from 'vitest';
import { startExchange } from '../simulator/exchange.ts';
import type { Exchange } from '../simulator/exchange.ts';
import type { ExchangeOptions } from '../simulator/exchange-options.ts';
import { systemClock } from '../src/process/system-clock.ts';
import { BinanceFeed } from '../src/ticks/binance.feed.ts';
import type { Candle } from '../src/ticks/candle.ts';
import { DEFAULT_FEED_LIMITS } from '../src/ticks/feed-limits.ts';
import type { FeedLimits } from '../src/ticks/feed-limits.ts';
import type { FeedState } from '../src/ticks/feed-status.ts';
import { PriceBoard } from '../src/ticks/price-board.ts';
import { SymbolList } from '../src/ticks/symbol-list.ts';
import type { MarketType, StreamPoint, Tick } from '../src/ticks/tick.ts';
import { silentLog } from './silent-log.ts';

/** As in production, but for delays that would only make the tests slow, and without the price check's help after the start. */
const QUICK: Partial<FeedLimits> = {
  priceCheckIntervalMs: 60_000,
  reconnectMinMs: 20,
  reconnectMaxMs: 100,
  gapGraceMs: 20,
  repairRetryMinMs: 20,
  repairRetryMaxMs: 100,
};
export const AGG_TRADES: Readonly<Record<MarketType, string>> = { SPOT: '/api/v3/aggTrades', FUTURES: '/fapi/v1/aggTrades' };
export const PRICES = '/api/v3/ticker/price';
export const DEADLINE = { timeout: 15_000, interval: 5 };

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export async function openExchange(options: ExchangeOptions = {}): Promise<Exchange> {
  const exchange = await startExchange({ beatMs: 100, ...options });
  cleanups.push(() => exchange.stop());
  return exchange;
}

/** A feed on the exchange, and all that it said. */
export function openFeed(
  exchange: Exchange,
  marketType: MarketType = 'SPOT',
  limits: Partial<FeedLimits> = {},
  matters: (candle: Candle) => boolean = () => true,
) {
  const ticks: Tick[] = [];
  const candles: Candle[] = [];
  const delisted: string[] = [];
  const states: FeedState[] = [];
  const priceBoard = new PriceBoard(systemClock);
  const symbolList = new SymbolList();
  const feed = new BinanceFeed({
    marketType,
    wsBaseUrl: marketType === 'SPOT' ? exchange.spotWs : exchange.futuresWs,
    restBaseUrl: marketType === 'SPOT' ? exchange.spotRest : exchange.futuresRest,
    limits: { ...DEFAULT_FEED_LIMITS, ...QUICK, ...limits },
    clock: systemClock,
    random: () => 0.5,
    log: silentLog,
    priceBoard,
    symbolList,
    onTick: (tick) => ticks.push(tick),
    candles: { matters: (candle) => matters(candle), take: (candle) => candles.push(candle) },
    onDelisted: (symbol) => delisted.push(symbol),
  });
  feed.onStatus(({ state }) => states.push(state));
  cleanups.push(() => feed.stop());
  void feed.start();
  return {
    feed,
    ticks,
    candles,
    delisted,
    states,
    priceBoard,
    symbolList,
    ids: (symbol = 'BTCUSDT') => ticks.filter((tick) => tick.symbol === symbol).map(({ id }) => id),
    async inSync(symbol = 'BTCUSDT') {
      await vi.waitFor(() => expect(feed.position(symbol)?.inSync).toBe(true), DEADLINE);
    },
    async delivered(lastId: number, symbol = 'BTCUSDT') {
      await vi.waitFor(() => expect(feed.position(symbol)?.lastTick?.id).toBe(lastId), DEADLINE);
    },
  };
}

export function afterId(id: number): StreamPoint {
  return { afterTradeId: id, fromTimeMs: 0 };
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Prints `count` trades, whose prices tell their ids. */
export function trade(
  exchange: Exchange,
  marketType: MarketType,
  count: number,
  more: { symbol?: string; broadcast?: boolean; timeMs?: number } = {},
): void {
  const symbol = more.symbol ?? 'BTCUSDT';
  for (let made = 0; made < count; made += 1) {
    const id = (exchange.lastTrade(marketType, symbol)?.id ?? 0) + 1;
    exchange.tick({ marketType, price: `${40_000 + (id % 1_000)}.5`, ...more, symbol });
  }
}
