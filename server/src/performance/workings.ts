import { toPlain } from '../kernel/decimal.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { rMultiple } from '../trades/profit.ts';
import type { Metric } from './metric.ts';
import type { PerformanceField } from './metric-docs.ts';
import type { ExampleTrade, WorkedExample } from './worked-example.ts';

/** Figures that closed trades alone do not give: they are counted or set, so there is nothing to work out. */
type Counted = 'asOf' | 'capitalBase' | 'totalSignals' | 'totalTrades' | 'openPositions' | 'unrealizedPnl' | 'openWithoutPrice';
export type WorkedField = Exclude<PerformanceField, Counted>;

/** As many digits as a reader needs to follow. */
const SIGNIFICANT_DIGITS = 8;
const number = (value: number): string => String(Number(value.toPrecision(SIGNIFICANT_DIGITS))).replace('-', '−');
const money = (value: Decimal): string => toPlain(value).replace('-', '−');
const result = ({ value, reason }: Metric): string => (value === null ? reason : number(value));
const sum = (terms: readonly string[]): string => terms.join(' + ').replaceAll('+ −', '− ');
const isWin = ({ realizedPnl }: ExampleTrade): boolean => realizedPnl.gt(0);
const isLoss = ({ realizedPnl }: ExampleTrade): boolean => realizedPnl.lt(0);
const seconds = ({ entryTimeMs, exitTimeMs }: ExampleTrade): string => number((exitTimeMs - entryTimeMs) / 1_000);
const profits = (trades: readonly ExampleTrade[]): string => sum(trades.map(({ realizedPnl }) => money(realizedPnl)));

/** Running totals of realised profit with 0 before the first closure, and the peak at each. */
function course({ trades }: WorkedExample): { total: Decimal; peak: Decimal }[] {
  const steps: { total: Decimal; peak: Decimal }[] = [];
  for (const { realizedPnl } of trades) {
    const last = steps.at(-1);
    const total = last ? last.total.plus(realizedPnl) : realizedPnl;
    const before = last ? last.peak : total.minus(total);
    steps.push({ total, peak: total.gt(before) ? total : before });
  }
  return steps;
}

function deepest(example: WorkedExample): { total: Decimal; peak: Decimal } {
  return course(example).reduce((worst, step) => (step.peak.minus(step.total).gt(worst.peak.minus(worst.total)) ? step : worst));
}

function daily({ days, capitalBase }: WorkedExample): { returns: string; mean: number; deviation: number; downside: number } {
  const values = days.map((profit) => profit.dividedBy(capitalBase).toNumber());
  const mean = values.reduce((all, value) => all + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((all, value) => all + (value - mean) ** 2, 0) / (values.length - 1));
  const downside = Math.sqrt(values.reduce((all, value) => all + Math.min(value, 0) ** 2, 0) / values.length);
  return { returns: values.map((value) => number(value)).join('; '), mean, deviation, downside };
}

/**
 * Each metric of the worked example with its numbers filled in, "what is calculated = what the engine says": the left side is written
 * from the example's trades, the right side is the engine's own result, and a test calculates the left side again.
 */
