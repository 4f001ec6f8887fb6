import { Decimal } from '../src/kernel/decimal.ts';
import type { Listing } from './listing.ts';
import type { Market } from './market.ts';
import { REQUEST_WEIGHT_PER_MINUTE } from './rest-limits.ts';

/** Spot's exchangeInfo of the named symbols, else of all. */
export function spotExchangeInfo(market: Market, named: readonly Listing[] | undefined): unknown {
  return {
    timezone: 'UTC',
    serverTime: market.nowMs(),
    rateLimits: [requestWeight('SPOT'), { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 }],
    exchangeFilters: [],
    symbols: Array.from(named ?? market.listings.values(), (listing) => ({
      symbol: listing.symbol,
      status: listing.status,
      baseAsset: listing.baseAsset,
      baseAssetPrecision: 8,
      quoteAsset: listing.quoteAsset,
      quotePrecision: 8,
      quoteAssetPrecision: 8,
      orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT_LIMIT'],
      isSpotTradingAllowed: true,
      isMarginTradingAllowed: false,
      filters: [...commonFilters(listing), { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true, avgPriceMins: 5 }],
      permissions: [],
      permissionSets: [['SPOT']],
    })),
  };
}

/** Futures' exchangeInfo takes no filter; its serverTime is to be ignored, as Binance says. */
export function futuresExchangeInfo(market: Market): unknown {
  return {
    timezone: 'UTC',
    serverTime: market.nowMs(),
    futuresType: 'U_MARGINED',
    rateLimits: [requestWeight('FUTURES')],
    exchangeFilters: [],
    assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' }],
    symbols: Array.from(market.listings.values(), (listing) => ({
      symbol: listing.symbol,
      pair: listing.symbol,
      contractType: listing.contractType,
      deliveryDate: 4_133_404_800_000,
      onboardDate: 1_569_398_400_000,
      status: listing.status,
      maintMarginPercent: '2.5000',
      requiredMarginPercent: '5.0000',
      baseAsset: listing.baseAsset,
      quoteAsset: listing.quoteAsset,
      marginAsset: listing.quoteAsset,
      // Not the decimals of tickSize, by Binance's own words: a reader that takes them for it is wrong.
      pricePrecision: new Decimal(listing.tickSize).decimalPlaces() + 1,
      quantityPrecision: 5,
      baseAssetPrecision: 8,
      quotePrecision: 8,
      underlyingType: 'COIN',
      underlyingSubType: [],
      triggerProtect: '0.0500',
      liquidationFee: '0.012500',
      marketTakeBound: '0.05',
      filters: [...commonFilters(listing), { filterType: 'MIN_NOTIONAL', notional: '5' }],
      orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'],
      timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
    })),
  };
}

function requestWeight(marketType: 'SPOT' | 'FUTURES'): object {
  return { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: REQUEST_WEIGHT_PER_MINUTE[marketType] };
}

function commonFilters({ marketType, tickSize }: Listing): readonly object[] {
  const wide = (text: string) => (marketType === 'SPOT' ? new Decimal(text).toFixed(Math.max(8, new Decimal(text).decimalPlaces())) : text);
  const lot = { minQty: wide('0.00001'), maxQty: wide('9000000'), stepSize: wide('0.00001') };
  return [
    { filterType: 'PRICE_FILTER', minPrice: wide(tickSize), maxPrice: wide('1000000'), tickSize: wide(tickSize) },
    { filterType: 'LOT_SIZE', ...lot },
    { filterType: 'MARKET_LOT_SIZE', ...lot },
  ];
}
