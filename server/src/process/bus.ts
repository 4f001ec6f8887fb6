import * as v from 'valibot';
import type { Cancel } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Service } from '../kernel/service.ts';
import type { MarketNews, Quote, SymbolQuestion } from '../ticks/market-news.ts';
import { MARKET_TYPES } from '../ticks/tick.ts';
import type { MarketType } from '../ticks/tick.ts';

/** What the processes on one database tell each other. All of it is a hint: whatever is lost costs time and nothing else. */
export type BusMessage =
  /** Something was written to the record. */
  | { readonly kind: 'GREW' }
  /** An API node listens; with `all` it knows no prices yet. */
  | { readonly kind: 'LISTENING'; readonly all: boolean }
  | { readonly kind: 'NEWS'; readonly news: MarketNews }
  | { readonly kind: 'ASK'; readonly question: SymbolQuestion }
  | { readonly kind: 'QUOTE'; readonly quote: Quote };

/** Carries texts to every process, the sender included or not. Starts and stops at once; what it cannot send now is dropped. */
export interface Transport {
  start(receive: (text: string) => void, connected: () => void): void;
  send(text: string): void;
  stop(): Promise<void>;
}

/** For a process that is alone. */
export const NO_TRANSPORT: Transport = { start() {}, send() {}, stop: () => Promise.resolve() };

/** Tells the other processes, and hears them. Its own messages do not come back. */
export class Bus implements Service {
  readonly name = 'bus';
  readonly #transport: Transport;
  readonly #sender: string;
  readonly #log: Log;
  readonly #listeners = new Set<(message: BusMessage) => void>();
  readonly #connectedListeners = new Set<() => void>();

  /** `sender` is a name that no other process has. */
  constructor(transport: Transport, sender: string, log: Log) {
    this.#transport = transport;
    this.#sender = sender;
    this.#log = log;
  }

  /** Connects in the background: a bus that cannot be reached keeps nothing from starting. */
  start(): Promise<void> {
    this.#transport.start(
      (text) => this.#receive(text),
      () => this.#connectedListeners.forEach((listener) => listener()),
    );
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return this.#transport.stop();
  }

  /** Never throws and never waits. */
  publish(message: BusMessage): void {
    this.#transport.send(JSON.stringify({ sender: this.#sender, message }));
  }

  onMessage(listener: (message: BusMessage) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back each time that messages can be heard from now on: earlier ones may have been missed. */
  onConnected(listener: () => void): Cancel {
    this.#connectedListeners.add(listener);
    return () => this.#connectedListeners.delete(listener);
  }

  #receive(text: string): void {
    const envelope = v.safeParse(Envelope, text);
    // Of another version of the program perhaps, while nodes are replaced one after the other.
    if (!envelope.success) return this.#log.warn({ reason: envelope.issues[0].message }, 'a message on the bus was not understood');
    const { sender, message } = envelope.output;
    if (sender !== this.#sender) for (const listener of this.#listeners) listener(message);
  }
}

const question = { marketType: v.picklist<readonly MarketType[]>(MARKET_TYPES), symbol: v.string() };
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Price = v.object({
  ...question,
  price: v.pipe(v.string(), v.regex(/^[0-9]{1,15}(\.[0-9]{1,18})?$/)),
  timeMs: v.number(),
  tradeId: v.nullable(Count),
  ageMs: v.pipe(v.number(), v.minValue(0)),
});
const Feed = v.object({
  marketType: question.marketType,
  state: v.picklist(['CONNECTING', 'LIVE', 'STALE', 'RECONNECTING', 'OFFLINE']),
  symbols: Count,
  symbolsInSync: Count,
  connections: Count,
  connectionsLive: Count,
  lastTickMs: v.nullable(v.number()),
  lagMs: v.nullable(v.number()),
  reconnects: Count,
  gapsRepaired: Count,
});
/** Processes of an older version send none. */
const AskId = v.optional(v.nullable(v.pipe(v.string(), v.maxLength(64))), null);
const Message = v.variant('kind', [
  v.object({ kind: v.literal('GREW') }),
  v.object({ kind: v.literal('LISTENING'), all: v.boolean() }),
  v.object({
    kind: v.literal('NEWS'),
    news: v.object({ term: Count, feeds: v.array(Feed), prices: v.array(Price) }),
  }),
  v.object({ kind: v.literal('ASK'), question: v.object({ ...question, askId: AskId }) }),
  v.object({
    kind: v.literal('QUOTE'),
    quote: v.object({
      term: Count,
      ...question,
      price: v.nullable(Price),
      lastTradeId: v.nullable(Count),
      exchangeTimeMs: v.optional(v.nullable(v.number()), null),
      askId: AskId,
    }),
  }),
]);
const Envelope = v.pipe(v.string(), v.parseJson(), v.object({ sender: v.string(), message: Message }));
