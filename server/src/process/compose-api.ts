import type { IncomingMessage } from 'node:http';
import DataLoader from 'dataloader';
import { DailyClosesStore } from '../candles/daily-closes.store.ts';
import { TradeCandlesStore } from '../candles/trade-candles.store.ts';
import type { AskedChart } from '../candles/trade-candles.store.ts';
import { createApi } from '../graphql/api.ts';
import type { Context } from '../graphql/builder.ts';
import { RequestBudget } from '../graphql/request-budget.ts';
import type { Service } from '../kernel/service.ts';
import type { Turn } from '../kernel/turn.ts';
import { PerformanceStore } from '../performance/performance.store.ts';
import { TrackRecord } from '../performance/track-record.ts';
import { RecentEvents } from '../record/recent-events.ts';
import { AcceptSignal } from '../signals/accept-signal.ts';
import type { Market } from '../signals/accept-signal.ts';
import { AnswerCounter } from '../signals/answer-counter.ts';
import { AnswersStore } from '../signals/answers.store.ts';
import { ChangeSignal } from '../signals/change-signal.ts';
import { SignalsStore } from '../signals/signals.store.ts';
import { SocketWriters } from '../subscribers/socket-writers.ts';
import { SubscriptionSockets } from '../subscribers/websocket.feed.ts';
import { Markets } from '../ticks/markets.ts';
import { StoredSymbols } from '../ticks/stored-symbols.ts';
import { SymbolListsStore } from '../ticks/symbol-lists.store.ts';
import type { MarketType } from '../ticks/tick.ts';
import { ToldMarkets } from '../ticks/told-markets.ts';
import { StretchesStore } from '../trades/stretches.store.ts';
import { TradesStore } from '../trades/trades.store.ts';
import { watchStretches } from '../trades/watch-stretches.ts';
import { composeDownloads } from './compose-downloads.ts';
import { composePlayground } from './compose-playground.ts';
import { composeSenders } from './compose-senders.ts';
import type { Shared } from './compose-shared.ts';
import type { Composition, Foundation } from './composition.ts';
import { graphqlRoutes } from './graphql-routes.ts';

export interface ApiParts extends Pick<Composition, 'graphql' | 'graphqlUpgrade' | 'endpoints'> {
  readonly services: readonly Service[];
  readonly markets: Markets;
}

