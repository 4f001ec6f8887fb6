import { Decimal, ZERO } from '../kernel/decimal.ts';
import { profitAt } from '../trades/profit.ts';
import type { Direction } from '../trades/trade.ts';
import { closedTradeOf } from './closed-trade.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { expectancyInterval } from './intervals.ts';
import type { Interval } from './intervals.ts';
import { computeMetrics } from './metrics.ts';
import type { TradeMetrics } from './metrics.ts';

/** Five made-up trades of 100 that every metric is worked out for by hand; the smallest set in which nearly all are defined. */
export interface WorkedExample {
  readonly capitalBase: Decimal;
  readonly trades: readonly ExampleTrade[];
  readonly metrics: TradeMetrics;
  readonly expectancyInterval: Interval | null;
  /** Profit of each UTC day from the first closure's to the last's. */
  readonly days: readonly Decimal[];
  /** The moment the example speaks of, ms since 1970 UTC. */
  readonly nowMs: number;
}

export interface ExampleTrade extends ClosedTrade {
  readonly exitPrice: Decimal;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 0, 1);
const POSITION_SIZE = new Decimal(100);
const FEE_RATE = new Decimal('0.001');

/** Entry and exit in hours from the start. */
const PLAN: readonly (readonly [
  Direction,
  entry: string,
  exit: string,
  takeProfit: string,
  stopLoss: string,
  fromH: number,
  toH: number,
])[] = [
  ['LONG', '100', '110', '110', '95', 1, 7],
  ['LONG', '50', '48', '56', '48', 9, 11],
  ['SHORT', '200', '180', '180', '210', 26, 34],
  ['SHORT', '80', '84', '70', '84', 72, 76],
  ['LONG', '25', '26', '26', '24.5', 98, 103],
];
const DAYS = 5;
const NOW_MS = START_MS + DAYS * DAY_MS;

export function workedExample(capitalBase: Decimal): WorkedExample {
  const trades = PLAN.map(([direction, entry, exit, takeProfit, stopLoss, fromH, toH], i): ExampleTrade => {
    const [entryPrice, exitPrice] = [new Decimal(entry), new Decimal(exit)];
    const quantity = POSITION_SIZE.dividedBy(entryPrice);
    return closedTradeOf({
      id: String(i + 1),
      closedSequence: BigInt(i + 1),
      direction,
      status: exitPrice.eq(takeProfit) ? 'CLOSED_TP' : 'CLOSED_SL',
      quantity,
      entryPrice,
      exitPrice,
      stopLoss: new Decimal(stopLoss),
      takeProfit: new Decimal(takeProfit),
      feeRate: FEE_RATE,
      positionSize: POSITION_SIZE,
      bot: 'example',
      strategy: 'example',
      symbol: 'EXAMPLE',
      marketType: 'SPOT',
      timeframe: '1h',
      ...profitAt({ direction, quantity, entryPrice, exitPrice, feeRate: FEE_RATE, positionSize: POSITION_SIZE }),
      entryTimeMs: START_MS + fromH * HOUR_MS,
      exitTimeMs: START_MS + toH * HOUR_MS,
      ambiguous: i === 1,
    });
  });
  const days = Array.from({ length: DAYS }, (_, day) =>
    trades.reduce(
      (sum, { exitTimeMs, realizedPnl }) => (Math.floor((exitTimeMs - START_MS) / DAY_MS) === day ? sum.plus(realizedPnl) : sum),
      ZERO,
    ),
  );
  return {
    capitalBase,
    trades,
    metrics: computeMetrics(trades, { capitalBase, nowMs: NOW_MS, openEntryTimesMs: [] }),
    expectancyInterval: expectancyInterval(trades),
    days,
    nowMs: NOW_MS,
  };
}
