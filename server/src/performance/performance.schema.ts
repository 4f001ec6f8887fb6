import { builder } from '../graphql/builder.ts';
import { requireRange } from '../graphql/errors.ts';
import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { Conflated } from '../subscribers/conflated.ts';
import { TradeFilterInput } from '../trades/trade-filter.schema.ts';
import { TradeRef } from '../trades/trades.schema.ts';
import type { EquityPoint } from './equity-curve.ts';
import type { Interval } from './intervals.ts';
import { METRIC_DOCS } from './metric-docs.ts';
import type { PerformanceField } from './metric-docs.ts';
import { METRIC_REASONS } from './metric.ts';
import type { Metric } from './metric.ts';
import type { OpenPositions } from './open-positions.ts';
import type { Performance, TrackRecord } from './track-record.ts';

/** What the operator chose and every reader of the numbers should know. */
export interface PublicSettings {
  readonly positionSize: Decimal;
  readonly feeRateSpot: Decimal;
  readonly feeRateFutures: Decimal;
  readonly capitalBase: Decimal;
  readonly startedAt: () => Promise<Date | null>;
}

export interface LiveLimits {
  readonly minIntervalMs: number;
  readonly maxIntervalMs: number;
  /** Shortest time between two reports of the feeds. */
  readonly feedIntervalMs: number;
}

declare module '../graphql/builder.ts' {
  interface Context {
    readonly clock: Clock;
    readonly trackRecord: TrackRecord;
    readonly settings: PublicSettings;
    readonly liveLimits: LiveLimits;
    /** The newest sequence of the record that was announced in this process. */
    readonly recordPosition: () => bigint;
    /** Calls back whenever the record grew. */
    readonly onRecord: (changed: () => void) => Cancel;
    /** Calls back whenever a price moved. */
    readonly onPrice: (changed: () => void) => Cancel;
  }
}

const MAX_CURVE_POINTS = 5_000;

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
function doc(field: PerformanceField): string {
  const { name, formula, unit, explanation, source } = METRIC_DOCS[field];
  return `${name} (${unit}): ${explanation} Formula: ${formula}.${source ? ` Source: ${source}` : ''}`;
}

