import { Decimal, toPlain } from '../src/kernel/decimal.ts';
import { symbolKey } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { Tape } from './tape.ts';

/** What a symbol is, as a script or a symbols file says it. */
export interface SymbolDefinition {
  readonly marketType: MarketType;
  /** As the exchange writes it, upper case; may hold non-ASCII letters. */
  readonly symbol: string;
  /** Smallest price step, plain decimal digits; by default one that fits `price`. */
  readonly tickSize?: string;
  /** By default the ending of the symbol when it is a well-known asset, else USDT. */
  readonly quoteAsset?: string;
  /** TRADING by default; any word of exchangeInfo, or one it does not know. */
  readonly status?: string;
  /** Futures only; PERPETUAL by default. */
  readonly contractType?: string;
  /** The price before anything printed: one trade at this price stands on the tape from the start. None by default. */
  readonly price?: string;
  /** Id of the first aggregate trade; by default the exchange's own default. */
  readonly firstAggId?: number;
}

/** A symbol as it is listed: its definition with every gap filled, and its tape. */
export interface Listing {
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly tickSize: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  status: string;
  readonly contractType: string;
  readonly tape: Tape;
}

const QUOTE_ASSETS = ['USDT', 'USDC', 'FDUSD', 'TUSD', 'BUSD', 'USD', 'EUR', 'TRY', 'BTC', 'ETH', 'BNB'];

export function listingOf(definition: SymbolDefinition, defaults: { firstAggId: number; maxTrades: number }): Listing {
  const { marketType, symbol } = definition;
  const quoteAsset =
    definition.quoteAsset ?? QUOTE_ASSETS.find((asset) => symbol.length > asset.length && symbol.endsWith(asset)) ?? 'USDT';
  return {
    marketType,
    symbol,
    tickSize: definition.tickSize ?? (definition.price === undefined ? '0.00000001' : fittingTickSize(definition.price)),
    baseAsset: symbol.endsWith(quoteAsset) ? symbol.slice(0, -quoteAsset.length) : symbol,
    quoteAsset,
    status: definition.status ?? 'TRADING',
    contractType: definition.contractType ?? 'PERPETUAL',
    tape: new Tape({ marketType, firstAggId: definition.firstAggId ?? defaults.firstAggId, maxTrades: defaults.maxTrades }),
  };
}

/** A tick size for a symbol of which only one price is known: five digits of it, from 0.01 to 0.00000001, and never coarser than the price itself. */
export function fittingTickSize(price: string): string {
  const value = new Decimal(price);
  const places = Math.min(8, Math.max(2, 4 - value.e));
  return toPlain(new Decimal(10).pow(-Math.max(places, value.decimalPlaces())));
}

/** The name under which a listing is found. */
export function keyOf(listing: { readonly marketType: MarketType; readonly symbol: string }): string {
  return symbolKey(listing.marketType, listing.symbol);
}
