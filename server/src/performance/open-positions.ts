import { Decimal, ZERO } from '../kernel/decimal.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { Price } from '../ticks/price-board.ts';
import type { TradeRow } from '../trades/rows.ts';
import { unrealizedAt } from '../trades/unrealized.ts';
import type { PricedTrade } from '../trades/unrealized.ts';

/** Open trades at one moment's prices. Sums in the quote currency; but for `totalInvested`, over positions with a known price. */
export interface OpenPositions {
  readonly asOf: Date;
  readonly positions: readonly PricedTrade[];
  readonly withoutPrice: number;
  readonly totalInvested: Decimal;
  readonly totalInvestedWithPrice: Decimal;
  readonly totalUnrealizedPnl: Decimal;
  readonly totalCurrentValue: Decimal;
  /** In percent of `totalInvestedWithPrice`; null where that is 0. */
  readonly totalUnrealizedPnlPct: number | null;
}

export type PriceOf = (marketType: MarketType, symbol: string) => Price | undefined;

export function openPositionsAt(trades: readonly TradeRow[], priceOf: PriceOf, asOf: Date): OpenPositions {
  let [totalInvested, totalInvestedWithPrice, totalUnrealizedPnl, withoutPrice] = [ZERO, ZERO, ZERO, 0];
  const positions = trades.map((trade): PricedTrade => {
    const price = priceOf(trade.marketType as MarketType, trade.symbol) ?? null;
    const size = new Decimal(trade.positionSize.toFixed());
    totalInvested = totalInvested.plus(size);
    if (price) {
      totalInvestedWithPrice = totalInvestedWithPrice.plus(size);
      totalUnrealizedPnl = totalUnrealizedPnl.plus(unrealizedAt(trade, price.price).realizedPnl);
    } else {
      withoutPrice += 1;
    }
    return { ...trade, price };
  });
  return {
    asOf,
    positions,
    withoutPrice,
    totalInvested,
    totalInvestedWithPrice,
    totalUnrealizedPnl,
    totalCurrentValue: totalInvestedWithPrice.plus(totalUnrealizedPnl),
    totalUnrealizedPnlPct: totalInvestedWithPrice.isZero() ? null : totalUnrealizedPnl.div(totalInvestedWithPrice).times(100).toNumber(),
  };
}
