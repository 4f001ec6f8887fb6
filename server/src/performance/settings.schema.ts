import { builder } from '../graphql/builder.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { doc } from './figures.schema.ts';

/** What the operator chose and every reader of the numbers should know. */
export interface PublicSettings {
  readonly positionSize: Decimal;
  readonly feeRateSpot: Decimal;
  readonly feeRateFutures: Decimal;
  readonly capitalBase: Decimal;
  readonly notice: string | null;
  readonly startedAt: () => Promise<Date | null>;
}

declare module '../graphql/builder.ts' {
  interface Context {
    readonly settings: PublicSettings;
  }
}

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
    notice: t.exposeString('notice', {
      nullable: true,
      description:
        'What the operator wants every reader to see, such as when the feed is under maintenance; plain text of at most 280 characters. Null where there is nothing.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Receipt of the first signal; null before it.',
      resolve: ({ startedAt }) => startedAt(),
    }),
  }),
});

builder.queryField('settings', (t) =>
  t.field({
    type: SettingsRef,
    description: 'What the operator chose, as far as the numbers depend on it.',
    resolve: (_, __, { settings }) => settings,
  }),
);
