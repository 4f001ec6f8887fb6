import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { connectionOf } from '../graphql/connection.ts';
import { badInput } from '../graphql/errors.ts';
import { NodeRef } from '../graphql/node.schema.ts';
import { Decimal } from '../kernel/decimal.ts';
import { PageRequestError } from '../kernel/page.ts';
import type { Price } from '../ticks/price-board.ts';
import type { MarketType, TickSource } from '../ticks/tick.ts';
import { DirectionEnum, MarketTypeEnum, SignalStatusEnum, TickSourceEnum, TradeStatusEnum } from './enums.schema.ts';
import { rMultiple } from './profit.ts';
import { signalOf, tradeOf, SIGNAL_INCLUDE, TRADE_INCLUDE } from './rows.ts';
import type { TradeRow } from './rows.ts';
import type { Direction, TradeStatus } from './trade.ts';
import type { TradeFilter } from './trade-filter.ts';
import { TradeFilterInput } from './trade-filter.schema.ts';
import type { TRADE_ORDER_FIELDS } from './trades.store.ts';
import type { TradesStore } from './trades.store.ts';
import type { WatchStretch } from './watch-stretches.ts';
import { unrealizedAt } from './unrealized.ts';
import type { PricedTrade } from './unrealized.ts';

declare module '../graphql/builder.ts' {
  interface Context {
    readonly trades: TradesStore;
    /** How many trades and signals a filter means, where this request reads them anyhow. */
    readonly knownCounts: (filter: TradeFilter | null | undefined) => Promise<{ trades: number; signals: number }> | undefined;
    readonly priceOf: (marketType: MarketType, symbol: string) => Price | undefined;
    /** How a trade's symbol was watched, from its entry to its exit or as far as it is known. */
    readonly watchOf: (trade: TradeRow) => Promise<readonly WatchStretch[]>;
    /** The exchange's own word; undefined until its symbol list is known and where the symbol is not on it. */
    readonly symbolStatus: (marketType: MarketType, symbol: string) => string | undefined;
    /** Digits after the point of the symbol's price step; undefined until the exchange's symbol list is known. */
    readonly priceDecimals: (marketType: MarketType, symbol: string) => number | undefined;
  }
}

export const BotRef = builder.prismaObject('Bot', {
  description: 'An authorised sender of signals.',
  interfaces: [NodeRef],
  fields: (t) => ({
    slug: t.exposeString('slug', { description: 'Its name in addresses and filters.' }),
    name: t.exposeString('name', { description: 'Its name as people read it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was authorised.' }),
  }),
});

export const SignalRef = builder.prismaObject('Signal', {
  description: 'One trading call of a bot, as received. Nothing in it ever changes but its status.',
  include: SIGNAL_INCLUDE,
  interfaces: [NodeRef],
  fields: (t) => ({
    bot: t.field({ type: BotRef, description: 'Who sent it.', resolve: (signal) => signal.bot }),
    externalId: t.exposeString('externalId', { nullable: true, description: 'The bot’s own key for it, unique per bot.' }),
    symbol: t.exposeString('symbol', { description: 'The exchange’s symbol, e.g. BTCUSDT.' }),
    marketType: t.field({
      type: MarketTypeEnum,
      description: 'The market it is meant for.',
      resolve: (signal) => signal.marketType as MarketType,
    }),
    direction: t.field({
      type: DirectionEnum,
      description: 'Which way the price is expected to go.',
      resolve: (signal) => signal.direction as Direction,
    }),
    entryPrice: t.expose('entryPrice', {
      type: 'Decimal',
      description: 'Entry price: the bot’s, or the newest market price at receipt where it sent none.',
    }),
    takeProfit: t.expose('takeProfit', { type: 'Decimal', description: 'The price at which the profit is taken.' }),
    stopLoss: t.expose('stopLoss', { type: 'Decimal', description: 'The price at which the loss is stopped.' }),
    confidence: t.exposeFloat('confidence', { description: 'The bot’s own confidence, 0 to 1.' }),
    timeframe: t.exposeString('timeframe', { description: 'Candle length that the strategy works on, e.g. 1h.' }),
    strategy: t.exposeString('strategy', { description: 'Groups trades for comparison.' }),
    status: t.field({
      type: SignalStatusEnum,
      description: 'PENDING, ACTIVE, CLOSED or CANCELLED.',
      resolve: (signal) => signal.status as never,
    }),
    note: t.exposeString('note', { nullable: true, description: 'The bot’s remark; plain text.' }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was sent, by the bot’s own clock: a claim, not a measurement.',
    }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it was received, by the server’s clock.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Time stop: the trade closes at the next tick at or after it.',
    }),
    leftOutReason: t.exposeString('leftOutReason', {
      nullable: true,
      description: 'Why an active signal has no trade (MARKET_TYPE_NOT_TRACKED, CONFIDENCE_BELOW_MINIMUM); null when it has one.',
    }),
  }),
});

