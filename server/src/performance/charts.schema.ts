import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { requireRange } from '../graphql/errors.ts';
import type { HistogramBin } from './distribution.ts';
import type { EquityPoint } from './equity-curve.ts';
import { FILTER } from './figures.schema.ts';
import type { Period, PeriodPnl } from './periods.ts';

const MAX_CURVE_POINTS = 5_000;
const MAX_BINS = 200;

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

const PeriodEnum = builder.enumType('Period', {
  description: 'A stretch of the calendar, in UTC.',
  values: {
    DAY: { description: 'From midnight to midnight.' },
    WEEK: { description: 'From Monday’s midnight on (ISO 8601).' },
    MONTH: { description: 'A month of the calendar.' },
  } satisfies Record<Period, { description: string }>,
});

const PeriodPnlRef = builder.objectRef<PeriodPnl>('PeriodPnl');
PeriodPnlRef.implement({
  description: 'The trades that were closed within one period.',
  fields: (t) => ({
    start: t.expose('start', { type: 'DateTime', description: 'The first moment of the period.' }),
    pnl: t.expose('pnl', { type: 'Decimal', description: 'Sum of realizedPnl, in the quote currency; 0 where nothing was closed.' }),
    closedTrades: t.exposeInt('closedTrades', { description: 'How many trades were closed.' }),
    wins: t.exposeInt('wins', { description: 'How many of them with a realizedPnl above 0.' }),
  }),
});

const HistogramBinRef = builder.objectRef<HistogramBin>('HistogramBin');
HistogramBinRef.implement({
  description: 'The closed trades whose realizedPnl lies between two amounts.',
  fields: (t) => ({
    from: t.expose('from', { type: 'Decimal', description: 'Smallest realizedPnl, included; in the quote currency.' }),
    to: t.expose('to', { type: 'Decimal', description: 'Where the next bin begins; included in the last bin only.' }),
    count: t.exposeInt('count', { description: 'How many trades.' }),
  }),
});

builder.queryFields((t) => ({
  equityCurve: t.field({
    type: [EquityPointRef],
    extensions: cost({ points: 10, rows: { argument: 'points', most: MAX_CURVE_POINTS }, perRow: 0.1 }),
    description:
      'Cumulative realised profit, closure by closure; thinned to `points`, keeping the lowest and the highest of each stretch and the last.',
    args: {
      filter: t.arg(FILTER),
      points: t.arg.int({ defaultValue: 500, description: `At most so many points, 2 to ${MAX_CURVE_POINTS}.` }),
    },
    resolve: async (_, { filter, points }, { moment }) => {
      const most = requireRange('points', points ?? 500, 2, MAX_CURVE_POINTS);
      return (await moment.of(filter)).equityCurve(most);
    },
  }),
  pnlByPeriod: t.field({
    type: [PeriodPnlRef],
    extensions: cost({ points: 10, rows: 1_000, perRow: 0.1 }), // days of some years
    description:
      'Realised profit by the UTC period of the closure, oldest first, without gaps from the first closure’s period to the last’s. The sum is totalPnl.',
    args: { period: t.arg({ type: PeriodEnum, required: true, description: 'How long a period is.' }), filter: t.arg(FILTER) },
    resolve: async (_, { period, filter }, { moment }) => (await moment.of(filter)).pnlByPeriod(period),
  }),
  pnlDistribution: t.field({
    type: [HistogramBinRef],
    extensions: cost({ points: 10, rows: { argument: 'bins', most: MAX_BINS }, perRow: 0.1 }),
    description:
      'How the realizedPnl of closed trades is spread: bins of equal width from the smallest to the largest, their edges rounded down to 8 decimals. One bin where all are equal, none without trades. The counts add up to closedTrades.',
    args: { filter: t.arg(FILTER), bins: t.arg.int({ defaultValue: 30, description: `At most so many bins, 1 to ${MAX_BINS}.` }) },
    resolve: async (_, { filter, bins }, { moment }) => {
      const most = requireRange('bins', bins ?? 30, 1, MAX_BINS);
      return (await moment.of(filter)).pnlDistribution(most);
    },
  }),
}));
