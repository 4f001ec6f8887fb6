import type { Decimal } from '../kernel/decimal.ts';
import { profitAt } from '../trades/profit.ts';
import type { ClosedTrade } from './closed-trade.ts';
import { calmar, dailyProfits, sharpe, sortino } from './daily-returns.ts';
import { drawdownOf } from './drawdown.ts';
import { averageDurations, exposure } from './durations.ts';
import type { AverageDurations } from './durations.ts';
import { equitySteps } from './equity-curve.ts';
import { winRateInterval } from './intervals.ts';
import type { Interval } from './intervals.ts';
import { defined, undefinedBecause } from './metric.ts';
import type { Metric } from './metric.ts';
import { fromUnits, sumOf, toUnits } from './money-units.ts';
import { streaksOf } from './streaks.ts';
import type { Streaks } from './streaks.ts';
import { averageLoss, averageProfit, expectancy, payoffRatio, profitFactor, systemQualityNumber, winLossOf, winRate } from './win-loss.ts';

/** What the metrics depend on beside the closed trades. */
export interface MetricsOptions {
  /** In the quote currency, above 0: what percentages and daily returns are measured against. */
  readonly capitalBase: Decimal;
  /** ms since 1970 UTC. */
  readonly nowMs: number;
  /** Entries of the trades that are open now, in any order, ms since 1970 UTC: for `exposure`. */
  readonly openEntryTimesMs: readonly number[];
}

/** Every metric of closed trades but `expectancyInterval`, which is a function of its own. Money in the quote currency, exact. */
export interface TradeMetrics extends Streaks, AverageDurations {
  readonly closedTrades: number;
  readonly wins: number;
  readonly losses: number;
  readonly flats: number;
  readonly totalPnl: Decimal;
  readonly grossPnl: Decimal;
  readonly fees: Decimal;
  readonly ambiguousTrades: number;
  readonly totalPnlIfAmbiguousWon: Decimal;
  readonly winRate: Metric;
  readonly winRateInterval: Interval | null;
  readonly averageProfit: Metric;
  readonly averageLoss: Metric;
  /** The one that closed first among equals; null without trades. */
  readonly bestTradeId: string | null;
  readonly worstTradeId: string | null;
  readonly profitFactor: Metric;
  readonly payoffRatio: Metric;
  readonly expectancy: Metric;
  readonly averageR: Metric;
  readonly sqn: Metric;
  readonly maxDrawdown: Decimal;
  readonly maxDrawdownPct: number;
  readonly currentDrawdown: Decimal;
  readonly currentDrawdownPct: number;
  readonly longestDrawdownDays: number;
  readonly sharpe: Metric;
  readonly sortino: Metric;
  readonly calmar: Metric;
  readonly exposure: Metric;
}

/**
 * The one engine behind every number about closed trades that anyone sees. `trades` in the order of closure; pure: the same input
 * gives the same output. Sums of money are exact, ratios are doubles made of exact sums, and whether a ratio is defined is decided
 * on the exact sums. 100,000 trades take about 0.4 s on one core.
 */
export function computeMetrics(trades: readonly ClosedTrade[], { capitalBase, nowMs, openEntryTimesMs }: MetricsOptions): TradeMetrics {
  const pnl = trades.map(({ pnlUnits }) => pnlUnits);
  const totalPnl = fromUnits(sumOf(pnl));
  const winLoss = winLossOf(pnl);
  const drawdown = drawdownOf(equitySteps(trades), { capitalBase, startMs: firstEntryMs(trades), nowMs });
  const daily = dailyProfits(trades, pnl);
  const ambiguous = trades.filter((trade) => trade.ambiguous);
  const { wins, losses, flats, closedTrades } = winLoss;
  return {
    closedTrades,
    wins,
    losses,
    flats,
    totalPnl,
    grossPnl: fromUnits(sumOf(trades.map(({ grossUnits }) => grossUnits))),
    fees: fromUnits(sumOf(trades.map(({ feesUnits }) => feesUnits))),
    ambiguousTrades: ambiguous.length,
    totalPnlIfAmbiguousWon: totalPnl.plus(fromUnits(sumOf(ambiguous.map(gainHadItWon)))),
    winRate: winRate(winLoss),
    winRateInterval: winRateInterval(wins, closedTrades),
    averageProfit: averageProfit(winLoss),
    averageLoss: averageLoss(winLoss),
    ...bestAndWorst(trades, pnl),
    profitFactor: profitFactor(winLoss),
    payoffRatio: payoffRatio(winLoss),
    expectancy: expectancy(winLoss),
    averageR: averageR(trades),
    sqn: systemQualityNumber(pnl),
    maxDrawdown: fromUnits(drawdown.maxDrawdown),
    maxDrawdownPct: drawdown.maxDrawdownPct,
    currentDrawdown: fromUnits(drawdown.currentDrawdown),
    currentDrawdownPct: drawdown.currentDrawdownPct,
    longestDrawdownDays: drawdown.longestDrawdownDays,
    sharpe: sharpe(daily),
    sortino: sortino(daily, losses),
    calmar: calmar(daily, { capitalBase, maxDrawdownPct: drawdown.maxDrawdownPct }),
    ...streaksOf(pnl),
    ...averageDurations(trades, pnl),
    exposure: exposure(trades, openEntryTimesMs, nowMs),
  };
}

/** Mean of the trades' R multiples. Undefined: NO_TRADES. */
function averageR(trades: readonly ClosedTrade[]): Metric {
  if (trades.length === 0) return undefinedBecause('NO_TRADES');
  let sum = 0;
  for (const trade of trades) sum += trade.rMultiple;
  return defined(sum / trades.length);
}

/** What the total would gain had this trade hit its take profit, with its own fee rate. */
function gainHadItWon(trade: ClosedTrade): bigint {
  return toUnits(profitAt({ ...trade, exitPrice: trade.takeProfit }).realizedPnl) - trade.pnlUnits;
}

function bestAndWorst(trades: readonly ClosedTrade[], pnl: readonly bigint[]): Pick<TradeMetrics, 'bestTradeId' | 'worstTradeId'> {
  let best = 0;
  let worst = 0;
  for (let i = 1; i < pnl.length; i += 1) {
    if (pnl[i]! > pnl[best]!) best = i;
    if (pnl[i]! < pnl[worst]!) worst = i;
  }
  return { bestTradeId: trades[best]?.id ?? null, worstTradeId: trades[worst]?.id ?? null };
}

function firstEntryMs(trades: readonly ClosedTrade[]): number {
  return trades.reduce((first, trade) => Math.min(first, trade.entryTimeMs), Infinity);
}
