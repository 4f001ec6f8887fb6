import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { benchmarkOf } from './benchmark.ts';
import type { BenchmarkClose, BenchmarkPoint } from './benchmark.ts';
import { FILTER } from './figures.schema.ts';
import { OTHER_DOCS } from './other-docs.ts';

declare module '../graphql/builder.ts' {
  interface Context {
    /** The benchmark's closes of the UTC days from that of `from` on that ended by `to`, oldest first. */
    readonly benchmarkCloses: (from: Date, to: Date) => Promise<readonly BenchmarkClose[]>;
  }
}

const BenchmarkPointRef = builder.objectRef<BenchmarkPoint>('BenchmarkPoint');
BenchmarkPointRef.implement({
  description: 'The same money in BTC, at the end of a UTC day.',
  fields: (t) => ({
    time: t.field({
      type: 'DateTime',
      description: 'The end of the day: the next midnight, UTC.',
      resolve: ({ timeMs }) => new Date(timeMs),
    }),
    price: t.expose('price', { type: 'Decimal', description: 'Close of BTCUSDT on the exchange’s spot market.' }),
    invested: t.expose('invested', {
      type: 'Decimal',
      description: 'The money put in, the same in all points: the most that the trades had at work at once, in the quote currency.',
    }),
    totalPnl: t.expose('totalPnl', {
      type: 'Decimal',
      description: 'Profit in the quote currency if all of it were sold at this price, fees of buying and selling included; 8 decimals.',
    }),
  }),
});

const DAY_MS = 86_400_000;
const { formula, explanation } = OTHER_DOCS.benchmark;

builder.queryField('benchmark', (t) =>
  t.field({
    type: [BenchmarkPointRef],
    extensions: cost({ points: 10, rows: 1_000, perRow: 0.1 }), // days of some years
    description: `${explanation} Formula: ${formula}. One point for each UTC day from the purchase on, oldest first, up to the last day that has ended, or to the filter's to; none before the first trade and while no close is known.`,
    args: { filter: t.arg(FILTER) },
    resolve: async (_, { filter }, { moment, benchmarkCloses, settings }) => {
      const figures = await moment.of(filter);
      const capital = figures.capital();
      if (!capital) return [];
      const until = filter?.to && filter.to < figures.asOf ? filter.to : figures.asOf;
      return benchmarkOf(capital, await benchmarkCloses(new Date(capital.sinceMs - DAY_MS), until), settings.feeRateSpot);
    },
  }),
);
