import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { TradeFilterInput } from '../trades/trade-filter.schema.ts';
import { TradeRef } from '../trades/trades.schema.ts';
import type { Performance } from './figures.ts';
import type { Interval } from './intervals.ts';
import { METRIC_DOCS } from './metric-docs.ts';
import type { PerformanceField } from './metric-docs.ts';
import { METRIC_REASONS } from './metric.ts';
import type { Metric } from './metric.ts';
import type { RecordMoment } from './track-record.ts';

declare module '../graphql/builder.ts' {
  interface Context {
    /** What this request sees of the record. */
    readonly moment: RecordMoment;
  }
}

/** The argument of everything that speaks of some trades. */
export const FILTER = { type: TradeFilterInput, description: 'Which trades are meant; all without one.' } as const;

const MetricRef = builder.objectRef<Metric>('Metric');
MetricRef.implement({
  description: 'A metric that may be undefined: then value is null and reason says why.',
  fields: (t) => ({
    value: t.exposeFloat('value', { nullable: true, description: 'The number; never NaN or infinite.' }),
    reason: t.exposeString('reason', {
      nullable: true,
      description: `Why there is none. ${Object.entries(METRIC_REASONS)
        .map(([code, text]) => `${code}: ${text}`)
        .join(' ')}`,
    }),
  }),
});

const IntervalRef = builder.objectRef<Interval>('Interval');
IntervalRef.implement({
  description: 'A 95 % confidence interval.',
  fields: (t) => ({
    low: t.exposeFloat('low', { description: 'Lower bound, in the unit of the metric.' }),
    high: t.exposeFloat('high', { description: 'Upper bound, in the unit of the metric.' }),
  }),
});

/** A figure's description, out of the one place where figures are explained. */
export function doc(field: PerformanceField): string {
  const { name, formula, unit, explanation, source } = METRIC_DOCS[field];
  return `${name} (${unit}): ${explanation} Formula: ${formula}.${source ? ` Source: ${source}` : ''}`;
}

export const PerformanceRef = builder.objectRef<Performance>('Performance');
PerformanceRef.implement({
  description: 'Every number about the trades that a filter means, at one moment. Money is in the quote currency and exact.',
  fields: (t) => {
    const metric = (field: keyof { [K in keyof Performance as Performance[K] extends Metric ? K : never]: true }) =>
      t.field({ type: MetricRef, description: doc(field), resolve: (performance) => performance[field] });
    const decimal = (field: keyof { [K in keyof Performance as Performance[K] extends Decimal ? K : never]: true }) =>
      t.field({ type: 'Decimal', description: doc(field), resolve: (performance) => performance[field] });
    const count = (
      field:
        | 'totalSignals'
        | 'totalTrades'
        | 'openPositions'
        | 'closedTrades'
        | 'wins'
        | 'losses'
        | 'flats'
        | 'openWithoutPrice'
        | 'ambiguousTrades'
        | 'longestWinStreak'
        | 'longestLossStreak'
        | 'currentStreak',
    ) => t.exposeInt(field, { description: doc(field) });
    return {
      asOf: t.expose('asOf', { type: 'DateTime', description: doc('asOf') }),
      sequence: t.string({
        description: 'Place of the track record that these numbers speak of: every event up to it is in them, and none after it.',
        resolve: ({ sequence }) => sequence.toString(),
      }),
      firstEntryAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the first of these trades was opened, closed ones and open ones alike; null where there is none.',
        resolve: ({ firstEntryAt }) => firstEntryAt(),
      }),
      capitalBase: decimal('capitalBase'),
      totalSignals: count('totalSignals'),
      totalTrades: count('totalTrades'),
      openPositions: count('openPositions'),
      closedTrades: count('closedTrades'),
      wins: count('wins'),
      losses: count('losses'),
      flats: count('flats'),
      totalPnl: decimal('totalPnl'),
      grossPnl: decimal('grossPnl'),
      fees: decimal('fees'),
      unrealizedPnl: decimal('unrealizedPnl'),
      openWithoutPrice: count('openWithoutPrice'),
      ambiguousTrades: count('ambiguousTrades'),
      totalPnlIfAmbiguousWon: decimal('totalPnlIfAmbiguousWon'),
      winRate: metric('winRate'),
      winRateInterval: t.field({
        type: IntervalRef,
        nullable: true,
        description: doc('winRateInterval'),
        resolve: (p) => p.winRateInterval,
      }),
      averageProfit: metric('averageProfit'),
      averageLoss: metric('averageLoss'),
      bestTrade: t.field({
        type: TradeRef,
        nullable: true,
        extensions: cost({ points: 3 }),
        description: doc('bestTrade'),
        resolve: ({ bestTradeId }, _, { trades }) => (bestTradeId === null ? null : trades.find(bestTradeId)),
      }),
      worstTrade: t.field({
        type: TradeRef,
        nullable: true,
        extensions: cost({ points: 3 }),
        description: doc('worstTrade'),
        resolve: ({ worstTradeId }, _, { trades }) => (worstTradeId === null ? null : trades.find(worstTradeId)),
      }),
      profitFactor: metric('profitFactor'),
      payoffRatio: metric('payoffRatio'),
      expectancy: metric('expectancy'),
      expectancyInterval: t.field({
        type: IntervalRef,
        nullable: true,
        extensions: cost({ points: 20 }), // 2,000 resamples
        description: doc('expectancyInterval'),
        resolve: (p) => p.expectancyInterval(),
      }),
      averageR: metric('averageR'),
      sqn: metric('sqn'),
      maxDrawdown: decimal('maxDrawdown'),
      maxDrawdownPct: t.exposeFloat('maxDrawdownPct', { description: doc('maxDrawdownPct') }),
      currentDrawdown: decimal('currentDrawdown'),
      currentDrawdownPct: t.exposeFloat('currentDrawdownPct', { description: doc('currentDrawdownPct') }),
      longestDrawdownDays: t.exposeFloat('longestDrawdownDays', { description: doc('longestDrawdownDays') }),
      sharpe: metric('sharpe'),
      sortino: metric('sortino'),
      calmar: metric('calmar'),
      longestWinStreak: count('longestWinStreak'),
      longestLossStreak: count('longestLossStreak'),
      currentStreak: count('currentStreak'),
      averageDurationSeconds: metric('averageDurationSeconds'),
      averageWinDurationSeconds: metric('averageWinDurationSeconds'),
      averageLossDurationSeconds: metric('averageLossDurationSeconds'),
      exposure: metric('exposure'),
    };
  },
});