const TradeClosureRef = builder.objectRef<TradeRow>('TradeClosure');
TradeClosureRef.implement({
  description: 'The evidence of a closure.',
  fields: (t) => ({
    sequence: t.string({
      description: 'Sequence of the TradeClosed event in the track record.',
      resolve: (trade) => String(trade.closedSequence),
    }),
    source: t.field({
      type: TickSourceEnum,
      description: 'How the deciding price was learned.',
      resolve: (trade) => trade.closedSource as TickSource,
    }),
    aggregateTradeId: t.string({
      nullable: true,
      description: 'The exchange’s aggregate trade id of the deciding tick; null where a candle decided.',
      resolve: (trade) => trade.closedTradeId?.toString() ?? null,
    }),
    price: t.field({ type: 'Decimal', description: 'The deciding tick’s price.', resolve: (trade) => required(trade.closedPrice) }),
    time: t.field({
      type: 'DateTime',
      description: 'The exchange’s time of the deciding tick.',
      resolve: (trade) => required(trade.exitTime),
    }),
    ambiguous: t.exposeBoolean('ambiguous', {
      description:
        'True where one candle reached both levels, or one of them in the minute of the time stop: the worse was taken to be first.',
    }),
  }),
});

const WatchStretchRef = builder.objectRef<WatchStretch>('WatchStretch');
WatchStretchRef.implement({
  description: 'How a trade’s symbol was watched from one time to another.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', description: 'Its beginning.', resolve: ({ fromMs }) => new Date(fromMs) }),
    to: t.field({ type: 'DateTime', description: 'Its end, where the next one begins.', resolve: ({ toMs }) => new Date(toMs) }),
    source: t.field({
      type: TickSourceEnum,
      description: 'LIVE: watched as it happened. BACKFILL: looked up trade by trade afterwards. CANDLE: looked up by minutes afterwards.',
      resolve: ({ source }) => source,
    }),
  }),
});

const unrealized = (trade: PricedTrade, price: Price | null) =>
  trade.status === 'OPEN' && price ? unrealizedAt(trade, price.price) : null;

