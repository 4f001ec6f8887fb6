import { createApi, isEventStream } from '../graphql/api.ts';
import type { Context } from '../graphql/builder.ts';
import { ClosuresStore } from '../closures/closures.store.ts';
import { Closing } from '../closures/closing.ts';
import { CSV, JSON_DOCUMENT } from '../performance/export-format.ts';
import type { ExportFormat } from '../performance/export-format.ts';
import { Exports } from '../performance/export.feed.ts';
import { ExportStore } from '../performance/export.store.ts';
import { PerformanceStore } from '../performance/performance.store.ts';
import { TrackRecord } from '../performance/track-record.ts';
import { RecentEvents } from '../record/recent-events.ts';
import { RecordStore } from '../record/record.store.ts';
import { RecordTail } from '../record/record-tail.ts';
import { AcceptSignal } from '../signals/accept-signal.ts';
import type { Market } from '../signals/accept-signal.ts';
import { AnswerCounter } from '../signals/answer-counter.ts';
import { AnswersStore } from '../signals/answers.store.ts';
import { BotsStore } from '../signals/bots.store.ts';
import { ChangeSignal } from '../signals/change-signal.ts';
import { SignalsStore } from '../signals/signals.store.ts';
import { eventStreamOutlet } from '../subscribers/event-stream-outlet.ts';
import { SocketWriters } from '../subscribers/socket-writers.ts';
import { cutWhenStalled } from '../subscribers/stalled-response.ts';
import { SubscriptionSockets } from '../subscribers/websocket.feed.ts';
import { BinanceFeed } from '../ticks/binance.feed.ts';
import { PriceBoard } from '../ticks/price-board.ts';
import { SymbolList } from '../ticks/symbol-list.ts';
import type { MarketType } from '../ticks/tick.ts';
import { StretchesStore } from '../trades/stretches.store.ts';
import { TradesStore } from '../trades/trades.store.ts';
import { watchStretches } from '../trades/watch-stretches.ts';
import type { Composition, Foundation } from './composition.ts';
import type { Endpoint } from './http.ts';
import { StartFault } from './start-fault.ts';

