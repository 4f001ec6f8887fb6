import { builder } from '../graphql/builder.ts';
import { cost } from '../graphql/cost.ts';
import { badInput, requireRange } from '../graphql/errors.ts';
import type { Cancel } from '../kernel/clock.ts';
import { Conflated } from '../subscribers/conflated.ts';
import { MarketTypeEnum } from '../trades/enums.schema.ts';
import type { FeedState, FeedStatus } from './feed-status.ts';
import type { Price } from './price-board.ts';
import { symbolKey } from './tick.ts';
import type { MarketType, SymbolKey } from './tick.ts';

declare module '../graphql/builder.ts' {
  interface Context {
    /** Calls back with each symbol whose price moved. */
    readonly onPriceOf: (moved: (key: SymbolKey) => void) => Cancel;
    /** Symbols of the open trades, as they are now. */
    readonly openSymbols: () => Promise<readonly { readonly marketType: MarketType; readonly symbol: string }[]>;
    readonly feeds: () => readonly FeedStatus[];
    readonly onFeeds: (changed: () => void) => Cancel;
    readonly pricesAreSimulated: boolean;
    readonly maxSymbolsPerRequest: number;
    /** A stream of what moves begins with everything that is known, for who missed some. */
    readonly tellAll?: boolean;
  }
}

/** For the cost alone; what is allowed is maxSymbolsPerRequest. */
const MAX_SYMBOLS = 200;
const MARKETS = 2;

const PriceTickRef = builder.objectRef<Price>('PriceTick');
PriceTickRef.implement({
  description: 'The newest known market price of a symbol.',
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: 'The exchange’s symbol.' }),
    marketType: t.field({ type: MarketTypeEnum, description: 'The market the price is from.', resolve: ({ marketType }) => marketType }),
    price: t.expose('price', { type: 'Decimal', description: 'Last traded price.' }),
    time: t.field({
      type: 'DateTime',
      description: 'The exchange’s time of it; time of receipt where the exchange gave none.',
      resolve: ({ timeMs }) => new Date(timeMs),
    }),
    aggregateTradeId: t.string({
      nullable: true,
      description: 'The aggregate trade it is from; null where it is from the regular check of all symbols’ prices.',
      resolve: ({ tradeId }) => (tradeId === null ? null : String(tradeId)),
    }),
  }),
});

const FeedStateEnum = builder.enumType('FeedState', {
  description: 'How a market’s price feed is doing.',
  values: {
    CONNECTING: { description: 'Before the first data have arrived.' },
    LIVE: { description: 'Data arrives, and nothing is missing.' },
    STALE: { description: 'Connected, but nothing has arrived, or some symbol has missed something, for longer than the stale limit.' },
    RECONNECTING: { description: 'The connection was lost, and no data have arrived on another one yet.' },
    OFFLINE: { description: 'Stopped, or no data have arrived for longer than the offline limit.' },
  } satisfies Record<FeedState, { description: string }>,
});

const MarketFeedRef = builder.objectRef<FeedStatus>('MarketFeed');
MarketFeedRef.implement({
  description: 'The health of one market’s price feed.',
  fields: (t) => ({
    marketType: t.field({ type: MarketTypeEnum, description: 'The market.', resolve: ({ marketType }) => marketType }),
    state: t.field({ type: FeedStateEnum, description: 'How it is doing now.', resolve: ({ state }) => state }),
    simulated: t.boolean({
      description: 'True when prices come from the built-in simulator and not from the exchange.',
      resolve: (_, __, { pricesAreSimulated }) => pricesAreSimulated,
    }),
    symbols: t.exposeInt('symbols', { description: 'Symbols watched: those with an open trade.' }),
    symbolsInSync: t.exposeInt('symbolsInSync', { description: 'How many of them miss nothing, on a connection that brings data.' }),
    connections: t.exposeInt('connections', {
      description: 'Connections to the exchange, whatever their state; each carries up to 199 symbols.',
    }),
    connectionsLive: t.exposeInt('connectionsLive', { description: 'How many of them bring data.' }),
    lastTickAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The exchange’s time of the newest tick; null before the first.',
      resolve: ({ lastTickMs }) => (lastTickMs === null ? null : new Date(lastTickMs)),
    }),
    lagMs: t.exposeFloat('lagMs', {
      nullable: true,
      description: 'From the exchange’s event time to receipt, for the newest message, ms; includes the difference of the clocks.',
    }),
    reconnects: t.exposeInt('reconnects', { description: 'Connections made again since the server started.' }),
    gapsRepaired: t.exposeInt('gapsRepaired', { description: 'Stretches of missed ticks fetched afterwards since the server started.' }),
  }),
});