export const TradeRef = builder.prismaObject('PaperTrade', {
  name: 'Trade',
  description: 'The paper trade that the system opened for a signal. No API call can change it. Money is in the quote currency.',
  include: TRADE_INCLUDE,
  interfaces: [NodeRef],
  fields: (t) => {
    /** The price of the answer this trade is part of, else the newest. */
    const priceOf = (trade: PricedTrade, context: typeof builder.$inferSchemaTypes.Context): Price | null =>
      trade.status !== 'OPEN'
        ? null
        : trade.price !== undefined
          ? trade.price
          : (context.priceOf(trade.marketType as MarketType, trade.symbol) ?? null);
    return {
      signal: t.field({ type: SignalRef, description: 'The signal it was opened for.', resolve: signalOf }),
      symbol: t.exposeString('symbol', { description: 'The exchange’s symbol.' }),
      marketType: t.field({
        type: MarketTypeEnum,
        description: 'The market whose prices decide.',
        resolve: (trade) => trade.marketType as MarketType,
      }),
      direction: t.field({
        type: DirectionEnum,
        description: 'LONG earns when the price rises, SHORT when it falls.',
        resolve: (trade) => trade.direction as Direction,
      }),
      status: t.field({
        type: TradeStatusEnum,
        description: 'OPEN, or how it was closed.',
        resolve: (trade) => trade.status as TradeStatus,
      }),
      positionSize: t.expose('positionSize', { type: 'Decimal', description: 'Money put in, fixed at creation.' }),
      quantity: t.expose('quantity', { type: 'Decimal', description: 'positionSize / entryPrice, 18 decimals, rounded half-up.' }),
      entryPrice: t.expose('entryPrice', { type: 'Decimal', description: 'The signal’s entry price.' }),
      entryTime: t.expose('entryTime', { type: 'DateTime', description: 'Server time of receipt of the signal, or of its activation.' }),
      takeProfit: t.expose('takeProfit', { type: 'Decimal', description: 'Touching it closes the trade at exactly this price.' }),
      stopLoss: t.expose('stopLoss', { type: 'Decimal', description: 'Touching it closes the trade at the price that touched it.' }),
      riskRewardRatio: t.float({
        description: '|takeProfit − entryPrice| / |entryPrice − stopLoss|, before fees.',
        resolve: ({ entryPrice, takeProfit, stopLoss }) =>
          takeProfit.minus(entryPrice).abs().div(entryPrice.minus(stopLoss).abs()).toNumber(),
      }),
      marketPriceAtEntry: t.expose('marketPriceAtEntry', {
        type: 'Decimal',
        nullable: true,
        description: 'Newest market price at receipt, where one was known.',
      }),
      entryDeviationPct: t.float({
        nullable: true,
        description: '(entryPrice − marketPriceAtEntry) / marketPriceAtEntry × 100: how far from the market the bot entered.',
        resolve: ({ entryPrice, marketPriceAtEntry }) =>
          marketPriceAtEntry && entryPrice.minus(marketPriceAtEntry).div(marketPriceAtEntry).times(100).toNumber(),
      }),
      exitPrice: t.expose('exitPrice', { type: 'Decimal', nullable: true, description: 'The price it was closed at; null while open.' }),
      exitTime: t.expose('exitTime', {
        type: 'DateTime',
        nullable: true,
        description: 'The exchange’s time of the closing tick; null while open.',
      }),
      durationSeconds: t.float({
        nullable: true,
        description: 'exitTime − entryTime in seconds; null while open. The two come from different clocks.',
        resolve: ({ exitTime, entryTime }) => exitTime && (exitTime.getTime() - entryTime.getTime()) / 1000,
      }),
      grossPnl: t.expose('grossPnl', {
        type: 'Decimal',
        nullable: true,
        description: '(exitPrice − entryPrice) × quantity, negated for SHORT; 8 decimals; null while open.',
      }),
      fees: t.expose('fees', {
        type: 'Decimal',
        nullable: true,
        description: 'feeRate × quantity × (entryPrice + exitPrice): both sides; 8 decimals; null while open.',
      }),
      realizedPnl: t.expose('realizedPnl', {
        type: 'Decimal',
        nullable: true,
        description: 'Gross profit less fees; 8 decimals; null while open.',
      }),
      realizedPnlPct: t.float({
        nullable: true,
        description: 'realizedPnl / positionSize × 100; null while open.',
        resolve: ({ realizedPnlPct }) => realizedPnlPct?.toNumber() ?? null,
      }),
      rMultiple: t.float({
        nullable: true,
        description: 'realizedPnl / (|entryPrice − stopLoss| × quantity): profit in multiples of the risk taken; null while open.',
        resolve: (trade) => {
          if (!trade.realizedPnl) return null;
          const [realizedPnl, entryPrice, stopLoss, quantity] = [trade.realizedPnl, trade.entryPrice, trade.stopLoss, trade.quantity].map(
            (value) => new Decimal(value.toFixed()),
          );
          return rMultiple({ realizedPnl, entryPrice, stopLoss, quantity } as Parameters<typeof rMultiple>[0]);
        },
      }),
      feeRate: t.expose('feeRate', {
        type: 'Decimal',
        description: 'Fee per side as a share of the traded value, fixed at creation: 0.001 is 0.1 %.',
      }),
      closedBy: t.field({
        type: TradeClosureRef,
        nullable: true,
        description: 'The evidence of the closure; null while open.',
        resolve: (trade) => (trade.status === 'OPEN' ? null : trade),
      }),
      currentPrice: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'Newest known market price while the trade is open.',
        resolve: (trade, _, context) => priceOf(trade, context)?.price ?? null,
      }),
      currentPriceTime: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'The exchange’s time of currentPrice.',
        resolve: (trade, _, context) => {
          const price = priceOf(trade, context);
          return price && new Date(price.timeMs);
        },
      }),
      unrealizedPnl: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'Profit after fees if it were closed at currentPrice; null when closed or without a price.',
        resolve: (trade, _, context) => unrealized(trade, priceOf(trade, context))?.realizedPnl ?? null,
      }),
      unrealizedPnlPct: t.float({
        nullable: true,
        description: 'unrealizedPnl / positionSize × 100.',
        resolve: (trade, _, context) => unrealized(trade, priceOf(trade, context))?.realizedPnlPct.toNumber() ?? null,
      }),
      watch: t.field({
        type: [WatchStretchRef],
        extensions: cost({ points: 5, rows: 10 }),
        description:
          'How its symbol was watched, without a hole, from its entry to its exit: live, or looked up afterwards. Of an open trade up to now, or up to where nothing is missing yet.',
        resolve: async (trade, _, context) => [...(await context.watchOf(trade))],
      }),
      symbolStatus: t.string({
        nullable: true,
        description:
          'The exchange’s status of the symbol while the trade is open, in its own words: TRADING, or HALT, BREAK and the like while it is halted. Null when closed, until the exchange’s symbol list is known, and where the symbol is not on it any more.',
        resolve: (trade, _, context) =>
          trade.status === 'OPEN' ? (context.symbolStatus(trade.marketType as MarketType, trade.symbol) ?? null) : null,
      }),
      priceDecimals: t.int({
        nullable: true,
        description:
          'Digits after the point of the exchange’s price step for this symbol, for display; null until the exchange’s symbol list is known.',
        resolve: (trade, _, context) => context.priceDecimals(trade.marketType as MarketType, trade.symbol) ?? null,
      }),
    };
  },
});

