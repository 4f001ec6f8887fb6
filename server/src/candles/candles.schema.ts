import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { Decimal } from '../kernel/decimal.ts';
import { KLINE_MS } from '../ticks/candle.ts';
import type { Kline } from '../ticks/candle.ts';
import { OTHER_DOCS } from '../performance/other-docs.ts';
import type { Direction } from '../trades/trade.ts';
import { TradeRef } from '../trades/trades.schema.ts';
import { excursionsOf } from './excursions.ts';
import type { Excursion } from './excursions.ts';
import type { Extremes } from './trade-candles.ts';
import type { PriceChart } from './trade-candles.store.ts';

declare module '../graphql/builder.ts' {
  interface Context {
    /** Of a closed trade, once it is known; those asked for together are read together. */
    readonly chartOf: (tradeId: string) => Promise<PriceChart | null>;
    readonly extremesOf: (tradeId: string) => Promise<Extremes | null>;
  }
}

type PriceCandle = Omit<Kline, 'trades'> & { readonly closeTimeMs: number };

const PriceCandleRef = builder.objectRef<PriceCandle>('PriceCandle');
PriceCandleRef.implement({
  description:
    'What a symbol’s price did from one time to another, as the exchange tells it. Source: Binance, klines of /api/v3 (spot) and /fapi/v1 (futures).',
  fields: (t) => ({
    openTime: t.field({
      type: 'DateTime',
      description: 'Its first moment, the exchange’s time.',
      resolve: ({ openTimeMs }) => new Date(openTimeMs),
    }),
    closeTime: t.field({
      type: 'DateTime',
      description: 'Its last moment, to the millisecond: all candles of a trade have one length.',
      resolve: ({ closeTimeMs }) => new Date(closeTimeMs),
    }),
    open: t.expose('open', { type: 'Decimal', description: 'First price, in the quote currency.' }),
    high: t.expose('high', { type: 'Decimal', description: 'Highest price.' }),
    low: t.expose('low', { type: 'Decimal', description: 'Lowest price.' }),
    close: t.expose('close', { type: 'Decimal', description: 'Last price.' }),
  }),
});

const ExcursionRef = builder.objectRef<Excursion>('Excursion');
ExcursionRef.implement({
  description:
    'How far the price went one way from a trade’s entry while it was open. Of the exchange’s candles those that lie wholly between entry and exit count with their lowest and highest price, and the finest there are at both ends; beside them the entry price and the exit price. Entry is by the server’s clock and exit by the exchange’s.',
  fields: (t) => ({
    price: t.expose('price', { type: 'Decimal', description: 'The farthest price, in the quote currency.' }),
    percent: t.expose('percent', {
      type: 'Decimal',
      description: '|price − entryPrice| / entryPrice × 100, rounded half-up to 8 decimals; 0 or more.',
    }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: '|price − entryPrice| × quantity in the quote currency, before fees, rounded half-up to 8 decimals; 0 or more.',
    }),
    resolution: t.exposeString('resolution', {
      description:
        'How precisely it is known: what happened within the candles of this length that hold entry and exit, beside the entry price and the exit price themselves, is not in it. 1s on spot and 1m on futures, as a rule; longer where the exchange gave no finer ones.',
    }),
  }),
});

builder.objectFields(TradeRef, (t) => {
  const excursion = (which: 'adverse' | 'favourable', description: string) =>
    t.field({
      type: ExcursionRef,
      nullable: true,
      extensions: cost({ points: 1 }),
      description: `${description} Null while open, until the candles are known, and where the exchange’s candles do not reach from entry to exit.`,
      resolve: async ({ id, status, direction, entryPrice, quantity }, _, { extremesOf }) => {
        const extremes = status === 'OPEN' ? null : await extremesOf(id);
        if (!extremes) return null;
        const exact = (value: { toFixed(): string }) => new Decimal(value.toFixed());
        const position = { direction: direction as Direction, entryPrice: exact(entryPrice), quantity: exact(quantity) };
        return excursionsOf(position, extremes)[which];
      },
    });
  return {
    priceCandles: t.field({
      type: [PriceCandleRef],
      nullable: true,
      extensions: cost({ points: 3, rows: 200, perRow: 0.1 }),
      description:
        'How the price went from a little before the entry to a little after the exit, oldest first: the shortest candles of which at most about 200 show it all. Null while open and until they are known, some candles after the exit; empty where the exchange has none. Kept once and never changed.',
      resolve: async ({ id, status }, _, { chartOf }) => {
        const chart = status === 'OPEN' ? null : await chartOf(id);
        return chart && chart.candles.map((candle) => ({ ...candle, closeTimeMs: candle.openTimeMs + KLINE_MS[chart.interval] - 1 }));
      },
    }),
    maxAdverseExcursion: excursion('adverse', OTHER_DOCS.maxAdverseExcursion.explanation),
    maxFavourableExcursion: excursion('favourable', OTHER_DOCS.maxFavourableExcursion.explanation),
  };
});