/** The public side: takes signals, answers queries, serves subscribers. Of the markets it knows what the leading worker tells. */
export function composeApi(foundation: Foundation, shared: Shared): ApiParts {
  const { config, log, clock, newId, database, visitors } = foundation;
  const { limits, rules } = config;
  const { prisma } = database;
  const { bus, records, tail, announce, priceBoard, symbolList } = shared;

  const told = new ToldMarkets({
    priceBoard,
    clock,
    newId,
    limits: limits.bus,
    listen: (all) => bus.publish({ kind: 'LISTENING', all }),
    ask: (question) => bus.publish({ kind: 'ASK', question }),
  });
  const markets = new Markets(told);
  bus.onConnected(() => told.reconnected());
  bus.onMessage((message) => {
    if (markets.areOwn) return; // what others tell was true before this process began to lead
    if (message.kind === 'NEWS') told.takeNews(message.news);
    if (message.kind === 'QUOTE') told.takeQuote(message.quote);
  });
  const storedSymbols = new StoredSymbols({
    load: () => new SymbolListsStore(prisma).load(),
    symbolList,
    isNeeded: () => !markets.areOwn,
    clock,
    log,
    intervalMs: limits.bus.symbolsIntervalMs,
  });

  const market: Market = {
    isListKnown: (marketType) => symbolList.isKnown(marketType),
    symbolInfo: (marketType, symbol) => symbolList.get(marketType, symbol),
    refresh: (marketType, symbol) => markets.refresh(marketType, symbol),
    freshPrice: (marketType, symbol, maxAgeMs) => priceBoard.getFresh(marketType, symbol, maxAgeMs)?.price,
    lastTradeId: (marketType, symbol) => markets.lastTradeId(marketType, symbol),
    exchangeTimeMs: (marketType) => markets.exchangeTimeMs(marketType),
  };
  const signals = new SignalsStore(prisma);
  const answers = new AnswersStore(prisma);
  const answerCounter = new AnswerCounter(answers, clock, log, limits.answers);
  const stretches = new StretchesStore(prisma);
  const candles = new TradeCandlesStore(prisma);
  // What is asked for at once is read at once; nothing is remembered, since it may be known the next time.
  const charts = new DataLoader((asked: readonly AskedChart[]) => candles.charts(asked), { cache: false });
  const dailyCloses = new DailyClosesStore(prisma);
  const turn: Turn = () => new Promise((resolve) => setImmediate(resolve));
  const performance = new PerformanceStore(prisma, turn);
  const trackRecord = new TrackRecord(performance, () => records.head(), priceBoard, clock, {
    capitalBase: config.capitalBase,
    turn,
    ...limits.trackRecord,
  });

  const acceptSignal = new AcceptSignal(signals, market, rules, clock, newId, announce, (botId, answer) =>
    answerCounter.count(botId, answer),
  );
  const changeSignal = new ChangeSignal(signals, market, rules, clock, newId, announce);
  const budget = new RequestBudget(limits.api, clock);
  const senders = composeSenders(foundation, { signals, acceptSignal, changeSignal }, budget);

  const recent = new RecentEvents(
    {
      get position() {
        return tail.position;
      },
      onEvent: (listener) => tail.onEvent(listener),
      readAfter: (sequence, limit) => records.readAfter(sequence, limit),
    },
    limits.record.recentEvents,
  );
  const context: Omit<Context, 'authenticate' | 'moment' | 'knownCounts'> = {
    prisma,
    clock,
    trackRecord,
    trades: new TradesStore(prisma, limits.pages),
    acceptSignal,
    changeSignal,
    loadSignal: (id) => signals.load(id),
    record: {
      get position() {
        return tail.position;
      },
      onEvent: (listener) => tail.onEvent(listener),
      head: () => records.head(),
      readAfter: (sequence, limit) => recent.readAfter(sequence, limit),
    },
    unstoredAnswers: async (filter) => {
      await answerCounter.settled();
      return answers.sums({ bots: filter?.bot?.length ? filter.bot : null, from: filter?.from ?? null, to: filter?.to ?? null });
    },
    eventLimits: limits.events,
    recordPosition: () => tail.position,
    onRecord: (changed) => tail.onEvent(changed),
    onPrice: (changed) => priceBoard.onMove(changed),
    onPriceOf: (moved) => priceBoard.onMove(moved),
    priceOf: (marketType, symbol) => priceBoard.get(marketType, symbol),
    watchOf: async (trade) => {
      const marketType = trade.marketType as MarketType;
      const knownUntil = markets.knownUntil(marketType, trade.symbol) ?? trade.entryTime;
      const until = trade.exitTime ?? knownUntil;
      const repaired = await stretches.repaired(marketType, trade.symbol, trade.entryTime, until);
      return watchStretches(trade.entryTime.getTime(), until.getTime(), repaired);
    },
    feedIncidents: (first) => stretches.incidents(first, limits.pages.incidentStretches),
    chartOf: (tradeId) => charts.load({ tradeId, withCandles: true }),
    extremesOf: async (tradeId) => (await charts.load({ tradeId, withCandles: false }))?.extremes ?? null,
    benchmarkCloses: (from, to) => dailyCloses.since(from, to),
    symbolStatus: (marketType, symbol) => symbolList.get(marketType, symbol)?.status,
    priceDecimals: (marketType, symbol) => decimalsOf(symbolList.get(marketType, symbol)?.tickSize),
    openSymbols: async () =>
      (await trackRecord.moment(tail.position).of(null)).openPositions().positions.map(({ marketType, symbol }) => ({
        marketType: marketType as MarketType,
        symbol,
      })),
    feeds: () => markets.feeds(),
    onFeeds: (changed) => {
      const cancels = [markets.onFeeds(changed), priceBoard.onMove(changed)];
      return () => cancels.forEach((cancel) => cancel());
    },
    pricesAreSimulated: config.simulatedPrices,
    liveLimits: limits.live,
    maxSymbolsPerRequest: limits.live.maxSymbolsPerRequest,
    settings: {
      positionSize: rules.positionSize,
      feeRateSpot: rules.feeRates.SPOT,
      feeRateFutures: rules.feeRates.FUTURES,
      capitalBase: config.capitalBase,
      notice: config.notice ?? null,
      startedAt: () => performance.firstSignalAt(),
    },
  };
  // What an answer costs beyond its rows is known only when it is made; it is charged to who was first to ask.
  const costPerThousand = { read: limits.api.costPerThousandRead, interval: limits.api.costPerThousandInIntervals };
  const contextOf = (bearer: string | null, request: IncomingMessage | undefined): Context => {
    const moment = trackRecord.moment(undefined, (what, trades) => {
      if (request) budget.charge(visitors.of(request), Math.ceil((trades * costPerThousand[what]) / 1_000));
    });
    return {
      ...context,
      moment,
      knownCounts: (filter) => moment.known(filter)?.then(({ totalTrades, signals }) => ({ trades: totalTrades, signals: signals.total })),
      authenticate: () => senders.authenticate(bearer, request),
    };
  };
  const api = createApi(contextOf, { limits: { ...limits.api, ...limits.events }, budget, visitors, clock, newId, log });
  const writers = new SocketWriters(clock, setImmediate, limits.sockets);
  const sockets = new SubscriptionSockets({
    engine: api,
    writers,
    limits: limits.sockets,
    clock,
    log,
    admit: senders.admit,
    callerOf: (request) => ({ visitor: visitors.of(request) }),
  });
  const routes = graphqlRoutes({ api, sockets, holdStream: senders.holdStream, writers, budget, visitors, clock, limits });
  return {
    services: [recent, answerCounter, told, storedSymbols, ...senders.services, writers, sockets],
    markets,
    graphql: composePlayground(foundation, routes.graphql, budget),
    graphqlUpgrade: routes.graphqlUpgrade,
    endpoints: [...composeDownloads(foundation, () => records.head(), budget), senders.hooks],
  };
}

/** "0.0100" → 2, "1" → 0. */
function decimalsOf(tickSize: string | null | undefined): number | undefined {
  return tickSize?.replace(/0+$/, '').split('.')[1]?.length ?? (tickSize ? 0 : undefined);
}