builder.objectField(SignalRef, 'trade', (t) =>
  t.field({ type: TradeRef, nullable: true, description: 'Its paper trade.', resolve: tradeOf }),
);

const TradeConnectionRef = connectionOf('Trade', TradeRef, 'trades');
const SignalConnectionRef = connectionOf('Signal', SignalRef, 'signals');

const OrderDirectionEnum = builder.enumType('OrderDirection', {
  description: 'Which end of an order comes first.',
  values: {
    ASC: { description: 'Smallest, oldest or first in the alphabet first.' },
    DESC: { description: 'Largest, newest or last in the alphabet first.' },
  },
});

const ORDER_FIELDS: Record<(typeof TRADE_ORDER_FIELDS)[number], { description: string }> = {
  ENTRY_TIME: { description: 'When the trade was opened.' },
  EXIT_TIME: { description: 'When it was closed; open trades come last.' },
  REALIZED_PNL: { description: 'Profit after fees; open trades come last.' },
  REALIZED_PNL_PCT: { description: 'Profit after fees in percent of the position; open trades come last.' },
  SYMBOL: { description: 'The symbol’s name.' },
  DURATION: { description: 'How long it was open; open trades come last.' },
};

const TradeOrderInput = builder.inputType('TradeOrder', {
  description: 'The order of a list of trades; equal ones are ordered by id.',
  fields: (t) => ({
    field: t.field({
      type: builder.enumType('TradeOrderField', { description: 'What trades can be ordered by.', values: ORDER_FIELDS }),
      required: true,
      defaultValue: 'ENTRY_TIME',
      description: 'What to order by.',
    }),
    direction: t.field({ type: OrderDirectionEnum, required: true, defaultValue: 'DESC', description: 'Which end comes first.' }),
  }),
});

const FIRST = 'How many rows from the beginning, 1 to 100; 50 where neither first nor last is given.';

builder.queryFields((t) => ({
  trades: t.field({
    type: TradeConnectionRef,
    extensions: cost({ points: 5, page: { standard: 50, most: 100 } }),
    description: 'Trades, a page at a time. Pages stay right while trades arrive: a cursor is a place in the order, not a count.',
    args: {
      filter: t.arg({ type: TradeFilterInput, description: 'Which trades are meant; all without one.' }),
      orderBy: t.arg({ type: TradeOrderInput, description: 'Their order; newest opened first without one.' }),
      first: t.arg.int({ description: FIRST }),
      after: t.arg.string({ description: 'Only rows behind this cursor.' }),
      last: t.arg.int({ description: 'How many rows from the end, 1 to 100.' }),
      before: t.arg.string({ description: 'Only rows ahead of this cursor.' }),
    },
    resolve: async (_, { filter, orderBy, ...request }, { trades, knownCounts }) => {
      const page = await trades.page(filter, orderBy ?? { field: 'ENTRY_TIME', direction: 'DESC' }, request).catch(asBadInput);
      return { ...page, totalCount: async () => (await knownCounts(filter))?.trades ?? trades.count(filter) };
    },
  }),
  trade: t.field({
    type: TradeRef,
    nullable: true,
    description: 'One trade by its id; null where there is none.',
    args: { id: t.arg.id({ required: true, description: 'The trade’s id.' }) },
    resolve: (_, { id }, { trades }) => trades.find(id),
  }),
  signals: t.field({
    type: SignalConnectionRef,
    extensions: cost({ points: 5, page: { standard: 50, most: 100 } }),
    description: 'Signals, newest first, a page at a time.',
    args: {
      filter: t.arg({
        type: TradeFilterInput,
        description:
          'Which signals are meant; all without one. `status` and `result` ask for those of their trade, `from` and `to` bound their receipt.',
      }),
      first: t.arg.int({ description: FIRST }),
      after: t.arg.string({ description: 'Only rows behind this cursor.' }),
      last: t.arg.int({ description: 'How many rows from the end, 1 to 100.' }),
      before: t.arg.string({ description: 'Only rows ahead of this cursor.' }),
    },
    resolve: async (_, { filter, ...request }, { trades, knownCounts }) => {
      const page = await trades.signalPage(filter, request).catch(asBadInput);
      return { ...page, totalCount: async () => (await knownCounts(filter))?.signals ?? trades.countSignals(filter) };
    },
  }),
}));

function asBadInput(error: unknown): never {
  throw error instanceof PageRequestError ? badInput(error.message) : error;
}

function required<T>(value: T | null): T {
  if (value === null) throw new Error('a closed trade without its evidence');
  return value;
}
