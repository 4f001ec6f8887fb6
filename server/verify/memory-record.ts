import type { Closure } from '../src/closures/closure.ts';
import type { ClosingStore, OpenTrade, TradeAnnouncements } from '../src/closures/closing.ts';
import type { CursorMoment, SymbolStretch } from '../src/closures/cursor-saver.ts';
import type { Cursor } from '../src/closures/start-point.ts';
import type { Cancel } from '../src/kernel/clock.ts';
import { Decimal } from '../src/kernel/decimal.ts';
import type { RecordEvent } from '../src/record/event.ts';
import { symbolKey } from '../src/ticks/tick.ts';
import type { MarketType, SymbolKey, Tick } from '../src/ticks/tick.ts';
import { quantityFor } from '../src/trades/opening.ts';
import type { TradeRow } from '../src/trades/rows.ts';
import type { OracleTrade } from './oracle.ts';

export interface NewTrade extends OracleTrade {
  readonly id: string;
  readonly marketType: MarketType;
  readonly symbol: string;
  readonly entryPrice: string;
  /** By the host's clock. */
  readonly entryTimeMs: number;
  /** As the product knew it, else null. */
  readonly exchangeTimeMs: number | null;
}

export interface StoredTrade extends NewTrade {
  readonly quantity: string;
  readonly feeRate: string;
  readonly row: TradeRow;
  readonly openedSequence: bigint;
  /** Set once. */
  closure: Closure | null;
  /** How often its row was changed: 1 at most. */
  changes: number;
}

export const POSITION_SIZE = '100';
const FEE_RATES: Readonly<Record<MarketType, string>> = { SPOT: '0.001', FUTURES: '0.0005' };
const SIZE = new Decimal(POSITION_SIZE);

const prices = new Map<string, Decimal>();

function priceOf(text: string): Decimal {
  let price = prices.get(text);
  if (!price) prices.set(text, (price = new Decimal(text)));
  return price;
}

const quantities = new Map<string, Decimal>();

/** Entry prices come again and again, and a division to 100 digits takes its time. */
function quantityOf(entryPrice: string): Decimal {
  let quantity = quantities.get(entryPrice);
  if (!quantity) quantities.set(entryPrice, (quantity = quantityFor(SIZE, priceOf(entryPrice))));
  return quantity;
}

/**
 * Signals, trades, events and cursors in memory, by the database's rules: a signal and its trade are one transaction, a trade
 * closes only while it is open, every change is one event in the same transaction, numbered without holes, and a cursor never
 * moves back. It outlives the workers, each of which speaks to it through a session of its own.
 */
export class MemoryRecord {
  readonly trades = new Map<string, StoredTrade>();
  /** Kinds in order; the sequence of an event is its place, from 1. */
  readonly events: { readonly kind: 'TradeOpened' | 'TradeClosed'; readonly tradeId: string }[] = [];
  readonly cursors = new Map<SymbolKey, Cursor>();
  readonly stretches: SymbolStretch[] = [];
  /** Called with each trade that has just been closed. */
  onClosed: (trade: StoredTrade) => void = () => {};

  open(trade: NewTrade): StoredTrade {
    const { id, marketType, symbol, direction, entryTimeMs, exchangeTimeMs, expiresAtMs, afterId } = trade;
    const entryPrice = priceOf(trade.entryPrice);
    const quantity = quantityOf(trade.entryPrice);
    const feeRate = FEE_RATES[marketType];
    const row = {
      id,
      marketType,
      symbol,
      direction,
      status: 'OPEN',
      entryPrice,
      takeProfit: priceOf(trade.takeProfit),
      stopLoss: priceOf(trade.stopLoss),
      quantity,
      positionSize: SIZE,
      feeRate: priceOf(feeRate),
      entryTime: new Date(entryTimeMs),
      expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs),
      marketPriceAtEntry: null,
      openedAfterTradeId: afterId === null ? null : BigInt(afterId),
      exchangeTimeAtEntry: exchangeTimeMs === null ? null : new Date(exchangeTimeMs),
    } as unknown as TradeRow;
    this.events.push({ kind: 'TradeOpened', tradeId: id });
    const openedSequence = BigInt(this.events.length);
    const stored: StoredTrade = { ...trade, quantity: quantity.toFixed(), feeRate, row, openedSequence, closure: null, changes: 0 };
    this.trades.set(id, stored);
    return stored;
  }

  /** One statement: all of the closures that still can be made, or none when it throws. */
  close(closures: readonly Closure[]): number {
    let closed = 0;
    for (const closure of closures) {
      const trade = this.trades.get(closure.tradeId);
      if (!trade || trade.closure) continue;
      trade.closure = closure;
      trade.changes += 1;
      this.events.push({ kind: 'TradeClosed', tradeId: trade.id });
      closed += 1;
      this.onClosed(trade);
    }
    return closed;
  }

  saveCursors(ticks: readonly Tick[], recordSequence: bigint, stretches: readonly SymbolStretch[]): void {
    this.stretches.push(...stretches);
    for (const { marketType, symbol, id, price, timeMs } of ticks) {
      const key = symbolKey(marketType, symbol);
      if ((this.cursors.get(key)?.lastTradeId ?? -1) <= id)
        this.cursors.set(key, { lastTradeId: id, lastPrice: price, lastTimeMs: timeMs, recordSequence });
    }
  }

  get openTrades(): StoredTrade[] {
    return [...this.trades.values()].filter(({ closure }) => closure === null);
  }
}

