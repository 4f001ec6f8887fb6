import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { parseFrame } from './binance-frames.ts';
import type { Frame, ReplyFault } from './binance-frames.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { FeedLimits } from './feed-limits.ts';
import { RateWindow } from './rate-window.ts';
import { aggTradeStream, controlFrame, nextControlMessage } from './stream-plan.ts';
import type { ControlMessage } from './stream-plan.ts';
import type { Venue } from './venue.ts';

/** Why a connection ended that nobody asked to end. */
export interface SocketEnd {
  readonly reason: string;
  /** The close code, 1006 without a close frame; null where the connection was never open or we gave it up. */
  readonly code: number | null;
  /** How long the exchange wants to be left alone, where it said so in refusing the connection. */
  readonly pauseMs: number;
}

export interface SocketEvents {
  opened(): void;
  /** The exchange confirmed these streams: from here on their events arrive. */
  subscribed(streams: readonly string[]): void;
  /** An event, or a frame that is none; replies are handled here and not passed on. */
  frame(frame: Frame): void;
  /** Once, unless `close` was called; nothing follows it. */
  ended(end: SocketEnd): void;
}

export interface StreamSocketOptions {
  readonly venue: Venue;
  /** Without a path, e.g. wss://stream.binance.com:9443. */
  readonly baseUrl: string;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  readonly exchangeClock: ExchangeClock;
  readonly log: Log;
  readonly events: SocketEvents;
}

/**
 * One websocket connection from dialling to its end; it is never used again after that.
 *
 * It holds what is wanted against what the exchange was asked for and sends the difference, one control message at a time,
 * each of which must be confirmed. Its sentinel stream is named in the URL, which costs no message, so that from the first
 * second on silence means that the connection is dead.
 */
export class StreamSocket {
  readonly #options: StreamSocketOptions;
  readonly #socket: WebSocket;
  readonly #messages: RateWindow;
  readonly #wanted = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #confirmed = new Set<string>();
  /** Streams to unsubscribe before they are subscribed again. */
  readonly #renewed = new Set<string>();
  /** Streams that the exchange refused by name. */
  readonly #impossible = new Set<string>();
  /** The control message that waits for its reply. */
  #pending: (ControlMessage & { readonly id: number }) | null = null;
  #lastId = 0;
  #streamsPerMessage: number;
  #isOpen = false;
  #isOver = false;
  #isPumpDue = false;
  #heardMs: number | null = null;
  #cancelDeadline: Cancel = () => {};
  #cancelAckDeadline: Cancel = () => {};
  #cancelPump: Cancel = () => {};

