import type { Clock } from '../kernel/clock.ts';
import { Decimal } from '../kernel/decimal.ts';
import { isUuid } from '../kernel/ids.ts';
import type { NewId } from '../kernel/ids.ts';
import type { RecordEvent } from '../record/event.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { Direction } from '../trades/trade.ts';
import { newTrade } from './accept-signal.ts';
import type { Market, NewTrade } from './accept-signal.ts';
import { checkNotReached, checkQuantity, checkSymbol } from './check-signal.ts';
import { refuse } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import { leftOutReason } from './signal.ts';
import type { SignalRules } from './signal.ts';

/** What a change needs to know of a stored signal. */
export interface StoredSignal {
  readonly id: string;
  readonly botId: string;
  readonly symbol: string;
  readonly marketType: MarketType;
  readonly direction: Direction;
  readonly entryPrice: Decimal;
  readonly takeProfit: Decimal;
  readonly stopLoss: Decimal;
  readonly confidence: number;
  readonly expiresAt: Date | null;
}

export interface PendingSignalStore {
  findSignal(id: string): Promise<StoredSignal | null>;
  /** Moves a PENDING signal to ACTIVE and opens its trade, if it gets one. Answers its events: none when it is not PENDING any more. */
  activate(signalId: string, trade: NewTrade | null, leftOutReason: string | null, at: Date): Promise<RecordEvent[]>;
  /** Moves a PENDING signal to CANCELLED. Answers its event: none when it is not PENDING any more. */
  cancel(signalId: string, at: Date): Promise<RecordEvent[]>;
}

/** Activates or cancels a bot's own pending signals. An empty list of refusals means that it was done. */
export class ChangeSignal {
  readonly #store: PendingSignalStore;
  readonly #market: Market;
  readonly #rules: SignalRules;
  readonly #clock: Clock;
  readonly #newId: NewId;
  readonly #announce: (events: readonly RecordEvent[]) => void;

  constructor(
    store: PendingSignalStore,
    market: Market,
    rules: SignalRules,
    clock: Clock,
    newId: NewId,
    announce: (events: readonly RecordEvent[]) => void,
  ) {
    this.#store = store;
    this.#market = market;
    this.#rules = rules;
    this.#clock = clock;
    this.#newId = newId;
    this.#announce = announce;
  }

  /** The trade opens now, at the signal's entry price. */
  async activate(botId: string, signalId: string): Promise<readonly Refusal[]> {
    const signal = await this.#own(botId, signalId);
    if (!signal) return [refuse(['id'], 'SIGNAL_NOT_FOUND')];
    await this.#market.refresh(signal.marketType, signal.symbol);
    const now = this.#clock.now();
    if (signal.expiresAt && signal.expiresAt <= now) return [refuse(['id'], 'EXPIRY_IN_THE_PAST')];
    const { marketType, symbol } = signal;
    const listKnown = this.#market.isListKnown(marketType); // the exchange may have halted or ended the symbol meanwhile
    const info = this.#market.symbolInfo(marketType, symbol);
    const fresh = this.#market.freshPrice(marketType, symbol, this.#rules.maxPriceAgeMs);
    const marketPrice = fresh === undefined ? null : new Decimal(fresh);
    const reason = leftOutReason(signal, this.#rules);
    const refusals = [
      ...checkSymbol(marketType, symbol, info, listKnown, this.#rules.quoteAssets),
      ...(marketPrice ? checkNotReached(signal, marketPrice) : []),
      ...(reason === null ? checkQuantity(this.#rules.positionSize, signal.entryPrice) : []), // the size may be another one by now
    ];
    if (refusals.length > 0) return refusals.map(({ code, message }) => ({ field: ['id'], code, message }));

    const trade = reason === null ? newTrade(this.#newId(), signal, this.#rules, now, marketPrice, this.#market) : null;
    return this.#done(await this.#store.activate(signal.id, trade, reason, now));
  }

  async cancel(botId: string, signalId: string): Promise<readonly Refusal[]> {
    const signal = await this.#own(botId, signalId);
    if (!signal) return [refuse(['id'], 'SIGNAL_NOT_FOUND')];
    return this.#done(await this.#store.cancel(signal.id, this.#clock.now()));
  }

  async #own(botId: string, signalId: string): Promise<StoredSignal | null> {
    if (!isUuid(signalId)) return null;
    const signal = await this.#store.findSignal(signalId);
    return signal && signal.botId === botId ? signal : null;
  }

  #done(events: readonly RecordEvent[]): readonly Refusal[] {
    if (events.length === 0) return [refuse(['id'], 'SIGNAL_NOT_PENDING')];
    this.#announce(events);
    return [];
  }
}