const PerformanceRef = builder.objectRef<Performance>('Performance');
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
        description: doc('bestTrade'),
        resolve: ({ bestTradeId }, _, { trades }) => (bestTradeId === null ? null : trades.find(bestTradeId)),
      }),
      worstTrade: t.field({
        type: TradeRef,
        nullable: true,
        description: doc('worstTrade'),
        resolve: ({ worstTradeId }, _, { trades }) => (worstTradeId === null ? null : trades.find(worstTradeId)),
      }),
      profitFactor: metric('profitFactor'),
      payoffRatio: metric('payoffRatio'),
      expectancy: metric('expectancy'),
      expectancyInterval: t.field({
        type: IntervalRef,
        nullable: true,
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

const OpenPositionsRef = builder.objectRef<OpenPositions>('OpenPositions');
OpenPositionsRef.implement({
  description: 'The open trades at one moment’s prices; the sums are those of the rows.',
  fields: (t) => ({
    asOf: t.expose('asOf', { type: 'DateTime', description: 'The moment these figures speak of, by the server’s clock.' }),
    count: t.int({ description: 'How many trades are open.', resolve: ({ positions }) => positions.length }),
    withoutPrice: t.exposeInt('withoutPrice', { description: 'How many of them have no known market price.' }),
    totalInvested: t.expose('totalInvested', { type: 'Decimal', description: 'Sum of the position sizes.' }),
    totalCurrentValue: t.expose('totalCurrentValue', {
      type: 'Decimal',
      description: 'totalInvestedWithPrice + totalUnrealizedPnl. Counts only positions with a known price, as totalInvestedWithPrice does.',
    }),
    totalInvestedWithPrice: t.expose('totalInvestedWithPrice', {
      type: 'Decimal',
      description: 'Sum of the position sizes of those with a known price.',
    }),
    totalUnrealizedPnl: t.expose('totalUnrealizedPnl', { type: 'Decimal', description: 'Sum of the unrealised profits after fees.' }),
    totalUnrealizedPnlPct: t.exposeFloat('totalUnrealizedPnlPct', {
      nullable: true,
      description: 'totalUnrealizedPnl in percent of totalInvestedWithPrice; null where that is 0.',
    }),
    positions: t.field({
      type: [TradeRef],
      description: 'The open trades in the order in which they were opened.',
      resolve: ({ positions }) => [...positions],
    }),
  }),
});

const EquityPointRef = builder.objectRef<EquityPoint>('EquityPoint');
EquityPointRef.implement({
  description: 'The state after one closure.',
  fields: (t) => ({
    time: t.field({ type: 'DateTime', description: 'The exchange’s time of the closure.', resolve: ({ timeMs }) => new Date(timeMs) }),
    totalPnl: t.expose('totalPnl', { type: 'Decimal', description: 'Sum of realizedPnl of all closures up to and including this one.' }),
    drawdown: t.expose('drawdown', { type: 'Decimal', description: 'How far totalPnl is below its highest value so far; 0 or more.' }),
    closedTrades: t.exposeInt('closedTrades', { description: 'Closures up to and including this one.' }),
  }),
});

const SettingsRef = builder.objectRef<PublicSettings>('Settings');
SettingsRef.implement({
  description: 'What the operator of this server chose, as far as the numbers depend on it.',
  fields: (t) => ({
    positionSize: t.expose('positionSize', { type: 'Decimal', description: 'Size of each new paper trade, in the quote currency.' }),
    feeRateSpot: t.expose('feeRateSpot', {
      type: 'Decimal',
      description: 'Fee per side on spot as a share of the traded value: 0.001 is 0.1 %.',
    }),
    feeRateFutures: t.expose('feeRateFutures', { type: 'Decimal', description: 'Fee per side on futures, likewise.' }),
    capitalBase: t.expose('capitalBase', { type: 'Decimal', description: doc('capitalBase') }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Receipt of the first signal; null before it.',
      resolve: ({ startedAt }) => startedAt(),
    }),
  }),
});

const FILTER = { type: TradeFilterInput, description: 'Which trades are meant; all without one.' } as const;

builder.queryFields((t) => ({
  performance: t.field({
    type: PerformanceRef,
    description: 'The whole performance of the trades meant.',
    args: { filter: t.arg(FILTER) },
    resolve: (_, { filter }, { trackRecord }) => trackRecord.performance(filter),
  }),
  openPositions: t.field({
    type: OpenPositionsRef,
    description: 'Open trades with their newest prices.',
    args: { filter: t.arg(FILTER) },
    resolve: (_, { filter }, { trackRecord }) => trackRecord.openPositions(filter),
  }),
  equityCurve: t.field({
    type: [EquityPointRef],
    description:
      'Cumulative realised profit, closure by closure; thinned to `points`, keeping the lowest and the highest of each stretch and the last.',
    args: {
      filter: t.arg(FILTER),
      points: t.arg.int({ defaultValue: 500, description: `At most so many points, 2 to ${MAX_CURVE_POINTS}.` }),
    },
    resolve: (_, { filter, points }, { trackRecord }) =>
      trackRecord.equityCurve(filter, requireRange('points', points ?? 500, 2, MAX_CURVE_POINTS)),
  }),
  settings: t.field({
    type: SettingsRef,
    description: 'What the operator chose, as far as the numbers depend on it.',
    resolve: (_, __, { settings }) => settings,
  }),
}));

type Context = typeof builder.$inferSchemaTypes.Context;

/** Tells `read` at once and then when the record grew or a price moved, at most once per interval. */
function live<T>(context: Context, intervalMs: number, read: (sequence: bigint) => Promise<T>): AsyncIterable<T> {
  const { minIntervalMs, maxIntervalMs } = context.liveLimits;
  const source = {
    subscribe: (changed: () => void) => {
      const cancels = [context.onRecord(changed), context.onPrice(changed)];
      return () => cancels.forEach((cancel) => cancel());
    },
    produce: () => read(context.recordPosition()),
  };
  return new Conflated(source, context.clock, requireRange('intervalMs', intervalMs, minIntervalMs, maxIntervalMs), true);
}

builder.subscriptionFields((t) => ({
  performanceUpdated: t.field({
    type: PerformanceRef,
    extensions: { stream: 'state' },
    description: 'The whole performance, at once and then after each change, at most once per interval.',
    args: {
      filter: t.arg(FILTER),
      intervalMs: t.arg.int({ defaultValue: 1000, description: 'Shortest time between two values, ms; 100 to 60,000.' }),
    },
    subscribe: (_, { filter, intervalMs }, context) =>
      live(context, intervalMs ?? 1000, (sequence) => context.trackRecord.performance(filter, sequence)),
    resolve: (performance: Performance) => performance,
  }),
  openPositionsUpdated: t.field({
    type: OpenPositionsRef,
    extensions: { stream: 'state' },
    description: 'Open positions with live prices and unrealised P/L, at once and then as they move, at most once per interval.',
    args: {
      filter: t.arg(FILTER),
      intervalMs: t.arg.int({ defaultValue: 500, description: 'Shortest time between two values, ms; 100 to 60,000.' }),
    },
    subscribe: (_, { filter, intervalMs }, context) =>
      live(context, intervalMs ?? 500, (sequence) => context.trackRecord.openPositions(filter, sequence)),
    resolve: (positions: OpenPositions) => positions,
  }),
}));
