import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import type { RecordEvent } from '../record/event.ts';
import type { Candle, CandleUse } from '../ticks/candle.ts';
import type { MarketWatch } from '../ticks/market-watch.ts';
import { isAfter, symbolKey } from '../ticks/tick.ts';
import type { MarketType, StreamPoint, SymbolKey, Tick } from '../ticks/tick.ts';
import type { TradeRow } from '../trades/rows.ts';
import { closureOf } from './closure.ts';
import type { Evidence } from './closure.ts';
import { ClosureWriter } from './closure-writer.ts';
import type { ClosureSink, ClosureWriterLimits } from './closure-writer.ts';
import { CursorSaver } from './cursor-saver.ts';
import type { CursorSink } from './cursor-saver.ts';
import { lastPriceFor } from './last-price.ts';
import { StretchRecorder } from './stretches.ts';
import { earliestPoint, startPoint } from './start-point.ts';
import type { Cursor, OpenedTrade } from './start-point.ts';
import { WatchList } from './watch-list.ts';
import { watchedTrade } from './watched-trade.ts';
import type { WatchedTrade } from './watched-trade.ts';

export interface ClosingLimits extends ClosureWriterLimits {
  /** How often the symbols' cursors are saved: at most this much of the stream is applied again after a crash. */
  readonly cursorSaveIntervalMs: number;
}

export interface OpenTrade {
  readonly row: TradeRow;
  /** The sequence of the event that told of its opening. */
  readonly openedSequence: bigint;
}

export interface ClosingStore extends ClosureSink, CursorSink {
  openTrades(): Promise<OpenTrade[]>;
  cursors(): Promise<Map<SymbolKey, Cursor>>;
}

export interface TradeAnnouncements {
  onEvent(listener: (event: RecordEvent) => void): Cancel;
  /** Says what was just written to the record. */
  wrote(events: readonly RecordEvent[]): void;
  /** The newest sequence that was told of, or was there at the start. */
  readonly position: bigint;
}

interface WatchedSymbol {
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly list: WatchList;
  /** Where its stream was taken up. */
  from: StreamPoint;
  /** Trades that are catching up with what happened between their point and now. */
  readonly joining: Set<string>;
  /** The newest applied tick; its own memory, as the feeds stop before the last save. */
  newest: Tick | null;
  savedTradeId: number;
  /** The newest price that was seen: a tick's, a candle's close, or what an earlier run applied last; null where there was none. */
  last: Evidence | null;
  readonly stretches: StretchRecorder;
}

/**
 * Watches every open trade and closes it at the first tick that reaches one of its levels. Trades come from the record
 * (at start, and as they are opened); ticks come from the markets; closures go to the database.
 */
export class Closing implements Service, CandleUse {
  readonly name = 'closing';
  readonly #store: ClosingStore;
  readonly #record: TradeAnnouncements;
  readonly #markets: Readonly<Record<MarketType, MarketWatch>>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: ClosingLimits;
  readonly #writer: ClosureWriter;
  readonly #saver: CursorSaver;
  readonly #symbols = new Map<SymbolKey, WatchedSymbol>();
  readonly #cancels: Cancel[] = [];
  /** The newest sequence of which it was told, or which was there when it began. */
  #followed = 0n;
  #stopped = false;

  constructor(
    store: ClosingStore,
    record: TradeAnnouncements,
    markets: Readonly<Record<MarketType, MarketWatch>>,
    clock: Clock,
    log: Log,
    limits: ClosingLimits,
  ) {
    this.#store = store;
    this.#record = record;
    this.#markets = markets;
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    this.#writer = new ClosureWriter(store, clock, log, limits, (events) => record.wrote(events));
    this.#saver = new CursorSaver(store, log);
  }

