import { Decimal } from '../src/kernel/decimal.ts';
import { closedTradeOf } from '../src/performance/closed-trade.ts';
import type { ClosedTrade, ClosedTradeFields } from '../src/performance/closed-trade.ts';

type Amount = Decimal | number | string;

export const MS_PER_DAY = 86_400_000;

/** A closed trade with this profit; it was open from one hour before `exitTimeMs`. */
export function closedTrade(realizedPnl: Amount, exitTimeMs: number, rest: Partial<ClosedTradeFields> = {}): ClosedTrade {
  const pnl = new Decimal(realizedPnl);
  const fees = new Decimal('0.2');
  return closedTradeOf({
    id: `trade-${exitTimeMs}`,
    closedSequence: BigInt(Math.round(exitTimeMs)),
    bot: 'trend-rider',
    strategy: 'default',
    symbol: 'BTCUSDT',
    marketType: 'FUTURES',
    timeframe: '1h',
    direction: 'LONG',
    status: pnl.isNegative() ? 'CLOSED_SL' : 'CLOSED_TP',
    quantity: new Decimal(1),
    entryPrice: new Decimal(100),
    stopLoss: new Decimal(95),
    takeProfit: new Decimal(110),
    feeRate: new Decimal('0.001'),
    positionSize: new Decimal(100),
    grossPnl: pnl.plus(fees),
    fees,
    realizedPnl: pnl,
    entryTimeMs: exitTimeMs - 3_600_000,
    exitTimeMs,
    ambiguous: false,
    ...rest,
  });
}

/** Closed trades with these profits, one each UTC day at noon from day 1 on, with the ids t0, t1, ... */
export function closedDaily(profits: readonly Amount[]): ClosedTrade[] {
  return profits.map((pnl, i) => closedTrade(pnl, (i + 1.5) * MS_PER_DAY, { id: `t${i}` }));
}
