import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Cancel, Clock } from '../src/kernel/clock.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { parseControlMessage } from './control-message.ts';
import type { ControlError, RequestId } from './control-message.ts';
import type { Frame } from './frames.ts';
import { carries } from './stream-name.ts';
import type { StreamRequest } from './stream-name.ts';

/** What Binance allows one websocket connection of a market, and how it keeps it alive. */
export interface ConnectionLimits {
  /** Text, ping and pong frames together in any second; one more closes with 1008. */
  readonly messagesPerSecond: number;
  readonly maxStreams: number;
  /** A control message longer than this has no effect and gets no reply; Infinity turns that off. */
  readonly maxControlBytes: number;
  readonly pingIntervalMs: number;
  /** How long after a ping its payload must have come back. */
  readonly pongTimeoutMs: number;
  /** How long a connection lives, and the code with which it is then ended: 1006 abruptly, any other with a close frame. */
  readonly lifeMs: number;
  readonly lifeEndCode: number;
  /** Binance drops readers that fall too far behind. */
  readonly maxBufferedBytes: number;
  /** Errors as {code, msg, id} instead of {error: {code, msg}, id}. */
  readonly flatErrors: boolean;
}

export interface ConnectionEvents {
  /** Called after the set of streams changed. */
  subscribed(connection: Connection, stream: string): void;
  unsubscribed(connection: Connection, stream: string): void;
  /** Called with each text message, before it takes effect. */
  received(connection: Connection, text: string): void;
  closed(connection: Connection): void;
}

/** A message of one event, rendered once for all connections that want it the same way. */
export class Broadcast {
  readonly stream: string;
  readonly #frame: Frame;
  readonly #rendered = new Map<number, string>();

  constructor(stream: string, frame: Frame) {
    this.stream = stream;
    this.#frame = frame;
  }

  text(combined: boolean, timeScale: 1 | 1000): string {
    const key = combined ? -timeScale : timeScale;
    let text = this.#rendered.get(key);
    if (text === undefined) {
      const payload = JSON.stringify(this.#frame(timeScale));
      text = combined ? `{"stream":${JSON.stringify(this.stream)},"data":${payload}}` : payload;
      this.#rendered.set(key, text);
    }
    return text;
  }
}

let lastConnectionId = 0;

/** The exchange's end of one websocket connection. */
export class Connection {
  readonly id = ++lastConnectionId;
  readonly marketType: MarketType;
  /** Path and query as the client asked for them. */
  readonly url: string;
  readonly streams = new Set<string>();
  readonly openedMs: number;
  readonly #socket: WebSocket;
  readonly #request: StreamRequest;
  readonly #limits: ConnectionLimits;
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #drainWaiters = new Set<() => void>();
  readonly #receivedMs: number[] = [];
  readonly #stopPings: Cancel;
  readonly #stopLife: Cancel;
  readonly #unansweredPings = new Set<string>();
  #stopPongTimer: Cancel = () => {};
  #pings = 0;
  #combined: boolean;
  #stalled = false;

