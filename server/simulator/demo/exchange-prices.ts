import type { Clock } from '../../src/kernel/clock.ts';
import type { MarketType } from '../../src/ticks/tick.ts';
import { fetchJson, NoAnswer } from './api-client.ts';

/** Source: the exchange's public REST API, "Symbol price ticker". */
const PATHS: Readonly<Record<MarketType, string>> = { SPOT: '/api/v3/ticker/price', FUTURES: '/fapi/v2/ticker/price' };

export type PriceOf = (marketType: MarketType, symbol: string, signal: AbortSignal) => Promise<string>;

/** Asks the exchange for last prices. The answer throws NoAnswer where there is none. */
export function exchangePrices(baseUrls: Readonly<Record<MarketType, string>>, clock: Clock, timeoutMs: number): PriceOf {
  return async (marketType, symbol, signal) => {
    const url = `${baseUrls[marketType]}${PATHS[marketType]}?symbol=${encodeURIComponent(symbol)}`;
    const { price } = await fetchJson<{ price?: string }>(url, {}, { clock, timeoutMs, signal });
    if (price === undefined) throw new NoAnswer(`no price of ${symbol}`);
    return price;
  };
}
