import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { backoffMs } from './backoff.ts';
import type { Frame } from './binance-frames.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { FeedLimits } from './feed-limits.ts';
import { eventAt, nextState } from './feed-state.ts';
import type { FeedState } from './feed-status.ts';
import type { RateWindow } from './rate-window.ts';
import { aggTradeStream } from './stream-plan.ts';
import { StreamSocket } from './stream-socket.feed.ts';
import type { SocketEnd } from './stream-socket.feed.ts';
import type { Venue } from './venue.ts';

export interface ShardEvents {
  opened(): void;
  /** These streams' events arrive from here on; told anew after each new connection. */
  subscribed(streams: readonly string[]): void;
  frame(frame: Frame): void;
  /** Something was heard again, or for the first time: it is LIVE now. */
  heard(): void;
  /** The connection was lost: what happens until the next `subscribed` does not arrive. */
  lost(): void;
}

export interface StreamShardOptions {
  readonly venue: Venue;
  readonly baseUrl: string;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  readonly exchangeClock: ExchangeClock;
  readonly log: Log;
  /** 0 (included) to 1 (excluded), for the jitter of delays. */
  readonly random: () => number;
  /** Attempts to connect of all shards of the market together. */
  readonly attempts: RateWindow;
  readonly events: ShardEvents;
}

/** The connection that is to take over from the present one. */
interface Successor {
  readonly socket: StreamSocket;
  isOpen: boolean;
  /** Streams that the exchange has confirmed on it, and those that have brought something. */
  readonly confirmed: Set<string>;
  readonly heard: Set<string>;
  /** Ends the time in which both run. */
  cancelOverlap: Cancel | null;
}

/**
 * A set of streams kept on one connection, which is made again whenever it ends, whatever the reason.
 *
 * The exchange ends every connection after a day and may announce an end before: then a second one is opened first, carries
 * every stream for a while beside the old one, and takes over. What both bring comes twice, which the tapes do not mind, and
 * nothing is missed. If the old one ends earlier, that is a loss like any other, but for the time to connect.
 */
export class StreamShard {
  readonly #options: StreamShardOptions;
  readonly #streams = new Set<string>();
  #socket: StreamSocket | null = null;
  #isOpen = false;
  #openedMs = 0;
  #downSinceMs: number;
  #connections = 0;
  #state: FeedState = 'CONNECTING';
  /** Attempts since the last connection that was stable. */
  #failures = 0;
  #cancelRetry: Cancel = () => {};
  #successor: Successor | null = null;
  #successorFailures = 0;
  #cancelRollOver: Cancel = () => {};
  #isStopped = false;