  constructor(
    socket: WebSocket,
    options: {
      marketType: MarketType;
      url: string;
      request: StreamRequest;
      limits: ConnectionLimits;
      clock: Clock;
      events: ConnectionEvents;
    },
  ) {
    this.marketType = options.marketType;
    this.url = options.url;
    this.openedMs = options.clock.now().getTime();
    this.#socket = socket;
    this.#request = options.request;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#events = options.events;
    this.#combined = options.request.combined;
    this.#stopPings = this.#clock.every(this.#limits.pingIntervalMs, () => this.#ping());
    this.#stopLife = this.#clock.after(this.#limits.lifeMs, () => this.drop(this.#limits.lifeEndCode));
    socket.on('message', (data) => this.#onText(String(data)));
    socket.on('ping', () => this.#countMessage());
    socket.on('pong', (payload) => this.#onPong(payload.toString()));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#onClose());
  }

  /** Adds the streams that the URL names. Binance says nothing about wrong ones there. */
  subscribeFromUrl(): void {
    this.#subscribe(this.#request.streams);
  }

  get route(): StreamRequest['route'] {
    return this.#request.route;
  }

  /** Sends the event unless this connection's path does not carry its stream. */
  deliver(broadcast: Broadcast): void {
    if (carries(this.#request.route, broadcast.stream)) this.send(broadcast.text(this.#combined, this.#request.timeScale));
  }

  /** Sends text, or bytes as a binary frame, as it is. */
  send(raw: string | Uint8Array): void {
    if (this.#stalled || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(raw, () => this.#wakeDrainWaiters());
    if (this.#socket.bufferedAmount > this.#limits.maxBufferedBytes) this.#socket.terminate();
  }

  /** Resolves once no more than `maxBytes` wait to be sent, or the connection is closed. */
  async drained(maxBytes: number): Promise<void> {
    while (this.#socket.readyState === this.#socket.OPEN && this.#socket.bufferedAmount > maxBytes) {
      await new Promise<void>((resolve) => this.#drainWaiters.add(resolve));
    }
  }

  /** Ends the connection: 1006 abruptly, any other code with a close frame. */
  drop(code: number, reason = ''): void {
    if (code === 1006) this.#socket.terminate();
    else this.#socket.close(code, reason);
  }

  /** Ends the connection with a TCP reset. */
  reset(): void {
    this.#socket.once('error', () => {});
    // The library gives no way to the TCP socket below; a reset has no other.
    (this.#socket as unknown as { _socket?: Socket })._socket?.resetAndDestroy();
  }

  /** From now on nothing is read and nothing is sent, and no end of the connection is told: a dead link. */
  stall(): void {
    this.#stalled = true;
    this.#socket.pause();
  }

  #onText(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#events.received(this, text);
    if (!this.#countMessage() || Buffer.byteLength(text) > this.#limits.maxControlBytes) return;
    const parsed = parseControlMessage(this.marketType, text);
    if ('error' in parsed) return this.#reject(parsed.error);
    const { request } = parsed;
    switch (request.method) {
      case 'SUBSCRIBE':
        this.#reply(request.id, null);
        return this.#subscribe(request.streams);
      case 'UNSUBSCRIBE':
        for (const stream of request.streams) if (this.streams.delete(stream)) this.#events.unsubscribed(this, stream);
        return this.#reply(request.id, null);
      case 'LIST_SUBSCRIPTIONS':
        return this.#reply(request.id, [...this.streams]);
      case 'SET_PROPERTY':
        this.#combined = request.combined;
        return this.#reply(request.id, null);
      case 'GET_PROPERTY':
        return this.#reply(request.id, this.#combined);
    }
  }

  #subscribe(streams: readonly string[]): void {
    for (const stream of streams) {
      if (this.streams.has(stream)) continue;
      if (this.streams.size >= this.#limits.maxStreams) return this.drop(1008, 'Too many streams');
      this.streams.add(stream);
      this.#events.subscribed(this, stream);
    }
  }

  #reply(id: RequestId, result: unknown): void {
    this.send(JSON.stringify({ result, id }));
  }

  #reject({ code, msg, id }: ControlError): void {
    const named = id === undefined ? {} : { id };
    this.send(JSON.stringify(this.#limits.flatErrors ? { code, msg, ...named } : { error: { code, msg }, ...named }));
  }

  /** Counts a frame of the client; false when it was one too many and the connection is being closed. */
  #countMessage(): boolean {
    const nowMs = this.#clock.monotonicMs();
    while (this.#receivedMs.length > 0 && nowMs - this.#receivedMs[0]! >= 1_000) this.#receivedMs.shift();
    this.#receivedMs.push(nowMs);
    if (this.#receivedMs.length <= this.#limits.messagesPerSecond) return true;
    this.drop(1008, 'Too many requests');
    return false;
  }

  #ping(): void {
    if (this.#stalled || this.#socket.readyState !== this.#socket.OPEN) return;
    const payload = `${this.#clock.now().getTime()}.${++this.#pings}`;
    this.#socket.ping(payload);
    // The time runs from the oldest ping without an answer, however many follow it.
    if (this.#unansweredPings.size === 0)
      this.#stopPongTimer = this.#clock.after(this.#limits.pongTimeoutMs, () => this.drop(1008, 'Pong timeout'));
    this.#unansweredPings.add(payload);
  }

  #onPong(payload: string): void {
    if (!this.#countMessage() || !this.#unansweredPings.has(payload)) return;
    this.#unansweredPings.clear();
    this.#stopPongTimer();
  }

  #onClose(): void {
    this.#stopPings();
    this.#stopLife();
    this.#stopPongTimer();
    this.#wakeDrainWaiters();
    this.#events.closed(this);
  }

  #wakeDrainWaiters(): void {
    for (const wake of this.#drainWaiters) wake();
    this.#drainWaiters.clear();
  }
}
