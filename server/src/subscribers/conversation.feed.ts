import { GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';
import { CloseCode, MessageType, parseMessage } from 'graphql-ws';
import type { Message as ProtocolMessage, SubscribePayload } from 'graphql-ws';
import type { Log } from '../kernel/log.ts';
import { lastOfShed } from './engine.feed.ts';
import type { Refused, Results } from './engine.feed.ts';
import type { Frame } from './message.ts';
import type { Written } from './socket-writers.ts';
import type { Outlet, Viewer } from './viewer.ts';

/** The connection of a conversation, and who decides what it may do. */
export interface Peer {
  readonly log: Log;
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Hands over what one of its subscriptions has to write. */
  wake(subscription: Written): void;
  admit(parameters: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** `count`: its subscriptions, this one included. */
  begin(payload: SubscribePayload, outlet: Outlet, count: number): Promise<Refused | Results | undefined>;
}

/**
 * The server's side of graphql-transport-ws on one connection
 * (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md). Of graphql-ws it takes what a message may be; its server would
 * hold ten times the memory for each subscription, as it reads each one through a chain of iterators of its own.
 */
export class Conversation {
  readonly #peer: Peer;
  readonly #subscriptions = new Map<string, SocketSubscription>();
  #state: 'new' | 'introduced' | 'open' | 'over' = 'new';

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  get hasBegun(): boolean {
    return this.#state !== 'new';
  }

  /** What goes wrong here is the server's fault. */
  hear(text: string): void {
    this.#answer(text).catch((error: unknown) => {
      this.#peer.log.error({ err: error }, 'a message on a WebSocket could not be answered');
      this.#peer.close(CloseCode.InternalServerError, 'Internal server error');
    });
  }

  /** The connection is gone, and everything with it. */
  end(): void {
    this.#state = 'over';
    for (const subscription of this.#subscriptions.values()) subscription.cancel();
    this.#subscriptions.clear();
  }

  async #answer(text: string): Promise<void> {
    let message: ProtocolMessage;
    try {
      message = parseMessage(text);
    } catch {
      return this.#peer.close(CloseCode.BadRequest, 'Invalid message received');
    }
    switch (message.type) {
      case MessageType.ConnectionInit:
        return this.#introduce(message.payload ?? {});
      case MessageType.Ping:
        return this.#send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
      case MessageType.Pong:
        return undefined;
      case MessageType.Subscribe:
        return this.#subscribe(message.id, message.payload);
      case MessageType.Complete:
        return this.#take(message.id)?.cancel();
      case MessageType.ConnectionAck:
      case MessageType.Next:
      case MessageType.Error:
        return this.#peer.close(CloseCode.BadRequest, `Unexpected message of type ${message.type} received`);
    }
  }

  async #introduce(parameters: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#state !== 'new') return this.#peer.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    this.#state = 'introduced';
    if (!(await this.#peer.admit(parameters))) return this.#peer.close(CloseCode.Forbidden, 'Forbidden');
    if (this.#isOver()) return undefined;
    this.#state = 'open';
    this.#send({ type: MessageType.ConnectionAck });
  }

  async #subscribe(id: string, payload: SubscribePayload): Promise<void> {
    if (this.#state !== 'open') return this.#peer.close(CloseCode.Unauthorized, 'Unauthorized');
    if (this.#subscriptions.has(id)) return this.#peer.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    const subscription = new SocketSubscription(id, this, this.#peer);
    this.#subscriptions.set(id, subscription);
    const begun = await this.#peer.begin(payload, subscription, this.#subscriptions.size);
    if (begun && 'errors' in begun) {
      if (this.#take(id, subscription)) this.#send({ id, type: MessageType.Error, payload: begun.errors });
    } else if (begun) await this.#tellAll(subscription, begun);
    else if (subscription.isCancelled) subscription.cancel(); // what it was given only now
  }

  /** A subscription that is not shared: each result as it comes. */
  async #tellAll(subscription: SocketSubscription, results: Results): Promise<void> {
    const iterator = results[Symbol.asyncIterator]();
    subscription.follow(iterator);
    try {
      for (let next = await iterator.next(); !next.done && !subscription.isCancelled; next = await iterator.next())
        this.#send({ id: subscription.id, type: MessageType.Next, payload: next.value });
      this.finish(subscription, undefined);
    } catch (error) {
      this.finish(subscription, error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** It has told everything. */
  finish(subscription: SocketSubscription, failure: Error | undefined): void {
    const { id } = subscription;
    if (!this.#take(id, subscription)) return;
    const last = lastOfShed(failure);
    if (last) this.#send({ id, type: MessageType.Next, payload: last });
    if (failure && !last) this.#send({ id, type: MessageType.Error, payload: [errorOf(failure)] });
    else this.#send({ id, type: MessageType.Complete });
  }

  /** Takes a subscription off the list; undefined where it is not on it, as it was cancelled meanwhile. */
  #take(id: string, expected = this.#subscriptions.get(id)): SocketSubscription | undefined {
    if (this.#subscriptions.get(id) !== expected) return undefined;
    this.#subscriptions.delete(id);
    return expected;
  }

  #isOver(): boolean {
    return this.#state === 'over';
  }

  #send(message: object): void {
    this.#peer.send(JSON.stringify(message));
  }
}

function errorOf(failure: Error): GraphQLError {
  return failure instanceof GraphQLError ? failure : new GraphQLError(failure.message);
}

/** One subscription of a connection. */
class SocketSubscription implements Outlet, Written {
  readonly id: string;
  readonly #conversation: Conversation;
  readonly #peer: Peer;
  #viewer: Viewer | undefined;
  #results: AsyncIterator<ExecutionResult> | undefined;
  isCancelled = false;

  constructor(id: string, conversation: Conversation, peer: Peer) {
    this.id = id;
    this.#conversation = conversation;
    this.#peer = peer;
  }

  get isUrgent(): boolean {
    return this.#viewer?.kind === 'events';
  }

  open(viewer: Viewer): undefined {
    this.#viewer = viewer;
  }

  follow(results: AsyncIterator<ExecutionResult>): void {
    this.#results = results;
    if (this.isCancelled) this.cancel();
  }

  wake(): void {
    this.#peer.wake(this);
  }

  nextFrame(): Frame | undefined {
    return this.isCancelled ? undefined : this.#viewer?.take()?.frame(this.id);
  }

  ended(failure: Error | undefined): void {
    this.#conversation.finish(this, failure);
  }

  cancel(): void {
    this.isCancelled = true;
    this.#viewer?.leave();
    void this.#results?.return?.();
  }
}
