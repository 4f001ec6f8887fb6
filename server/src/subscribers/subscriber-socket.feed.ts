import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SubscribePayload } from 'graphql-ws';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { Conversation } from './conversation.feed.ts';
import type { Peer } from './conversation.feed.ts';
import { beginSubscription, refusal } from './engine.feed.ts';
import type { Engine, Refused, Results } from './engine.feed.ts';
import type { HeldSocket } from './held-sockets.ts';
import { MessageRate } from './message-rate.ts';
import type { MessageLimits } from './message-rate.ts';
import type { Connection, SocketWriter, SocketWriters, Written } from './socket-writers.ts';
import type { Outlet } from './viewer.ts';

/**
 * Whether a socket that introduced itself may stay, by its request and the parameters of its connection_init. The answer no closes it
 * with 4403; whoever says yes may keep the socket to close it later.
 */
export type Admit = (request: IncomingMessage, parameters: Readonly<Record<string, unknown>>, socket: HeldSocket) => Promise<boolean>;

export interface SocketLimits extends MessageLimits {
  /** How long a new socket may take to say connection_init. */
  readonly initTimeoutMs: number;
  /** Subscriptions of one socket at once. */
  readonly maxSubscriptionsPerSocket: number;
}

/** What all sockets have in common. */
export interface SocketParts {
  readonly engine: Engine;
  readonly writers: SocketWriters;
  readonly limits: SocketLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly admit: Admit;
  /** What the engine is to know of who asked for a socket. The request itself is not kept: it is larger than all else of a socket. */
  readonly callerOf: (request: IncomingMessage) => Readonly<Record<string, unknown>>;
}

/** A code of our own: "too slow", or "too many messages". Clients of graphql-ws come back after it; after 4429 and the like they never do. */
export const TOO_MUCH = 4290;
/** How long one that is closed has to take the news; who reads nothing at all never will. */
export const CLOSE_GRACE_MS = 5_000;

/** A subscriber's WebSocket. Shared messages are written past it, as frames that are the same for all: without compression it has no queue of its own. */
export class SubscriberSocket implements Connection, Peer {
  readonly stream: Duplex;
  readonly #client: WebSocket;
  readonly #parts: SocketParts;
  readonly #caller: Readonly<Record<string, unknown>>;
  readonly #writer: SocketWriter;
  readonly #rate: MessageRate;
  readonly #conversation = new Conversation(this);
  /** Until it has introduced itself. */
  #request: IncomingMessage | undefined;
  #cancelWait: Cancel | undefined;
  #hasAnswered = true;

  constructor(client: WebSocket, stream: Duplex, request: IncomingMessage, parts: SocketParts) {
    this.#client = client;
    this.stream = stream;
    this.#parts = parts;
    this.#request = request;
    this.#caller = parts.callerOf(request);
    this.#writer = parts.writers.writer(this);
    this.#rate = new MessageRate(parts.limits, parts.clock);
    this.#cancelWait = parts.clock.after(parts.limits.initTimeoutMs, () => {
      if (!this.#conversation.hasBegun) this.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
    });
    client.on('message', (data) => {
      if (this.#count()) this.#conversation.hear(String(data));
    });
    client.on('ping', () => this.#count());
    client.on('pong', () => {
      this.#hasAnswered = true;
      this.#count();
    });
    client.on('error', () => {}); // ws itself closes with the code that tells the client
  }

  get log(): Log {
    return this.#parts.log;
  }

  /** It is closed. */
  forget(): void {
    this.#cancelWait?.();
    this.#parts.writers.forget(this.#writer);
    this.#conversation.end();
  }

  /** Cuts it where it has not answered the last ping, and sends the next. */
  ping(): void {
    if (!this.#hasAnswered) return this.cut();
    if (this.state() !== 'open') return undefined;
    this.#hasAnswered = false;
    return this.#client.ping();
  }

  state(): 'open' | 'closed' {
    return this.#client.readyState === this.#client.OPEN ? 'open' : 'closed';
  }

  send(text: string): void {
    if (this.state() === 'open') this.#client.send(text);
  }

  close(code: number, reason: string): void {
    this.#client.close(code, reason);
  }

  shed(reason: string): void {
    this.close(TOO_MUCH, reason);
    this.#parts.clock.after(CLOSE_GRACE_MS, () => this.cut());
  }

  cut(): void {
    this.#client.terminate();
  }

  wake(subscription: Written): void {
    this.#writer.wake(subscription);
  }

  async admit(parameters: Readonly<Record<string, unknown>>): Promise<boolean> {
    const request = this.#request;
    this.#request = undefined;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    return request !== undefined && this.#parts.admit(request, parameters, this.#client);
  }

  async begin(payload: SubscribePayload, outlet: Outlet, count: number): Promise<Refused | Results | undefined> {
    const { maxSubscriptionsPerSocket, maxMessagesPerMinute } = this.#parts.limits;
    if (count > maxSubscriptionsPerSocket)
      return refusal('TOO_MANY_SUBSCRIPTIONS', `At most ${maxSubscriptionsPerSocket} subscriptions per WebSocket.`);
    if (this.#rate.isAbove) return refusal('RATE_LIMITED', `At most ${maxMessagesPerMinute} messages per minute on one WebSocket.`);
    return beginSubscription(this.#parts.engine, { ...this.#caller, params: payload, outlet }, payload);
  }

  /** Counts what it sends; false where that is too much, and the end of it. */
  #count(): boolean {
    if (this.#rate.count()) return true;
    if (this.state() === 'open') this.close(TOO_MUCH, 'too many messages');
    else this.cut();
    return false;
  }
}