  /** Takes up every open trade again; then follows the record. */
  async start(): Promise<void> {
    const meanwhile: RecordEvent[] = [];
    let follow = (event: RecordEvent): void => void meanwhile.push(event);
    this.#cancels.push(this.#record.onEvent((event) => follow(event)));
    this.#followed = this.#record.position;

    const [rows, cursors] = await Promise.all([this.#store.openTrades(), this.#store.cursors()]);
    const trades = rows.map(({ row, openedSequence }) => ({ ...watchedTrade(row), openedSequence }));
    const bySymbol = Map.groupBy(trades, (trade) => symbolKey(trade.marketType, trade.symbol));
    for (const [key, ofSymbol] of bySymbol) this.#takeUp(key, ofSymbol, cursors.get(key));
    if (rows.length > 0) this.#log.info({ trades: rows.length, symbols: bySymbol.size }, 'open trades are watched again');

    follow = (event) => this.#follow(event);
    meanwhile.forEach(follow);
    this.#cancels.push(this.#clock.every(this.#limits.cursorSaveIntervalMs, () => this.#saveCursors()));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancels.splice(0)) cancel();
    await this.#writer.stop();
    this.#saveCursors();
    await this.#saver.settled();
  }

  /** Applies one tick. Per symbol, ticks must come in id order, each once. */
  onTick(tick: Tick): void {
    const key = symbolKey(tick.marketType, tick.symbol);
    const watched = this.#symbols.get(key);
    if (!watched) return;
    watched.newest = tick;
    watched.last = tick;
    watched.stretches.tick(tick);
    this.#applyTo(watched.list, key, tick);
    this.#letGoIfIdle(key, watched);
  }

  matters(candle: Candle): boolean {
    return this.#symbols.get(symbolKey(candle.marketType, candle.symbol))?.list.matters(candle) ?? false;
  }

  /** Applies a candle in place of its ticks, in time order among them. */
  take(candle: Candle): void {
    const key = symbolKey(candle.marketType, candle.symbol);
    const watched = this.#symbols.get(key);
    if (!watched) return;
    watched.stretches.candle(candle);
    if (candle.closeTimeMs >= (watched.last?.timeMs ?? 0))
      watched.last = { id: null, price: candle.close, timeMs: candle.closeTimeMs, source: 'CANDLE' };
    for (const touch of watched.list.applyCandle(candle)) this.#writer.add(key, closureOf(touch, touch.evidence));
    this.#letGoIfIdle(key, watched);
  }

  /**
   * Closes the trades of a symbol that the exchange has stopped for good, at the last traded price that is known. What may have been
   * traded after it cannot be asked for any more.
   */
  onDelisted(marketType: MarketType, symbol: string): void {
    const key = symbolKey(marketType, symbol);
    const watched = this.#symbols.get(key);
    if (!watched) return;
    for (const trade of watched.list.takeAll())
      this.#writer.add(key, closureOf({ trade, happening: 'SYMBOL_DELISTED' }, lastPriceFor(trade, watched.last)));
    this.#letGoIfIdle(key, watched);
  }

  #takeUp(key: SymbolKey, trades: (WatchedTrade & OpenedTrade)[], cursor: Cursor | undefined): void {
    const [first] = trades;
    if (!first) return;
    const watched = this.#watchedSymbol(key, first, startPoint(trades, cursor), cursor);
    for (const trade of trades) watched.list.add(trade);
    this.#markets[first.marketType].watch(first.symbol, watched.from);
  }

  #follow(event: RecordEvent): void {
    this.#followed = event.sequence;
    if (event.kind === 'TradeOpened' && event.trade.status === 'OPEN') this.#watch(watchedTrade(event.trade));
    if (event.kind === 'TradeClosed') this.#forget(symbolKey(event.trade.marketType as MarketType, event.trade.symbol), event.trade.id);
  }