export interface SessionFaults {
  /** Called before a write takes effect; may wait, or throw as a lost database does. */
  beforeWrite?(): Promise<void> | void;
  /** True: the write takes effect, but its answer is lost. */
  loseAnswer?(): boolean;
  /** A planted bug: cursors are saved as if everything that is stored were told of. */
  readonly claimsUntold?: boolean;
}

/** One worker's connection to the record, and its tail of it. */
export class RecordSession implements ClosingStore, TradeAnnouncements {
  readonly #record: MemoryRecord;
  readonly #faults: SessionFaults;
  readonly #listeners = new Set<(event: RecordEvent) => void>();
  #told: number;
  #isDead = false;
  /** Database calls that wait for an answer. */
  underWay = 0;

  constructor(record: MemoryRecord, faults: SessionFaults = {}) {
    this.#record = record;
    this.#faults = faults;
    this.#told = record.events.length;
  }

  /** The process is gone: nothing that it asks for takes effect any more, and nothing is told to it. */
  kill(): void {
    this.#isDead = true;
    this.#listeners.clear();
  }

  onEvent(listener: (event: RecordEvent) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  wrote(): void {
    this.tell();
  }

  get position(): bigint {
    return BigInt(this.#told);
  }

  /** Tells the listeners of what they have not been told yet. */
  tell(): void {
    const { events, trades } = this.#record;
    while (!this.#isDead && this.#told < events.length) {
      const { kind, tradeId } = events[this.#told]!;
      this.#told += 1;
      const { row, closure } = trades.get(tradeId)!;
      const trade = kind === 'TradeClosed' ? ({ ...row, status: closure!.status } as TradeRow) : row;
      const event = { sequence: BigInt(this.#told), time: row.entryTime, kind, trade, signal: row } as unknown as RecordEvent;
      for (const listener of this.#listeners) listener(event);
    }
  }

  get untold(): number {
    return this.#record.events.length - this.#told;
  }

  openTrades(): Promise<OpenTrade[]> {
    return Promise.resolve(this.#record.openTrades);
  }

  cursors(): Promise<Map<SymbolKey, Cursor>> {
    return Promise.resolve(new Map(this.#record.cursors));
  }

  /** What is told of it comes by `tell`. */
  async close(closures: readonly Closure[], _at: Date): Promise<RecordEvent[]> {
    await this.#write(() => this.#record.close(closures));
    return [];
  }

  saveCursors(ticks: readonly Tick[], { recordSequence }: CursorMoment, stretches: readonly SymbolStretch[]): Promise<void> {
    const claimed = () => (this.#faults.claimsUntold ? BigInt(this.#record.events.length) : recordSequence);
    return this.#write(() => this.#record.saveCursors(ticks, claimed(), stretches));
  }

  isRefusal(): boolean {
    return false;
  }

  async #write<T>(effect: () => T): Promise<T> {
    this.underWay += 1;
    try {
      const wait = this.#faults.beforeWrite?.();
      if (wait) await wait;
      // Nobody is left to hear an answer.
      if (this.#isDead) return await new Promise<T>(() => {});
      const result = effect();
      if (this.#faults.loseAnswer?.()) throw new Error('the connection to the database was lost');
      return result;
    } finally {
      this.underWay -= 1;
    }
  }
}