export const WORKINGS: Readonly<Record<WorkedField, (example: WorkedExample) => string>> = {
  closedTrades: ({ metrics: m }) => `${m.wins} + ${m.losses} + ${m.flats} = ${m.closedTrades}`,
  wins: ({ trades, metrics }) => `${ids(trades.filter(isWin))} = ${metrics.wins}`,
  losses: ({ trades, metrics }) => `${ids(trades.filter(isLoss))} = ${metrics.losses}`,
  flats: ({ metrics }) => `none of the five = ${metrics.flats}`,
  totalPnl: ({ trades, metrics }) => `${profits(trades)} = ${money(metrics.totalPnl)}`,
  grossPnl: ({ trades, metrics }) => `${sum(trades.map(({ grossPnl }) => money(grossPnl)))} = ${money(metrics.grossPnl)}`,
  fees: ({ trades, metrics }) => `${sum(trades.map(({ fees }) => money(fees)))} = ${money(metrics.fees)}`,
  ambiguousTrades: ({ trades, metrics }) => `${ids(trades.filter(({ ambiguous }) => ambiguous))} = ${metrics.ambiguousTrades}`,
  totalPnlIfAmbiguousWon: ({ trades, metrics }) => {
    const [doubtful] = trades.filter(({ ambiguous }) => ambiguous);
    const gain = metrics.totalPnlIfAmbiguousWon.minus(metrics.totalPnl);
    return `${money(metrics.totalPnl)} − ${money(doubtful!.realizedPnl)} + ${money(doubtful!.realizedPnl.plus(gain))} = ${money(metrics.totalPnlIfAmbiguousWon)}`.replace(
      '− −',
      '+ ',
    );
  },
  winRate: ({ metrics: m }) => `${m.wins} / ${m.closedTrades} × 100 = ${result(m.winRate)}`,
  winRateInterval: ({ metrics: m }) =>
    `p = ${m.wins} / ${m.closedTrades}, n = ${m.closedTrades}: ${number(m.winRateInterval?.low ?? 0)} to ${number(m.winRateInterval?.high ?? 0)}`,
  averageProfit: ({ trades, metrics: m }) => `(${profits(trades.filter(isWin))}) / ${m.wins} = ${result(m.averageProfit)}`,
  averageLoss: ({ trades, metrics: m }) => `(${profits(trades.filter(isLoss))}) / ${m.losses} = ${result(m.averageLoss)}`,
  bestTrade: ({ trades, metrics }) => namedTrade(trades, metrics.bestTradeId),
  worstTrade: ({ trades, metrics }) => namedTrade(trades, metrics.worstTradeId),
  profitFactor: ({ trades, metrics }) =>
    `(${profits(trades.filter(isWin))}) / (${positive(trades.filter(isLoss))}) = ${result(metrics.profitFactor)}`,
  payoffRatio: ({ metrics: m }) => `${result(m.averageProfit)} / ${result(m.averageLoss).replace('−', '')} = ${result(m.payoffRatio)}`,
  expectancy: ({ metrics: m }) => `${money(m.totalPnl)} / ${m.closedTrades} = ${result(m.expectancy)}`,
  expectancyInterval: ({ expectancyInterval: interval }) =>
    `2,000 resamples of the five: ${number(interval?.low ?? 0)} to ${number(interval?.high ?? 0)}`,
  averageR: ({ trades, metrics: m }) =>
    `(${sum(trades.map((trade) => number(rMultiple(trade))))}) / ${m.closedTrades} = ${result(m.averageR)}`,
  sqn: ({ trades, metrics: m }) => {
    const mean = m.totalPnl.dividedBy(m.closedTrades);
    const squares = trades.reduce((all, { realizedPnl }) => all + realizedPnl.minus(mean).toNumber() ** 2, 0);
    return `√${m.closedTrades} × ${money(mean)} / ${number(Math.sqrt(squares / (m.closedTrades - 1)))} = ${result(m.sqn)}`;
  },
  maxDrawdown: (example) => `${fall(deepest(example))} = ${money(example.metrics.maxDrawdown)}`,
  maxDrawdownPct: (example) => `${share(deepest(example), example)} = ${number(example.metrics.maxDrawdownPct)}`,
  currentDrawdown: (example) => `${fall(course(example).at(-1)!)} = ${money(example.metrics.currentDrawdown)}`,
  currentDrawdownPct: (example) => `${share(course(example).at(-1)!, example)} = ${number(example.metrics.currentDrawdownPct)}`,
  longestDrawdownDays: ({ trades, metrics, nowMs }) => {
    // The peak after the third trade is not reached again.
    const fromH = number((trades[2]!.exitTimeMs - trades[0]!.entryTimeMs) / 3_600_000);
    const toH = number((nowMs - trades[0]!.entryTimeMs) / 3_600_000);
    return `(${toH} − ${fromH}) / 24 = ${number(metrics.longestDrawdownDays)}`;
  },
  sharpe: (example) => {
    const { returns, mean, deviation } = daily(example);
    return `daily returns ${returns}: ${number(mean)} / ${number(deviation)} × √365 = ${result(example.metrics.sharpe)}`;
  },
  sortino: (example) => {
    const { returns, mean, downside } = daily(example);
    return `daily returns ${returns}: ${number(mean)} / ${number(downside)} × √365 = ${result(example.metrics.sortino)}`;
  },
  calmar: (example) =>
    `${number(daily(example).mean)} × 365 × 100 / ${number(example.metrics.maxDrawdownPct)} = ${result(example.metrics.calmar)}`,
  longestWinStreak: ({ trades, metrics }) => `${letters(trades)}: ${metrics.longestWinStreak}`,
  longestLossStreak: ({ trades, metrics }) => `${letters(trades)}: ${metrics.longestLossStreak}`,
  currentStreak: ({ trades, metrics }) => `${letters(trades)}: ${metrics.currentStreak}`,
  averageDurationSeconds: ({ trades, metrics }) => `${meanSeconds(trades)} = ${result(metrics.averageDurationSeconds)}`,
  averageWinDurationSeconds: ({ trades, metrics }) => `${meanSeconds(trades.filter(isWin))} = ${result(metrics.averageWinDurationSeconds)}`,
  averageLossDurationSeconds: ({ trades, metrics }) =>
    `${meanSeconds(trades.filter(isLoss))} = ${result(metrics.averageLossDurationSeconds)}`,
  exposure: ({ trades, metrics, nowMs }) =>
    `(${sum(trades.map(seconds))}) / ${number((nowMs - trades[0]!.entryTimeMs) / 1_000)} = ${result(metrics.exposure)}`,
};

function ids(trades: readonly ExampleTrade[]): string {
  return `trade${trades.length === 1 ? '' : 's'} ${trades.map(({ id }) => id).join(', ')}`;
}

function namedTrade(trades: readonly ExampleTrade[], id: string | null): string {
  const trade = trades.find((candidate) => candidate.id === id);
  return trade ? `trade ${trade.id} with ${money(trade.realizedPnl)}` : 'NO_TRADES';
}

function positive(trades: readonly ExampleTrade[]): string {
  return sum(trades.map(({ realizedPnl }) => money(realizedPnl.abs())));
}

function fall({ peak, total }: { peak: Decimal; total: Decimal }): string {
  return `${money(peak)} − ${money(total)}`;
}

function share(step: { peak: Decimal; total: Decimal }, { capitalBase }: WorkedExample): string {
  return `(${fall(step)}) / (${money(capitalBase)} + ${money(step.peak)}) × 100`;
}

/** "W L W L W" in the order of closure. */
function letters(trades: readonly ExampleTrade[]): string {
  return trades.map((trade) => (isWin(trade) ? 'W' : isLoss(trade) ? 'L' : 'E')).join(' ');
}

function meanSeconds(trades: readonly ExampleTrade[]): string {
  return `(${sum(trades.map(seconds))}) / ${trades.length}`;
}
