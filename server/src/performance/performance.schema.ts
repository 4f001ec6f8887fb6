import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { requireRange } from '../graphql/errors.ts';
import type { Cancel, Clock } from '../kernel/clock.ts';
import { Conflated } from '../subscribers/conflated.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { TradeRef } from '../trades/trades.schema.ts';
import { FILTER, PerformanceRef } from './figures.schema.ts';
import type { Figures, Performance } from './figures.ts';
import type { OpenPositions } from './open-positions.ts';
import type { TrackRecord } from './track-record.ts';

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
    readonly liveLimits: LiveLimits;
    /** The newest sequence of the record that was announced in this process. */
    readonly recordPosition: () => bigint;
    /** Calls back whenever the record grew. */
    readonly onRecord: (changed: () => void) => Cancel;
    /** Calls back whenever a price moved. */
    readonly onPrice: (changed: () => void) => Cancel;
  }
}

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
      extensions: cost({ rows: 100 }), // as many as are open; kept in memory
      description: 'The open trades in the order in which they were opened.',
      resolve: ({ positions }) => [...positions],
    }),
  }),
});

const ONE_MOMENT =
  'All fields of one request that name the same filter speak of the same moment; those of different filters may lie some milliseconds apart, each with its own sequence.';

builder.queryFields((t) => ({
  performance: t.field({
    type: PerformanceRef,
    extensions: cost({ points: 30 }),
    description: `The whole performance of the trades meant. ${ONE_MOMENT}`,
    args: { filter: t.arg(FILTER) },
    resolve: async (_, { filter }, { moment }) => (await moment.of(filter)).performance(),
  }),
  openPositions: t.field({
    type: OpenPositionsRef,
    extensions: cost({ points: 30 }),
    description: `Open trades with their newest prices. ${ONE_MOMENT}`,
    args: { filter: t.arg(FILTER) },
    resolve: async (_, { filter }, { moment }) => (await moment.of(filter)).openPositions(),
  }),
}));

type Context = typeof builder.$inferSchemaTypes.Context;
type Filter = TradeFilter | null | undefined;

/** Tells `read` at once and then when the record grew or a price moved, at most once per interval. */
function live<T>(context: Context, filter: Filter, intervalMs: number, read: (figures: Figures) => T): AsyncIterable<T> {
  const { minIntervalMs, maxIntervalMs } = context.liveLimits;
  const source = {
    subscribe: (changed: () => void) => {
      const cancels = [context.onRecord(changed), context.onPrice(changed)];
      return () => cancels.forEach((cancel) => cancel());
    },
    produce: async () => read(await context.trackRecord.moment(context.recordPosition()).of(filter)),
  };
  return new Conflated(source, context.clock, requireRange('intervalMs', intervalMs, minIntervalMs, maxIntervalMs), true);
}

builder.subscriptionFields((t) => ({
  performanceUpdated: t.field({
    type: PerformanceRef,
    extensions: { stream: 'state', ...cost({ points: 30 }) },
    description: 'The whole performance, at once and then after each change, at most once per interval.',
    args: {
      filter: t.arg(FILTER),
      intervalMs: t.arg.int({ defaultValue: 1000, description: 'Shortest time between two values, ms; 100 to 60,000.' }),
    },
    subscribe: (_, { filter, intervalMs }, context) => live(context, filter, intervalMs ?? 1000, (figures) => figures.performance()),
    resolve: (performance: Performance) => performance,
  }),
  openPositionsUpdated: t.field({
    type: OpenPositionsRef,
    extensions: { stream: 'state', ...cost({ points: 30 }) },
    description: 'Open positions with live prices and unrealised P/L, at once and then as they move, at most once per interval.',
    args: {
      filter: t.arg(FILTER),
      intervalMs: t.arg.int({ defaultValue: 500, description: 'Shortest time between two values, ms; 100 to 60,000.' }),
    },
    subscribe: (_, { filter, intervalMs }, context) => live(context, filter, intervalMs ?? 500, (figures) => figures.openPositions()),
    resolve: (positions: OpenPositions) => positions,
  }),
}));