/** The way of a signal, from top to bottom: accepted and recorded, followed by the record's tail, watched, closed, told to subscribers. */
export async function compose({ config, log, clock, newId, randomBytes, database }: Foundation): Promise<Composition> {
  const { prisma } = database;
  const { limits, rules } = config;

  const records = new RecordStore(prisma);
  const wanted = config.simulatedPrices ? 'SIMULATOR' : 'EXCHANGE';
  const source = await records.claimSource(wanted);
  if (source !== wanted) {
    const [was, is] = source === 'SIMULATOR' ? ['simulated prices', 'the exchange’s'] : ['the exchange’s prices', 'simulated ones'];
    throw new StartFault(`this record was begun with ${was} and cannot go on with ${is}: set DATA_DIR or DATABASE_URL to another place`);
  }
  const tail = new RecordTail(records, clock, log, limits.record);
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
  const announce = (): void => tail.wake();

  const priceBoard = new PriceBoard(clock);
  const symbolList = new SymbolList();
  const random = (): number => new DataView(randomBytes(4).buffer).getUint32(0) / 2 ** 32;
  const feedOf = (marketType: MarketType): BinanceFeed =>
    new BinanceFeed({
      marketType,
      wsBaseUrl: config.exchange[marketType].ws,
      restBaseUrl: config.exchange[marketType].rest,
      limits: limits.feed,
      clock,
      random,
      log,
      priceBoard,
      symbolList,
      onTick: (tick) => closing.onTick(tick),
      candles: { matters: (candle) => closing.matters(candle), take: (candle) => closing.take(candle) },
      onDelisted: (symbol) => closing.onDelisted(marketType, symbol),
    });
  const feeds = { SPOT: feedOf('SPOT'), FUTURES: feedOf('FUTURES') };
  const closing = new Closing(new ClosuresStore(prisma), tail, feeds, clock, log, limits.closing);

  const market: Market = {
    isListKnown: (marketType) => symbolList.isKnown(marketType),
    symbolInfo: (marketType, symbol) => symbolList.get(marketType, symbol),
    freshPrice: (marketType, symbol, maxAgeMs) => priceBoard.getFresh(marketType, symbol, maxAgeMs)?.price,
    lastTradeId: (marketType, symbol) => {
      const position = feeds[marketType].position(symbol);
      return position?.inSync ? (position.lastTick?.id ?? null) : null;
    },
  };
  const signals = new SignalsStore(prisma);
  const answers = new AnswersStore(prisma);
  const answerCounter = new AnswerCounter(answers, clock, log, limits.answers);
  const bots = new BotsStore(prisma);
  const stretches = new StretchesStore(prisma);
  const performance = new PerformanceStore(prisma);
  const trackRecord = new TrackRecord(performance, () => records.head(), priceBoard, clock, {
    capitalBase: config.capitalBase,
    ...limits.trackRecord,
  });

  const shared: Omit<Context, 'authenticate' | 'moment' | 'knownCounts'> = {
    prisma,
    clock,
    trackRecord,
    trades: new TradesStore(prisma, limits.pages),
    acceptSignal: new AcceptSignal(signals, market, rules, clock, newId, announce, (botId, answer) => answerCounter.count(botId, answer)),
    changeSignal: new ChangeSignal(signals, market, rules, clock, newId, announce),
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
      const position = feeds[marketType].position(trade.symbol);
      const knownUntil = !position || position.inSync ? clock.now() : new Date(position.lastTick?.timeMs ?? trade.entryTime);
      const until = trade.exitTime ?? knownUntil;
      const repaired = await stretches.repaired(marketType, trade.symbol, trade.entryTime, until);
      return watchStretches(trade.entryTime.getTime(), until.getTime(), repaired);
    },
    symbolStatus: (marketType, symbol) => symbolList.get(marketType, symbol)?.status,
    priceDecimals: (marketType, symbol) => decimalsOf(symbolList.get(marketType, symbol)?.tickSize),
    openSymbols: async () =>
      (await trackRecord.moment(tail.position).of(null)).openPositions().positions.map(({ marketType, symbol }) => ({
        marketType: marketType as MarketType,
        symbol,
      })),
    feeds: () => [feeds.SPOT.status(), feeds.FUTURES.status()],
    onFeeds: (changed) => {
      const cancels = [feeds.SPOT.onStatus(changed), feeds.FUTURES.onStatus(changed), priceBoard.onMove(changed)];
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
      startedAt: () => performance.firstSignalAt(),
    },
  };
  const contextOf = (bearer: string | null): Context => {
    const moment = trackRecord.moment();
    return {
      ...shared,
      moment,
      knownCounts: (filter) => moment.known(filter)?.then(({ totalTrades, signals }) => ({ trades: totalTrades, signals: signals.total })),
      authenticate: () => (bearer === null ? Promise.resolve(null) : bots.findByToken(bearer)),
    };
  };
  const exportStore = new ExportStore(prisma);
  const exporting = new Exports({ head: () => records.head(), window: (...asked) => exportStore.window(...asked) }, clock, limits.exports);
  const download = (path: string, format: ExportFormat): Endpoint => ({
    path,
    handle: (request, response) => {
      cutWhenStalled(response, clock, limits.exports.stalledMs);
      return exporting.answer(format, request, response);
    },
  });
  const api = createApi(contextOf, { ...limits.api, ...limits.events }, newId, log);
  const writers = new SocketWriters(clock, setImmediate, limits.sockets);
  const sockets = new SubscriptionSockets(api, writers, clock, limits.sockets);

  return {
    // The feeds come last: what they deliver is already waited for.
    services: [answerCounter, tail, recent, closing, feeds.SPOT, feeds.FUTURES, writers, sockets],
    graphql: (request, response) => {
      if (!isEventStream(request)) return api(request, response);
      cutWhenStalled(response, clock, limits.sockets.stalledStreamMs);
      return api(request, response, { outlet: eventStreamOutlet(request.headers.accept, response, writers) });
    },
    graphqlUpgrade: sockets.upgrade,
    endpoints: [download('/bot-performance/export.csv', CSV), download('/bot-performance/export.json', JSON_DOCUMENT)],
    notReady: () => undefined,
  };
}

/** "0.0100" → 2, "1" → 0. */
function decimalsOf(tickSize: string | null | undefined): number | undefined {
  return tickSize?.replace(/0+$/, '').split('.')[1]?.length ?? (tickSize ? 0 : undefined);
}
