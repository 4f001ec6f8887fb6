import type { MetricDoc } from './metric.ts';
import type { TradeMetrics } from './metrics.ts';

/** Every figure of a performance; those that no metric of closed trades gives are added by whoever reads the record. */
export type PerformanceField =
  | Exclude<keyof TradeMetrics, 'bestTradeId' | 'worstTradeId'>
  | 'asOf'
  | 'capitalBase'
  | 'totalSignals'
  | 'totalTrades'
  | 'openPositions'
  | 'unrealizedPnl'
  | 'openWithoutPrice'
  | 'bestTrade'
  | 'worstTrade'
  | 'expectancyInterval';

/** The one place where every figure is explained, in the order in which they are best read. */
export const METRIC_DOCS: Readonly<Record<PerformanceField, MetricDoc>> = {
  asOf: {
    name: 'As of',
    formula: 'time of the computation',
    unit: 'time',
    explanation: 'The moment these figures speak of.',
  },
  capitalBase: {
    name: 'Capital base',
    formula: 'a setting of the operator',
    unit: 'quote currency',
    explanation: 'The money that percentages of drawdown and daily returns are measured against.',
  },
  totalSignals: {
    name: 'Signals',
    formula: 'number of received signals',
    unit: 'count',
    explanation: 'All signals of the bots, whether traded or not.',
  },
  totalTrades: {
    name: 'Trades',
    formula: 'open positions + closed trades',
    unit: 'count',
    explanation: 'All paper trades that were opened for signals.',
  },
  openPositions: {
    name: 'Open positions',
    formula: 'number of open trades',
    unit: 'count',
    explanation: 'Trades that reached neither their take profit nor their stop loss yet.',
  },
  closedTrades: {
    name: 'Closed trades',
    formula: 'wins + losses + flats',
    unit: 'count',
    explanation: 'The trades that all figures of realised profit are made of.',
  },
  wins: {
    name: 'Wins',
    formula: 'number of closed trades with realizedPnl > 0',
    unit: 'count',
    explanation: 'Closed trades that made money after fees.',
  },
  losses: {
    name: 'Losses',
    formula: 'number of closed trades with realizedPnl < 0',
    unit: 'count',
    explanation: 'Closed trades that lost money after fees.',
  },
  flats: {
    name: 'Flat trades',
    formula: 'number of closed trades with realizedPnl = 0',
    unit: 'count',
    explanation: 'Closed trades that neither made nor lost money after fees.',
  },
  totalPnl: {
    name: 'Realised total P/L',
    formula: 'Σ realizedPnl of closed trades',
    unit: 'quote currency',
    explanation: 'What all closed trades made or lost together, after fees; open positions are in unrealizedPnl.',
  },
  grossPnl: {
    name: 'Gross P/L',
    formula: 'Σ (exitPrice − entryPrice) × quantity × sign, sign being +1 for LONG and −1 for SHORT',
    unit: 'quote currency',
    explanation: 'What all closed trades made or lost together, before fees.',
  },
  fees: {
    name: 'Fees',
    formula: 'Σ feeRate × quantity × (entryPrice + exitPrice)',
    unit: 'quote currency',
    explanation: 'The fees of both sides of all closed trades, each at the rate it was opened with.',
  },
  unrealizedPnl: {
    name: 'Unrealised P/L',
    formula: 'Σ over open trades with a known price of the profit at that price, fees included',
    unit: 'quote currency',
    explanation: 'What the open trades would make or lose if they closed at the newest price.',
  },
  openWithoutPrice: {
    name: 'Open without price',
    formula: 'number of open trades whose symbol has no known price',
    unit: 'count',
    explanation: 'Open trades that the unrealised P/L cannot count.',
  },
  ambiguousTrades: {
    name: 'Ambiguous trades',
    formula: 'number of closed trades whose deciding candle reached both levels',
    unit: 'count',
    explanation: 'Trades counted as stopped out because no finer prices say which level was reached first.',
  },
  totalPnlIfAmbiguousWon: {
    name: 'Total P/L had ambiguous trades won',
    formula: 'Σ realizedPnl, with that of each ambiguous trade taken at its takeProfit and its own fee rate',
    unit: 'quote currency',
    explanation: 'The other end of what the total may truly be: as if each ambiguous trade had hit its take profit.',
  },
  winRate: {
    name: 'Win rate',
    formula: 'wins / closed trades × 100',
    unit: 'percent',
    explanation: 'How many of a hundred closed trades made money; flat trades count as not won.',
  },
  winRateInterval: {
    name: 'Win rate, 95 % interval',
    formula: '(p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n) × 100, with p = wins / n, n = closed trades, z = 1.96',
    unit: 'percent',
    explanation: 'Where the true win rate plausibly lies, given how few or many trades there are.',
    source: 'Edwin B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22, 1927',
  },
  averageProfit: {
    name: 'Average profit',
    formula: 'Σ realizedPnl of wins / wins',
    unit: 'quote currency',
    explanation: 'What a winning trade made on average.',
  },
  averageLoss: {
    name: 'Average loss',
    formula: 'Σ realizedPnl of losses / losses',
    unit: 'quote currency',
    explanation: 'What a losing trade lost on average, as a negative number.',
  },
  bestTrade: {
    name: 'Best trade',
    formula: 'the closed trade with the largest realizedPnl, of equals the one closed first',
    unit: 'trade',
    explanation: 'The closed trade that made the most.',
  },
  worstTrade: {
    name: 'Worst trade',
    formula: 'the closed trade with the smallest realizedPnl, of equals the one closed first',
    unit: 'trade',
    explanation: 'The closed trade that lost the most.',
  },
  profitFactor: {
    name: 'Profit factor',
    formula: 'Σ realizedPnl of wins / |Σ realizedPnl of losses|',
    unit: 'ratio',
    explanation: 'How much was won for each unit of money that was lost; above 1 is a profit.',
  },
  payoffRatio: {
    name: 'Payoff ratio',
    formula: 'averageProfit / |averageLoss|',
    unit: 'ratio',
    explanation: 'How large an average win is beside an average loss.',
  },
  expectancy: {
    name: 'Expectancy',
    formula: 'Σ realizedPnl / closed trades',
    unit: 'quote currency',
    explanation: 'What one closed trade brought on average, flat trades included.',
  },
  expectancyInterval: {
    name: 'Expectancy, 95 % interval',
    formula: '2.5th and 97.5th percentile of the means of 2,000 resamples of the closed trades, drawn with replacement from a fixed seed',
    unit: 'quote currency',
    explanation: 'Where the true average profit of a trade plausibly lies; an interval around 0 may be luck.',
    source: 'Bradley Efron, "The Jackknife, the Bootstrap and Other Resampling Plans", SIAM, 1982',
  },
  averageR: {
    name: 'Average R',
    formula: 'mean of realizedPnl / (|entryPrice − stopLoss| × quantity)',
    unit: 'multiple of risk',
    explanation: 'What a trade brought on average for each unit of money at stake between its entry and its stop loss.',
    source: 'Van K. Tharp, "Trade Your Way to Financial Freedom", 1998',
  },
  sqn: {
    name: 'System quality number (SQN)',
    formula: '√n × mean / sample standard deviation of realizedPnl, n = closed trades',
    unit: 'ratio',
    explanation:
      'How surely the average profit differs from 0: it grows with the profit and the number of trades, and falls with their spread.',
    source: 'Van K. Tharp, "The Definitive Guide to Position Sizing", 2008, without his cap of n at 100',
  },
  maxDrawdown: {
    name: 'Maximum drawdown',
    formula: 'largest peak − total, closure by closure, where peak is the highest total P/L so far and 0 at the start',
    unit: 'quote currency',
    explanation: 'The deepest fall of the total P/L below its highest value before.',
    source: 'Malik Magdon-Ismail and Amir Atiya, "Maximum Drawdown", Risk, 2004',
  },
  maxDrawdownPct: {
    name: 'Maximum drawdown in percent',
    formula: 'largest (peak − total) / (capital base + peak) × 100, closure by closure',
    unit: 'percent',
    explanation: 'The deepest fall as a share of the money there was at the peak.',
  },
  currentDrawdown: {
    name: 'Current drawdown',
    formula: 'peak − total after the newest closure',
    unit: 'quote currency',
    explanation: 'How far the total P/L lies below its highest value now.',
  },
  currentDrawdownPct: {
    name: 'Current drawdown in percent',
    formula: '(peak − total) / (capital base + peak) × 100 after the newest closure',
    unit: 'percent',
    explanation: 'How far the money lies below what there was at the peak, now.',
  },
  longestDrawdownDays: {
    name: 'Longest drawdown',
    formula:
      'longest time from the last moment at a peak until the total P/L reaches it again, or until now; the first peak, 0, is at the first entry',
    unit: 'days',
    explanation: 'How long one had to wait, at worst, for lost money to come back.',
  },
  sharpe: {
    name: 'Sharpe ratio',
    formula:
      'mean / sample standard deviation of daily returns × √365; a daily return is the realizedPnl of a UTC day / capital base, idle days being 0',
    unit: 'ratio',
    explanation: 'Return for each unit of ups and downs, per year, with a riskless rate of 0.',
    source: 'William F. Sharpe, "The Sharpe Ratio", Journal of Portfolio Management, 1994',
  },
  sortino: {
    name: 'Sortino ratio',
    formula: 'mean / √(Σ min(r, 0)² / N) × √365 over the daily returns r of all N days from the first closure to the last',
    unit: 'ratio',
    explanation: 'Like the Sharpe ratio, but only losing days count as risk.',
    source: 'Frank A. Sortino and Lee N. Price, "Performance Measurement in a Downside Risk Framework", Journal of Investing, 1994',
  },
  calmar: {
    name: 'Calmar ratio',
    formula: 'mean daily return × 365 × 100 / maximum drawdown in percent',
    unit: 'ratio',
    explanation: 'Return per year for each unit of the deepest fall.',
    source: 'Terry W. Young, "Calmar Ratio: A Smoother Tool", Futures, 1991, over the whole record instead of 36 months',
  },
  longestWinStreak: {
    name: 'Longest winning streak',
    formula: 'most wins in a row in the order of closure',
    unit: 'count',
    explanation: 'How many trades were won in a row at best; a flat trade ends a streak.',
  },
  longestLossStreak: {
    name: 'Longest losing streak',
    formula: 'most losses in a row in the order of closure',
    unit: 'count',
    explanation: 'How many trades were lost in a row at worst; a flat trade ends a streak.',
  },
  currentStreak: {
    name: 'Current streak',
    formula: 'wins (above 0) or losses (below 0) in a row up to the newest closure',
    unit: 'count',
    explanation: 'The run that the newest closed trade belongs to: positive for wins, negative for losses, 0 after a flat trade.',
  },
  averageDurationSeconds: {
    name: 'Average holding time',
    formula: 'mean of exitTime − entryTime of closed trades',
    unit: 'seconds',
    explanation: 'How long a trade was open on average.',
  },
  averageWinDurationSeconds: {
    name: 'Average holding time of wins',
    formula: 'mean of exitTime − entryTime of wins',
    unit: 'seconds',
    explanation: 'How long a winning trade was open on average.',
  },
  averageLossDurationSeconds: {
    name: 'Average holding time of losses',
    formula: 'mean of exitTime − entryTime of losses',
    unit: 'seconds',
    explanation: 'How long a losing trade was open on average.',
  },
  exposure: {
    name: 'Exposure',
    formula: 'time with at least one open trade / time from the first entry to now',
    unit: 'share from 0 to 1',
    explanation: 'How much of the time there was money in the market.',
  },
};