  constructor(options: StreamShardOptions) {
    this.#options = options;
    this.#downSinceMs = options.clock.monotonicMs();
    this.#dial();
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Connections made again after the first. */
  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /** How it is doing as of now. */
  look(): FeedState {
    const { clock, limits } = this.#options;
    const health = { heardMs: this.#socket?.heardMs ?? null, downSinceMs: this.#downSinceMs };
    const event = eventAt(health, clock.monotonicMs(), limits);
    if (event) this.#state = nextState(this.#state, event);
    return this.#state;
  }

  add(stream: string): void {
    this.#streams.add(stream);
    this.#socket?.want(stream);
    this.#successor?.socket.want(stream);
  }

  remove(stream: string): void {
    this.#streams.delete(stream);
    this.#socket?.unwant(stream);
    this.#successor?.socket.unwant(stream);
    this.#lookAtSuccessor();
  }

  /** Subscribes a stream anew; `subscribed` tells when that is done. */
  renew(stream: string): void {
    this.#socket?.renew(stream);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRetry();
    this.#dropSuccessor();
    this.#socket?.close();
    this.#socket = null;
    this.#isOpen = false;
  }

  #dial(): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#whenAllowed(() => (this.#socket = this.#open()));
  }

  /** Runs at once or when the next attempt to connect is allowed. */
  #whenAllowed(run: () => void): Cancel {
    const { clock, attempts } = this.#options;
    const waitMs = attempts.waitMs(clock.monotonicMs());
    if (waitMs > 0) {
      let cancel = clock.after(waitMs, () => (cancel = this.#whenAllowed(run)));
      return () => cancel();
    }
    attempts.spend(clock.monotonicMs());
    run();
    return () => {};
  }

  /** A connection for all streams; whether it is the present one or the successor is looked at when something happens. */
  #open(): StreamSocket {
    const { venue, baseUrl, limits, clock, exchangeClock, log, events } = this.#options;
    const successorOf = (socket: StreamSocket) => (this.#successor?.socket === socket ? this.#successor : null);
    const socket: StreamSocket = new StreamSocket({
      venue,
      baseUrl,
      limits,
      clock,
      exchangeClock,
      log,
      events: {
        opened: () => {
          const successor = successorOf(socket);
          if (successor) successor.isOpen = true;
          else this.#onOpen();
        },
        subscribed: (streams) => {
          const successor = successorOf(socket);
          if (!successor) return events.subscribed(streams);
          for (const stream of streams) successor.confirmed.add(stream);
          this.#lookAtSuccessor();
        },
        frame: (frame) => this.#onFrame(frame, successorOf(socket)),
        ended: (end) => (successorOf(socket) ? this.#onSuccessorEnd(end) : this.#onEnd(end)),
      },
    });
    for (const stream of this.#streams) socket.want(stream);
    return socket;
  }

  #onOpen(): void {
    const { clock, log, venue, events, limits, random } = this.#options;
    this.#isOpen = true;
    this.#connections += 1;
    this.#openedMs = clock.monotonicMs();
    this.#cancelRollOver();
    this.#cancelRollOver = clock.after(limits.rollOverAfterMs + random() * limits.rollOverJitterMs, () => this.#rollOver('its age'));
    log.info({ market: venue.marketType, streams: this.#streams.size, reconnects: this.reconnects }, 'connected to the exchange');
    events.opened();
  }

  #onFrame(frame: Frame, successor: Successor | null): void {
    if (frame.kind === 'SHUTDOWN') {
      if (successor) this.#onSuccessorEnd({ reason: 'the exchange announced its shutdown', code: null, pauseMs: 0 });
      else this.#rollOver('the exchange announced its shutdown');
      return;
    }
    const { events } = this.#options;
    events.frame(frame);
    if (successor) {
      if (frame.kind === 'TICK') successor.heard.add(aggTradeStream(frame.tick.symbol));
      this.#lookAtSuccessor();
    } else if (this.#state !== 'LIVE' && this.look() === 'LIVE') events.heard();
  }

  #onEnd({ reason, code, pauseMs }: SocketEnd): void {
    if (this.#isStopped) return;
    const { clock, limits, random, log, venue, events } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#isOpen && nowMs - this.#openedMs >= limits.stableAfterMs) this.#failures = 0;
    if (this.#socket && this.#socket.heardMs !== null) this.#downSinceMs = nowMs;
    this.#isOpen = false;
    this.#state = nextState(this.#state, 'LOST');
    this.#socket = null;
    this.#cancelRollOver();
    const successor = this.#takeSuccessor();
    if (successor) {
      log.warn({ market: venue.marketType, reason, code }, 'connection to the exchange lost before its successor took over');
      this.#socket = successor.socket;
      events.lost();
      if (!successor.isOpen) return;
      this.#onOpen();
      return events.subscribed([...successor.confirmed]);
    }
    const delayMs = Math.max(pauseMs, backoffMs(this.#failures, limits.reconnectMinMs, limits.reconnectMaxMs, random));
    this.#failures += 1;
    log.warn({ market: venue.marketType, reason, code, delayMs: Math.round(delayMs) }, 'connection to the exchange lost');
    this.#cancelRetry = clock.after(delayMs, () => this.#dial());
    events.lost();
  }

  #rollOver(reason: string): void {
    if (this.#successor || !this.#isOpen || this.#isStopped) return;
    const { log, venue } = this.#options;
    log.info({ market: venue.marketType, streams: this.#streams.size, reason }, 'a connection gets its successor');
    this.#cancelRollOver();
    this.#cancelRollOver = this.#whenAllowed(() => {
      const [confirmed, heard] = [new Set<string>(), new Set<string>()];
      this.#successor = { socket: this.#open(), isOpen: false, confirmed, heard, cancelOverlap: null };
    });
  }

  #onSuccessorEnd({ reason, code, pauseMs }: SocketEnd): void {
    const { clock, limits, random, log, venue } = this.#options;
    this.#takeSuccessor()?.socket.close();
    const delayMs = Math.max(pauseMs, backoffMs(this.#successorFailures, limits.reconnectMinMs, limits.reconnectMaxMs, random));
    this.#successorFailures += 1;
    log.warn({ market: venue.marketType, reason, code, delayMs: Math.round(delayMs) }, 'a successor was lost, another one is tried');
    this.#cancelRollOver();
    this.#cancelRollOver = clock.after(delayMs, () => this.#rollOver('its successor was lost'));
  }

  /** It takes over when every stream has brought something on it, or has had the time to; never while nothing at all was heard on it. */
  #lookAtSuccessor(): void {
    const successor = this.#successor;
    if (!successor?.isOpen || successor.socket.heardMs === null || !this.#streams.isSubsetOf(successor.confirmed)) return;
    if (this.#streams.isSubsetOf(successor.heard)) return this.#handOver();
    const { clock, limits } = this.#options;
    successor.cancelOverlap ??= clock.after(limits.rollOverOverlapMs, () => {
      successor.cancelOverlap = null;
      // A stream that was added meanwhile must be confirmed first: nothing would tell what it missed.
      if (this.#streams.isSubsetOf(successor.confirmed)) this.#handOver();
    });
  }

  #handOver(): void {
    const successor = this.#takeSuccessor();
    if (!successor) return;
    const old = this.#socket;
    this.#socket = successor.socket;
    this.#successorFailures = 0;
    this.#onOpen();
    old?.close();
  }

  #takeSuccessor(): Successor | null {
    const successor = this.#successor;
    this.#successor = null;
    successor?.cancelOverlap?.();
    return successor;
  }

  #dropSuccessor(): void {
    this.#cancelRollOver();
    this.#takeSuccessor()?.socket.close();
  }
}
