import { CandleKeeper } from '../candles/candle-keeper.ts';
import { DailyClosesStore } from '../candles/daily-closes.store.ts';
import { TradeCandlesStore } from '../candles/trade-candles.store.ts';
import { ClosuresStore } from '../closures/closures.store.ts';
import { Closing } from '../closures/closing.ts';
import type { TradeAnnouncements } from '../closures/closing.ts';
import type { Cancel } from '../kernel/clock.ts';
import type { Service } from '../kernel/service.ts';
import { BinanceFeed } from '../ticks/binance.feed.ts';
import { MarketTeller } from '../ticks/market-teller.ts';
import { OwnMarkets } from '../ticks/own-markets.ts';
import type { SymbolList } from '../ticks/symbol-list.ts';
import { SymbolListsStore } from '../ticks/symbol-lists.store.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { Shared } from './compose-shared.ts';
import type { Foundation } from './composition.ts';
import { Leadership } from './leadership.ts';

/**
 * The worker: waits for the lead and, while it has it, follows the markets, closes trades, and tells the other processes. `follow` is
 * called while this process follows the markets itself.
 */
export function composeWorker(foundation: Foundation, shared: Shared, follow: (markets: OwnMarkets) => Cancel): Leadership {
  const { config, clock, log, database } = foundation;
  const { bus, tail, announce, symbolList, priceBoard } = shared;
  const record: TradeAnnouncements = {
    onEvent: (listener) => tail.onEvent(listener),
    wrote: announce,
    get position() {
      return tail.position;
    },
  };
  let teller: MarketTeller | undefined;
  bus.onMessage((message) => {
    if (message.kind === 'LISTENING') teller?.listenerHeard(message.all);
    if (message.kind === 'ASK' && teller) bus.publish({ kind: 'QUOTE', quote: teller.quote(message.question) });
  });

  const begin = (term: number): Service[] => {
    const feeds = { SPOT: feedOf('SPOT'), FUTURES: feedOf('FUTURES') };
    const closing = new Closing(new ClosuresStore(database.prisma, term), record, feeds, clock, log, config.limits.closing);
    function feedOf(marketType: MarketType): BinanceFeed {
      return new BinanceFeed({
        marketType,
        wsBaseUrl: config.exchange[marketType].ws,
        restBaseUrl: config.exchange[marketType].rest,
        limits: config.limits.feed,
        clock,
        random: randomOf(foundation),
        log,
        priceBoard,
        symbolList,
        onTick: (tick) => closing.onTick(tick),
        candles: { matters: (candle) => closing.matters(candle), take: (candle) => closing.take(candle) },
        onDelisted: (symbol) => closing.onDelisted(marketType, symbol),
      });
    }
    const markets = new OwnMarkets(feeds, clock);
    const tellerOfTerm = new MarketTeller({
      term,
      markets,
      priceBoard,
      clock,
      intervalMs: config.limits.bus.pricesIntervalMs,
      tell: (news) => bus.publish({ kind: 'NEWS', news }),
    });
    const candleKeeper = new CandleKeeper({
      candles: new TradeCandlesStore(database.prisma),
      closes: new DailyClosesStore(database.prisma),
      klines: (marketType, ...asked) => feeds[marketType].klines(...asked),
      clock,
      log,
      limits: config.limits.candles,
    });
    // The feeds come after the closing: what they deliver is already waited for.
    return [
      during('following', () => follow(markets)),
      during('symbols', () => storeSymbols(foundation, symbolList)),
      closing,
      feeds.SPOT,
      feeds.FUTURES,
      candleKeeper,
      tellerOfTerm,
      during('answering', () => {
        teller = tellerOfTerm;
        return () => (teller = undefined);
      }),
    ];
  };
  return new Leadership({ url: database.url, limits: config.limits.leadership, clock, log, begin });
}

function storeSymbols({ database, log }: Foundation, symbolList: SymbolList): Cancel {
  const store = new SymbolListsStore(database.prisma);
  return symbolList.onReplace((marketType) => {
    store
      .save(marketType, symbolList.all(marketType))
      .catch((error: unknown) => log.warn({ err: error, marketType }, 'the symbols could not be stored; the next list will be'));
  });
}

function randomOf({ randomBytes }: Foundation): () => number {
  return () => new DataView(randomBytes(4).buffer).getUint32(0) / 2 ** 32;
}

/** A service that is nothing but what begins and what ends it. */
function during(name: string, begin: () => Cancel): Service {
  let end: Cancel = () => {};
  return {
    name,
    start: async () => void (end = begin()),
    stop: async () => end(),
  };
}