const SymbolInputRef = builder.inputType('SymbolInput', {
  description: 'Names a symbol: the same name can trade on both markets.',
  fields: (t) => ({
    symbol: t.string({ required: true, description: 'As the exchange writes it, e.g. BTCUSDT.' }),
    marketType: t.field({ type: MarketTypeEnum, required: true, description: 'The market.' }),
  }),
});

type Context = typeof builder.$inferSchemaTypes.Context;
type SymbolInput = typeof SymbolInputRef.$inferInput;

function requireFew(symbols: readonly unknown[], { maxSymbolsPerRequest }: Context): void {
  if (symbols.length > maxSymbolsPerRequest) throw badInput(`symbols holds at most ${maxSymbolsPerRequest} entries`);
}

/** Prices that moved, newest per symbol, at most one list per interval. */
function moves(symbols: readonly SymbolInput[] | null | undefined, intervalMs: number, context: Context): AsyncIterable<Price[]> {
  const wanted = symbols && new Map(symbols.map(({ marketType, symbol }) => [symbolKey(marketType, symbol), { marketType, symbol }]));
  const moved = new Set<SymbolKey>(wanted?.keys() ?? []);
  let tellAll = context.tellAll === true;
  const source = {
    subscribe: (changed: () => void) =>
      context.onPriceOf((key) => {
        if (wanted && !wanted.has(key)) return;
        moved.add(key);
        changed();
      }),
    produce: async () => {
      const candidates = wanted ? [...wanted.values()] : await context.openSymbols();
      const prices = candidates.flatMap(({ marketType, symbol }) => {
        const price = tellAll || moved.has(symbolKey(marketType, symbol)) ? context.priceOf(marketType, symbol) : undefined;
        return price ?? [];
      });
      moved.clear();
      tellAll = false;
      return prices.length > 0 ? prices : undefined;
    },
  };
  const { minIntervalMs, maxIntervalMs } = context.liveLimits;
  return new Conflated(
    source,
    context.clock,
    requireRange('intervalMs', intervalMs, minIntervalMs, maxIntervalMs),
    tellAll || wanted != null,
  );
}

builder.queryFields((t) => ({
  prices: t.field({
    type: [PriceTickRef],
    extensions: cost({ rows: { argument: 'symbols', most: MAX_SYMBOLS }, perRow: 0.1 }),
    description: 'Newest prices; a symbol without a known price is left out.',
    args: { symbols: t.arg({ type: [SymbolInputRef], required: true, description: 'Which symbols; at most 200.' }) },
    resolve: (_, { symbols }, context) => {
      requireFew(symbols, context);
      return symbols.flatMap(({ marketType, symbol }) => context.priceOf(marketType, symbol) ?? []);
    },
  }),
  marketFeeds: t.field({
    type: [MarketFeedRef],
    extensions: cost({ rows: MARKETS }),
    description: 'The price feeds’ health, one entry per market.',
    resolve: (_, __, { feeds }) => [...feeds()],
  }),
}));

builder.subscriptionFields((t) => ({
  priceTicks: t.field({
    type: [PriceTickRef],
    extensions: { stream: 'moves', ...cost({ rows: { argument: 'symbols', most: MAX_SYMBOLS }, perRow: 0.1 }) },
    description:
      'Newest price of each symbol that moved, at most one list per interval. All symbols with open positions when none is named.',
    args: {
      symbols: t.arg({ type: [SymbolInputRef], description: 'Which symbols; at most 200.' }),
      intervalMs: t.arg.int({ defaultValue: 250, description: 'Shortest time between two lists, ms; 100 to 60,000.' }),
    },
    subscribe: (_, { symbols, intervalMs }, context) => {
      requireFew(symbols ?? [], context);
      return moves(symbols, intervalMs ?? 250, context);
    },
    resolve: (prices: Price[]) => prices,
  }),
  marketFeedsUpdated: t.field({
    type: [MarketFeedRef],
    extensions: { stream: 'state', ...cost({ rows: MARKETS }) },
    description: 'The price feeds’ health, at once, then at each change of state and about once a second while ticks arrive.',
    subscribe: (_, __, context) =>
      new Conflated({ subscribe: context.onFeeds, produce: () => context.feeds() }, context.clock, context.liveLimits.feedIntervalMs, true),
    resolve: (feeds: readonly FeedStatus[]) => [...feeds],
  }),
}));