  constructor(options: StreamSocketOptions) {
    const { venue, baseUrl, limits, clock } = options;
    this.#options = options;
    this.#messages = new RateWindow(1, venue.messageSpacingMs);
    this.#streamsPerMessage = limits.streamsPerControlMessage;
    const socket = new WebSocket(`${baseUrl}${venue.streamPath}?streams=${venue.sentinelStream}`, {
      maxPayload: limits.frameBytes,
      perMessageDeflate: false,
      followRedirects: false,
    });
    this.#socket = socket;
    this.#cancelDeadline = clock.after(limits.handshakeTimeoutMs, () => this.#end('no handshake in time', null));
    socket.on('open', () => this.#onOpen());
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    // ws answers pings by itself; each answer counts as one of our messages.
    socket.on('ping', () => this.#messages.spend(clock.monotonicMs()));
    socket.on('unexpected-response', (_request, response) => {
      const retryAfter = response.headers['retry-after'] ?? '';
      const pauseMs = /^[0-9]{1,9}$/.test(retryAfter) ? Number.parseInt(retryAfter, 10) * 1_000 : 0;
      this.#end(`refused with HTTP ${response.statusCode}`, null, pauseMs);
    });
    // An error is always followed by close, which ends this socket.
    let fault = '';
    socket.on('error', (error) => (fault = error.message));
    socket.on('close', (code, reason) => this.#end(fault || `closed by the exchange ${reason.toString()}`.trimEnd(), code));
  }

  /**
   * When an event last arrived, on the monotonic clock, less by what it was late; null before the first. Pings, confirmations and frames that cannot be read do not
   * count: a connection may well go on with those and yet bring nothing.
   */
  get heardMs(): number | null {
    return this.#heardMs;
  }

  want(stream: string): void {
    this.#wanted.add(stream);
    if (this.#confirmed.has(stream)) this.#options.events.subscribed([stream]);
    this.#pumpSoon();
  }

  unwant(stream: string): void {
    this.#wanted.delete(stream);
    this.#impossible.delete(stream);
    this.#pumpSoon();
  }

  /** Subscribes a stream anew, one that seems dead although its connection lives. */
  renew(stream: string): void {
    if (this.#asked.has(stream)) this.#renewed.add(stream);
    this.#pumpSoon();
  }

  /** Ends the connection as asked: no event follows. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#release();
    this.#socket.terminate();
  }

  #onOpen(): void {
    if (this.#isOver) return;
    const { clock, events } = this.#options;
    this.#isOpen = true;
    this.#cancelDeadline();
    this.#watchSilence(clock.monotonicMs());
    events.opened();
    this.#pump();
  }

  #watchSilence(openedMs: number): void {
    const { clock, limits } = this.#options;
    const leftMs = (this.#heardMs ?? openedMs) + limits.silentAfterMs - clock.monotonicMs();
    if (leftMs <= 0) return this.#end(`silent or late for ${limits.silentAfterMs} ms`, null);
    this.#cancelDeadline = clock.after(leftMs, () => this.#watchSilence(openedMs));
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#isOver) return;
    const { events, venue } = this.#options;
    if (isBinary) return events.frame({ kind: 'REFUSED', reason: 'binary', symbol: null });
    const frame = parseFrame((data as Buffer).toString('utf8'), venue.marketType);
    if (frame.kind === 'REPLY') return this.#onReply(frame.id, frame.fault);
    if (frame.kind === 'TICK' || frame.kind === 'BEAT') this.#heard(frame.eventTimeMs);
    // Left-overs of a stream being given up say nothing about the one that may be asked for next.
    if (frame.kind === 'TICK' && !this.#asked.has(aggTradeStream(frame.tick.symbol))) return;
    events.frame(frame);
  }

  /** An event that is late tells how things were then: a connection that brings only such ones is as good as a silent one. */
  #heard(eventTimeMs: number | null): void {
    const { clock, exchangeClock } = this.#options;
    if (eventTimeMs !== null) exchangeClock.heard(eventTimeMs);
    const lateMs = eventTimeMs === null ? 0 : exchangeClock.lateMs(eventTimeMs);
    this.#heardMs = Math.max(this.#heardMs ?? -Infinity, clock.monotonicMs() - lateMs);
  }

  #onReply(id: number | null, fault: ReplyFault | null): void {
    const pending = this.#pending;
    // A fault without an id can only mean the one message under way.
    if (!pending || (id !== pending.id && !(id === null && fault))) return;
    this.#pending = null;
    this.#cancelAckDeadline();
    if (fault) this.#onFault(pending, fault);
    else if (pending.method === 'SUBSCRIBE') {
      for (const stream of pending.streams) this.#confirmed.add(stream);
      this.#options.events.subscribed(pending.streams.filter((stream) => this.#wanted.has(stream)));
    }
    this.#pumpSoon();
  }

  /** One stream that the exchange does not take spoils its whole message: halves are tried until it stands alone. */
  #onFault({ method, streams }: ControlMessage, fault: ReplyFault): void {
    const { log, limits, venue } = this.#options;
    const { code, message } = fault;
    log.error(
      { market: venue.marketType, method, first: streams[0], count: streams.length, code, fault: message },
      'a control message was refused',
    );
    if (method === 'UNSUBSCRIBE') return;
    for (const stream of streams) this.#asked.delete(stream);
    if (streams.length === 1) {
      this.#impossible.add(streams[0]!);
      this.#streamsPerMessage = limits.streamsPerControlMessage;
    } else this.#streamsPerMessage = Math.ceil(streams.length / 2);
  }

  /** Many calls in a row become one message. */
  #pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  /** Sends the next control message as soon as the one before is confirmed and the pace allows it. */
  #pump(): void {
    this.#cancelPump();
    if (!this.#isOpen || this.#isOver || this.#pending) return;
    const { clock, limits } = this.#options;
    const possible = new Set([...this.#wanted].filter((stream) => !this.#impossible.has(stream) && !this.#renewed.has(stream)));
    const next = nextControlMessage(possible, this.#asked, { ...limits, streamsPerControlMessage: this.#streamsPerMessage });
    if (!next) return;
    const waitMs = this.#messages.waitMs(clock.monotonicMs());
    if (waitMs > 0) {
      this.#cancelPump = clock.after(waitMs, () => this.#pump());
      return;
    }
    this.#messages.spend(clock.monotonicMs());
    for (const stream of next.streams) {
      if (next.method === 'SUBSCRIBE') this.#asked.add(stream);
      else {
        this.#asked.delete(stream);
        this.#confirmed.delete(stream);
        this.#renewed.delete(stream);
      }
    }
    const id = ++this.#lastId;
    this.#pending = { ...next, id };
    this.#cancelAckDeadline = clock.after(limits.ackTimeoutMs, () => this.#end(`${next.method} not confirmed in time`, null));
    this.#socket.send(controlFrame(next, id));
  }

  #end(reason: string, code: number | null, pauseMs = 0): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#release();
    this.#socket.terminate();
    this.#options.events.ended({ reason, code, pauseMs });
  }

  #release(): void {
    this.#cancelDeadline();
    this.#cancelAckDeadline();
    this.#cancelPump();
  }
}
