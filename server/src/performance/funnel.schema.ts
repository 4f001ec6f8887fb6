import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { TradeFilterInput } from '../trades/trade-filter.schema.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { canCountUnstored, funnelOf } from './funnel.ts';
import type { FunnelReason, FunnelStep, UnstoredAnswers } from './funnel.ts';

declare module '../graphql/builder.ts' {
  interface Context {
    /** Signals that were answered and not stored, of the filter's bots and time. */
    readonly unstoredAnswers: (filter: TradeFilter | null | undefined) => Promise<UnstoredAnswers>;
  }
}

const FunnelReasonRef = builder.objectRef<FunnelReason>('FunnelReason');
FunnelReasonRef.implement({
  description: 'How often one reason applied.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'Of REFUSED a code of UserError, of LEFT_OUT a leftOutReason, of CLOSED a TradeStatus.',
    }),
    count: t.exposeInt('count', { description: 'How many signals.' }),
  }),
});

const FunnelStepRef = builder.objectRef<FunnelStep>('FunnelStep');
FunnelStepRef.implement({
  description: 'How many signals came to one place.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'RECEIVED, DUPLICATE, REFUSED, ACCEPTED, PENDING, CANCELLED, LEFT_OUT, TRADED, OPEN or CLOSED.',
    }),
    count: t.exposeInt('count', { description: 'How many signals.' }),
    reasons: t.field({
      type: [FunnelReasonRef],
      extensions: cost({ rows: 30, perRow: 0 }),
      description:
        'Why, most frequent first, adding up to count: of REFUSED, LEFT_OUT and CLOSED. A refused signal counts by its first reason.',
      resolve: ({ reasons }) => [...reasons],
    }),
  }),
});

builder.queryField('signalFunnel', (t) =>
  t.field({
    type: [FunnelStepRef],
    extensions: cost({ points: 10, rows: 10, perRow: 0 }),
    description:
      'What became of every signal that bots sent with their token. RECEIVED = ACCEPTED + DUPLICATE + REFUSED; ACCEPTED = PENDING + CANCELLED + LEFT_OUT + TRADED; TRADED = OPEN + CLOSED. Repeated and refused signals are counted by bot and UTC hour only: `from` and `to` take whole hours of them, and with any other condition RECEIVED, DUPLICATE and REFUSED are left out, as they would be wrong.',
    args: {
      filter: t.arg({
        type: TradeFilterInput,
        description:
          'Which signals are meant; all without one. `status` and `result` ask for those of their trade, `from` and `to` bound their receipt.',
      }),
    },
    resolve: async (_, { filter }, { moment, unstoredAnswers }) => {
      const [{ signals }, unstored] = await Promise.all([
        moment.of(filter),
        canCountUnstored(filter) ? unstoredAnswers(filter) : Promise.resolve(null),
      ]);
      return funnelOf(signals, unstored);
    },
  }),
);
