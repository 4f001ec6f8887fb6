import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import type { NewId } from '../kernel/ids.ts';
import type { RecordEvent } from '../record/event.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { SymbolInfo } from '../ticks/symbol-list.ts';
import { quantityFor } from '../trades/opening.ts';
import type { SignalRow } from '../trades/rows.ts';
import type { UnstoredAnswer } from './answer-counter.ts';
import { checkNotReached, checkQuantity, checkSignal, checkSymbol, sidesOf, storedSymbol } from './check-signal.ts';
import { refuse } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import { leftOutReason } from './signal.ts';
import type { SignalDraft, SignalInput, SignalRules } from './signal.ts';

/** What acceptance needs to know of the market. */
export interface Market {
  isListKnown(marketType: MarketType): boolean;
  symbolInfo(marketType: MarketType, symbol: string): SymbolInfo | undefined;
  /** Brings what is known of a symbol's price and stream up to date where another process follows it; gives up after a moment. */
  refresh(marketType: MarketType, symbol: string): Promise<void>;
  /** The newest market price if it is at most `maxAgeMs` old. */
  freshPrice(marketType: MarketType, symbol: string, maxAgeMs: number): string | undefined;
  /** The newest aggregate trade id while the symbol's stream is followed without a gap, else null. */
  lastTradeId(marketType: MarketType, symbol: string): number | null;
  /** The exchange's own time now where it is beyond doubt, ms since 1970 UTC; else null. */
  exchangeTimeMs(marketType: MarketType): number | null;
}

/** A signal ready to be stored. */
export interface NewSignal extends Omit<SignalDraft, 'entryPrice'> {
  readonly id: string;
  readonly botId: string;
  readonly contentHash: Uint8Array<ArrayBuffer>;
  readonly entryPrice: Decimal;
  readonly receivedAt: Date;
  readonly leftOutReason: string | null;
}

/** A paper trade ready to be stored with its signal, whose levels it copies. */
export interface NewTrade {
  readonly id: string;
  readonly positionSize: Decimal;
  readonly quantity: Decimal;
  readonly feeRate: Decimal;
  readonly entryTime: Date;
  readonly marketPriceAtEntry: Decimal | null;
  readonly openedAfterTradeId: number | null;
  /** The exchange's time at entry where the host's clock was off; null: the entry time is right as far as is known. */
  readonly exchangeTimeAtEntry: Date | null;
}

/** Storing is all or nothing: the signal, its trade and the events that tell of them. */
export interface SignalStore {
  /** Stores the signal and answers what the record tells of it: nothing when this bot's externalId is taken, and then nothing is stored. */
  insert(signal: NewSignal, trade: NewTrade | null): Promise<RecordEvent[]>;
  findByExternalId(botId: string, externalId: string): Promise<SignalRow | null>;
}

/** `signal` is as it was stored or, where it was received before, as it is now. */
export type Acceptance =
  | { readonly signal: SignalRow; readonly duplicate: boolean; readonly refusals: readonly [] }
  | { readonly signal: null; readonly duplicate: false; readonly refusals: readonly Refusal[] };

/** What `accept` would answer; `would` is what it would create, null where that is nothing. */
export interface Trial {
  readonly duplicate: boolean;
  readonly refusals: readonly Refusal[];
  readonly would: { readonly signal: NewSignal; readonly trade: NewTrade | null } | null;
}

type Judgement =
  | { readonly answer: Acceptance }
  | { readonly answer: null; readonly draft: SignalDraft; readonly signal: NewSignal; readonly trade: NewTrade | null };

/** Accepts a bot's signal once and opens its paper trade, or says everything that is wrong with it. */
export class AcceptSignal {
  readonly #store: SignalStore;
  readonly #market: Market;
  readonly #rules: SignalRules;
  readonly #clock: Clock;
  readonly #newId: NewId;
  readonly #announce: (events: readonly RecordEvent[]) => void;
  readonly #answered: (botId: string, answer: UnstoredAnswer) => void;

