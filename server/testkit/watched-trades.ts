import { Decimal } from '../src/kernel/decimal.ts';
import type { WatchedTrade } from '../src/closures/watched-trade.ts';
import type { Tick } from '../src/ticks/tick.ts';

/** A LONG of BTCUSDT from 100 with its take profit at 110 and its stop at 90, from the very first tick on. */
export function watched(id: string, rest: Partial<WatchedTrade> = {}): WatchedTrade {
  return {
    id,
    marketType: 'FUTURES',
    symbol: 'BTCUSDT',
    direction: 'LONG',
    entryPrice: new Decimal(100),
    takeProfit: new Decimal(110),
    stopLoss: new Decimal(90),
    quantity: new Decimal(1),
    positionSize: new Decimal(100),
    feeRate: new Decimal('0.0005'),
    expiresAtMs: null,
    entryTimeMs: 0,
    marketPriceAtEntry: null,
    from: { afterTradeId: 0, fromTimeMs: 0 },
    ...rest,
  };
}

/** A live tick of BTCUSDT; one second goes by from id to id. */
export function tickAt(id: number, price: string, rest: Partial<Tick> = {}): Tick {
  return { marketType: 'FUTURES', symbol: 'BTCUSDT', id, price, quantity: '1', timeMs: id * 1_000, source: 'LIVE', ...rest };
}
