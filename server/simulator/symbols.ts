import type { SymbolDefinition } from './listing.ts';

/** A demo symbol: what it is, and the price it starts from when prices are wanted. */
type DemoSymbol = Required<Pick<SymbolDefinition, 'marketType' | 'symbol' | 'tickSize' | 'price'>>;

const spot = (symbol: string, price: string, tickSize: string): DemoSymbol => ({ marketType: 'SPOT', symbol, price, tickSize });
const futures = (symbol: string, price: string, tickSize: string): DemoSymbol => ({ marketType: 'FUTURES', symbol, price, tickSize });

/** The demo's symbols with prices that fit together, as at the end of 2023. */
export const DEMO_SYMBOLS: readonly DemoSymbol[] = [
  spot('BTCUSDT', '42500.00', '0.01'),
  spot('ETHUSDT', '2250.00', '0.01'),
  spot('BNBUSDT', '310.00', '0.01'),
  spot('SOLUSDT', '98.50', '0.01'),
  spot('XRPUSDT', '0.6200', '0.0001'),
  spot('DOGEUSDT', '0.09200', '0.00001'),
  spot('ADAUSDT', '0.5900', '0.0001'),
  spot('LINKUSDT', '15.200', '0.001'),
  spot('AVAXUSDT', '36.40', '0.01'),
  spot('LTCUSDT', '72.50', '0.01'),
  spot('SHIBUSDT', '0.00000810', '0.00000001'),
  futures('BTCUSDT', '42500.0', '0.1'),
  futures('ETHUSDT', '2250.00', '0.01'),
  futures('BNBUSDT', '310.00', '0.01'),
  futures('SOLUSDT', '98.500', '0.001'),
  futures('XRPUSDT', '0.6200', '0.0001'),
  futures('DOGEUSDT', '0.09200', '0.00001'),
  futures('ADAUSDT', '0.5900', '0.0001'),
  futures('LINKUSDT', '15.200', '0.001'),
  futures('AVAXUSDT', '36.400', '0.001'),
  futures('LTCUSDT', '72.50', '0.01'),
  futures('1000PEPEUSDT', '0.0013000', '0.0000001'),
];

/** The demo's symbols before anything traded: for scripts, which want every tick to be their own. */
export const UNPRICED_SYMBOLS: readonly SymbolDefinition[] = DEMO_SYMBOLS.map(({ marketType, symbol, tickSize }) => ({
  marketType,
  symbol,
  tickSize,
}));

/**
 * A first aggregate trade id that rises from one start to the next, by 50 a second: a server that remembers the last id it
 * applied must not take the ticks of an exchange started anew for old ones.
 */
export function firstAggIdAt(now: Date): number {
  return Math.floor(now.getTime() / 20);
}