  /** `announce` is called after each commit with what it wrote to the record, `answered` for each signal that left no row: once, by its first refusal. */
  constructor(
    store: SignalStore,
    market: Market,
    rules: SignalRules,
    clock: Clock,
    newId: NewId,
    announce: (events: readonly RecordEvent[]) => void,
    answered: (botId: string, answer: UnstoredAnswer) => void,
  ) {
    this.#store = store;
    this.#market = market;
    this.#rules = rules;
    this.#clock = clock;
    this.#newId = newId;
    this.#announce = announce;
    this.#answered = answered;
  }

  async accept(botId: string, input: SignalInput): Promise<Acceptance> {
    const acceptance = await this.#accept(botId, input);
    const { duplicate, refusals } = acceptance;
    if (duplicate) this.#answered(botId, 'DUPLICATE');
    else if (refusals[0]) this.#answered(botId, refusals[0].code);
    return acceptance;
  }

  async #accept(botId: string, input: SignalInput): Promise<Acceptance> {
    const judged = await this.#judge(botId, input);
    if (judged.answer) return judged.answer;
    const { draft, signal, trade } = judged;
    const events = await this.#store.insert(signal, trade);
    if (events[0]) {
      this.#announce(events);
      return { signal: events[0].signal, duplicate: false, refusals: [] };
    }
    // Another call with the same externalId was faster.
    const winner = await this.#answerFromEarlier(botId, draft, signal.contentHash);
    if (!winner) throw new Error('an externalId was taken, yet no signal has it');
    return winner;
  }

  /** The same judgement of the same moment, with nothing stored and nothing announced. */
  async tryOut(botId: string, input: SignalInput): Promise<Trial> {
    const judged = await this.#judge(botId, input);
    if (judged.answer) return { duplicate: judged.answer.duplicate, refusals: judged.answer.refusals, would: null };
    return { duplicate: false, refusals: [], would: { signal: judged.signal, trade: judged.trade } };
  }

  async #judge(botId: string, input: SignalInput): Promise<Judgement> {
    const checked = checkSignal(input);
    if (!checked.ok) return { answer: refused([...checked.refusals, ...this.#symbolRefusals(input, checked.refusals)]) };
    const draft = checked.value;
    const contentHash = hashContent(draft);

    // A repeated externalId is answered before the clock and the market have a say: what was accepted stays accepted.
    const earlier = await this.#answerFromEarlier(botId, draft, contentHash);
    if (earlier) return { answer: earlier };

    await this.#market.refresh(draft.marketType, draft.symbol);
    const prepared = this.#prepare(botId, draft, contentHash, this.#clock.now());
    return 'refusals' in prepared ? { answer: refused(prepared.refusals) } : { answer: null, draft, ...prepared };
  }

  #checkSymbol(marketType: MarketType, symbol: string): Refusal[] {
    const listKnown = this.#market.isListKnown(marketType);
    return checkSymbol(marketType, symbol, this.#market.symbolInfo(marketType, symbol), listKnown, this.#rules.quoteAssets);
  }

  /** What the exchange says against the symbol of a signal that is refused anyhow, so that all faults are told at once. */
  #symbolRefusals({ marketType, symbol }: SignalInput, known: readonly Refusal[]): Refusal[] {
    return known.some(({ field }) => field[0] === 'symbol') ? [] : this.#checkSymbol(marketType, storedSymbol(symbol));
  }

  async #answerFromEarlier(botId: string, draft: SignalDraft, contentHash: Uint8Array): Promise<Acceptance | undefined> {
    if (draft.externalId === null) return undefined;
    const earlier = await this.#store.findByExternalId(botId, draft.externalId);
    if (!earlier) return undefined;
    if (Buffer.compare(earlier.contentHash, contentHash) !== 0) return refused([refuse(['externalId'], 'EXTERNAL_ID_CONFLICT')]);
    return { signal: earlier, duplicate: true, refusals: [] };
  }

  #prepare(
    botId: string,
    draft: SignalDraft,
    contentHash: Uint8Array<ArrayBuffer>,
    receivedAt: Date,
  ): { signal: NewSignal; trade: NewTrade | null } | { refusals: Refusal[] } {
    const { marketType, symbol, direction, takeProfit, stopLoss } = draft;
    const rules = this.#rules;
    const refusals = this.#checkSymbol(marketType, symbol);
    if (draft.expiresAt && draft.expiresAt <= receivedAt) refusals.push(refuse(['expiresAt'], 'EXPIRY_IN_THE_PAST'));
    if (draft.sentAt && draft.sentAt.getTime() > receivedAt.getTime() + rules.maxClockAheadMs)
      refusals.push(refuse(['sentAt'], 'SENT_AT_IN_THE_FUTURE', `It is ${receivedAt.toISOString()}.`));
    if (refusals.length > 0) return { refusals };

    const fresh = this.#market.freshPrice(marketType, symbol, rules.maxPriceAgeMs);
    const marketPrice = fresh === undefined ? null : new Decimal(fresh);
    if (marketPrice && draft.status === 'ACTIVE') refusals.push(...checkNotReached(draft, marketPrice));
    if (refusals.length > 0) return { refusals };

    const entryPrice = draft.entryPrice ?? marketPrice;
    if (!entryPrice) return { refusals: [refuse(['entryPrice'], 'NO_MARKET_PRICE')] };
    if (!draft.entryPrice) refusals.push(...sidesOf(direction, entryPrice, takeProfit, stopLoss));
    refusals.push(...checkQuantity(rules.positionSize, entryPrice));
    if (refusals.length > 0) return { refusals };

    const reason = draft.status === 'ACTIVE' ? leftOutReason(draft, rules) : null;
    const signal: NewSignal = { ...draft, id: this.#newId(), botId, contentHash, entryPrice, receivedAt, leftOutReason: reason };
    if (draft.status === 'PENDING' || reason !== null) return { signal, trade: null };
    return { signal, trade: newTrade(this.#newId(), signal, rules, receivedAt, marketPrice, this.#market) };
  }
}

/** The paper trade for a signal, opened now: a fixed size at the signal's entry price. */
export function newTrade(
  id: string,
  { marketType, symbol, entryPrice }: { marketType: MarketType; symbol: string; entryPrice: Decimal },
  rules: SignalRules,
  entryTime: Date,
  marketPriceAtEntry: Decimal | null,
  market: Market,
): NewTrade {
  return {
    id,
    positionSize: rules.positionSize,
    quantity: quantityFor(rules.positionSize, entryPrice),
    feeRate: rules.feeRates[marketType],
    entryTime,
    marketPriceAtEntry,
    openedAfterTradeId: market.lastTradeId(marketType, symbol),
    exchangeTimeAtEntry: exchangeTimeAtEntry(market.exchangeTimeMs(marketType), entryTime, rules.maxHostClockOffMs),
  };
}

/** The exchange's time, where the host's at the same moment is too far from it to say which ticks come after an entry. */
export function exchangeTimeAtEntry(exchangeTimeMs: number | null, entryTime: Date, maxOffMs: number): Date | null {
  return exchangeTimeMs !== null && Math.abs(exchangeTimeMs - entryTime.getTime()) > maxOffMs ? new Date(exchangeTimeMs) : null;
}

function refused(refusals: readonly Refusal[]): Acceptance {
  return { signal: null, duplicate: false, refusals };
}

/**
 * What makes two sendings the same: everything but `sentAt`, which a bot that sends again may well set anew.
 * Decimals count by value: "1.50" is "1.5".
 */
function hashContent(draft: SignalDraft): Uint8Array<ArrayBuffer> {
  const { entryPrice, takeProfit, stopLoss } = draft;
  const content = [
    draft.symbol,
    draft.marketType,
    draft.direction,
    entryPrice && toPlain(entryPrice),
    toPlain(takeProfit),
    toPlain(stopLoss),
    draft.confidence,
    draft.timeframe,
    draft.strategy,
    draft.status,
    draft.expiresAt?.toISOString() ?? null,
    draft.note,
  ];
  return new Uint8Array(createHash('sha256').update(JSON.stringify(content)).digest());
}