  #watch(trade: WatchedTrade): void {
    const key = symbolKey(trade.marketType, trade.symbol);
    const known = this.#symbols.get(key);
    if (!known) {
      this.#watchedSymbol(key, trade, trade.from).list.add(trade);
      this.#markets[trade.marketType].watch(trade.symbol, trade.from);
    } else if (!known.list.has(trade.id) && !known.joining.has(trade.id)) {
      this.#join(key, known, trade, trade.from);
    }
  }

  /**
   * Lets a trade join a symbol whose stream is already past `since`: while its signal was being stored, ticks went by. They
   * are applied to this trade alone, first, so that the first touch in id order decides.
   */
  #join(key: SymbolKey, watched: WatchedSymbol, trade: WatchedTrade, since: StreamPoint): void {
    const market = this.#markets[trade.marketType];
    const newest = market.position(trade.symbol)?.lastTick;
    if (!newest || !isAfter(newest, since)) {
      watched.list.add(trade);
      if (!newest) this.#takeUpEarlier(watched, since);
      return;
    }
    const recent = market.recentAfter(trade.symbol, since);
    if (recent) {
      if (!this.#isClosedBy(key, trade, recent)) watched.list.add(trade);
      return;
    }
    watched.joining.add(trade.id);
    market
      .fetchAfter(trade.symbol, since, newest.id)
      .then((ticks) => {
        watched.joining.delete(trade.id);
        if (this.#stopped) return;
        if (this.#isClosedBy(key, trade, ticks)) this.#letGoIfIdle(key, watched);
        else this.#join(key, watched, trade, { afterTradeId: newest.id, fromTimeMs: newest.timeMs });
      })
      .catch((error: unknown) => {
        // Only a stopping feed gives up; the trade is taken up again at the next start.
        if (!this.#stopped) this.#log.error({ err: error, tradeId: trade.id }, 'a trade could not catch up with its symbol');
      });
  }

  /**
   * Signals received at the same time may be stored in another order, so the trade that had the symbol's stream taken up need
   * not be the one that it must begin with. Nothing was delivered yet: it is taken up anew, from the earlier point.
   */
  #takeUpEarlier(watched: WatchedSymbol, since: StreamPoint): void {
    const from = earliestPoint([watched.from, since]);
    const isSame =
      from.afterTradeId === watched.from.afterTradeId && (from.afterTradeId !== null || from.fromTimeMs >= watched.from.fromTimeMs);
    if (isSame) return;
    watched.from = from;
    const market = this.#markets[watched.marketType];
    market.unwatch(watched.symbol);
    market.watch(watched.symbol, from);
  }

  #isClosedBy(key: SymbolKey, trade: WatchedTrade, ticks: readonly Tick[]): boolean {
    const alone = new WatchList();
    alone.add(trade);
    for (const tick of ticks) if (alone.size > 0) this.#applyTo(alone, key, tick);
    return alone.size === 0;
  }

  #applyTo(list: WatchList, key: SymbolKey, tick: Tick): void {
    for (const touch of list.apply(tick)) this.#writer.add(key, closureOf(touch, tick));
  }

  #forget(key: SymbolKey, tradeId: string): void {
    const watched = this.#symbols.get(key);
    if (!watched) return;
    watched.list.remove(tradeId);
    this.#letGoIfIdle(key, watched);
  }

  #letGoIfIdle(key: SymbolKey, watched: WatchedSymbol): void {
    if (watched.list.size > 0 || watched.joining.size > 0) return;
    this.#takeStretches(watched);
    if (this.#symbols.delete(key)) this.#markets[watched.marketType].unwatch(watched.symbol);
  }

  #watchedSymbol(key: SymbolKey, { marketType, symbol }: WatchedTrade, from: StreamPoint, cursor?: Cursor): WatchedSymbol {
    const watched: WatchedSymbol = {
      marketType,
      symbol,
      from,
      list: new WatchList(),
      joining: new Set(),
      newest: null,
      savedTradeId: -1,
      last: cursor ? { id: cursor.lastTradeId, price: cursor.lastPrice, timeMs: cursor.lastTimeMs, source: 'BACKFILL' } : null,
      stretches: new StretchRecorder(Math.max(from.fromTimeMs, cursor?.lastTimeMs ?? 0), cursor?.lastTradeId),
    };
    this.#symbols.set(key, watched);
    return watched;
  }

  #takeStretches({ marketType, symbol, stretches }: WatchedSymbol): void {
    this.#saver.keep(stretches.take().map((stretch) => ({ ...stretch, marketType, symbol })));
  }

  /**
   * A cursor may pass a tick only when everything that the tick decided is durable, and only together with the note that the
   * tick was looked up afterwards, if it was.
   */
  #saveCursors(): void {
    const moved: { watched: WatchedSymbol; newest: Tick }[] = [];
    for (const [key, watched] of this.#symbols) {
      this.#takeStretches(watched);
      const { newest } = watched;
      if (!newest || newest.id <= watched.savedTradeId || watched.joining.size > 0 || this.#writer.isPending(key)) continue;
      watched.savedTradeId = newest.id;
      moved.push({ watched, newest });
    }
    const ticks = moved.map(({ newest }) => newest);
    // A cursor speaks for the trades that were told of, and so are watched; not for one that is stored and not read yet, nor for
    // what the record tells others after this has stopped to listen.
    const moment = { at: this.#clock.now(), recordSequence: this.#followed };
    this.#saver.save(ticks, moment, () => {
      for (const { watched } of moved) watched.savedTradeId = -1;
    });
  }
}
