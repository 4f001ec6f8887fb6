import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { requireRange } from '../graphql/errors.ts';
import { MarketTypeEnum, TickSourceEnum } from './enums.schema.ts';
import type { FeedIncident } from './watch-stretches.ts';

declare module '../graphql/builder.ts' {
  interface Context {
    /** The newest ones, newest first. */
    readonly feedIncidents: (first: number) => Promise<readonly FeedIncident[]>;
  }
}

const MAX_INCIDENTS = 100;
/** It is worked out of some hundred rows each time. */
const POINTS = 20;

const FeedIncidentRef = builder.objectRef<FeedIncident>('FeedIncident');
FeedIncidentRef.implement({
  description:
    'A time in which a market’s prices were not all seen as they happened: a lost connection, a gap, the server being away. All of it was looked up afterwards, and trades were closed by what really happened, in the exchange’s order.',
  fields: (t) => ({
    marketType: t.field({ type: MarketTypeEnum, description: 'The market.', resolve: ({ marketType }) => marketType }),
    from: t.field({
      type: 'DateTime',
      description: 'The exchange’s time of the last price before it that was seen, or of the trade’s opening.',
      resolve: ({ fromMs }) => new Date(fromMs),
    }),
    to: t.field({
      type: 'DateTime',
      description: 'The exchange’s time of the last price that was looked up.',
      resolve: ({ toMs }) => new Date(toMs),
    }),
    symbols: t.exposeInt('symbols', { description: 'How many watched symbols missed something; 1 or more.' }),
    source: t.field({
      type: TickSourceEnum,
      description: 'BACKFILL: all of it was looked up trade by trade. CANDLE: some of it only by minutes.',
      resolve: ({ source }) => source,
    }),
  }),
});

builder.queryFields((t) => ({
  feedIncidents: t.field({
    type: [FeedIncidentRef],
    extensions: cost({ points: POINTS, rows: { argument: 'first', most: MAX_INCIDENTS }, perRow: 0.1 }),
    description:
      'The newest times in which prices were not all seen live, newest first; those of one market that touch are one. The first moments of a symbol whose trade has just opened are none. Worked out of the newest stretches that were looked up, 1,000 unless set otherwise, so the oldest one told may have begun earlier.',
    args: { first: t.arg.int({ defaultValue: 20, description: `How many at most, 1 to ${MAX_INCIDENTS}.` }) },
    resolve: async (_, { first }, { feedIncidents }) => [...(await feedIncidents(requireRange('first', first ?? 20, 1, MAX_INCIDENTS)))],
  }),
}));
