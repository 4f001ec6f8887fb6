import type { Cancel, Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { backoffMs } from './backoff.ts';
import type { Frame } from './binance-frames.ts';
import type { FeedLimits } from './feed-limits.ts';
import type { ConnectionHealth } from './feed-state.ts';
import type { RateWindow } from './rate-window.ts';
import { StreamSocket } from './stream-socket.feed.ts';
import type { SocketEnd } from './stream-socket.feed.ts';
import type { Venue } from './venue.ts';

export interface ShardEvents {
  opened(): void;
  /** These streams' events arrive from here on; told anew after each new connection. */
  subscribed(streams: readonly string[]): void;
  frame(frame: Frame): void;
  /** The connection was lost: what happens until the next `subscribed` does not arrive. */
  lost(): void;
}

export interface StreamShardOptions {
  readonly venue: Venue;
  readonly baseUrl: string;
  readonly limits: FeedLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 (included) to 1 (excluded), for the jitter of delays. */
  readonly random: () => number;
  /** Attempts to connect of all shards of the market together. */
  readonly attempts: RateWindow;
  readonly events: ShardEvents;
}

/** A set of streams kept on one connection at a time, which is made again whenever it ends, whatever the reason. */
export class StreamShard {
  readonly #options: StreamShardOptions;
  readonly #streams = new Set<string>();
  #socket: StreamSocket | null = null;
  #isOpen = false;
  #openedMs = 0;
  #downSinceMs: number;
  #connections = 0;
  /** Attempts since the last connection that was stable. */
  #failures = 0;
  #cancelRetry: Cancel = () => {};
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

  get health(): ConnectionHealth {
    return {
      isOpen: this.#isOpen,
      downSinceMs: this.#downSinceMs,
      hasBeenOpen: this.#connections > 0,
      receivedMs: this.#socket?.receivedMs ?? 0,
    };
  }

  add(stream: string): void {
    this.#streams.add(stream);
    this.#socket?.want(stream);
  }

  remove(stream: string): void {
    this.#streams.delete(stream);
    this.#socket?.unwant(stream);
  }

  /** Subscribes a stream anew; `subscribed` tells when that is done. */
  renew(stream: string): void {
    this.#socket?.renew(stream);
  }

  #replace(reason: string): void {
    if (!this.#socket) return;
    this.#socket.close();
    this.#onEnd({ reason, code: null, pauseMs: 0 });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRetry();
    this.#socket?.close();
    this.#socket = null;
    this.#isOpen = false;
  }

  #dial(): void {
    const { venue, baseUrl, limits, clock, log, attempts, events } = this.#options;
    const waitMs = attempts.waitMs(clock.monotonicMs());
    if (waitMs > 0) {
      this.#cancelRetry = clock.after(waitMs, () => this.#dial());
      return;
    }
    attempts.spend(clock.monotonicMs());
    const socket = new StreamSocket({
      venue,
      baseUrl,
      limits,
      clock,
      log,
      events: {
        opened: () => this.#onOpen(),
        subscribed: (streams) => events.subscribed(streams),
        frame: (frame) => this.#onFrame(frame),
        ended: (end) => this.#onEnd(end),
      },
    });
    this.#socket = socket;
    for (const stream of this.#streams) socket.want(stream);
  }

  #onOpen(): void {
    const { clock, log, venue, events } = this.#options;
    this.#isOpen = true;
    this.#connections += 1;
    this.#openedMs = clock.monotonicMs();
    log.info({ market: venue.marketType, streams: this.#streams.size, reconnects: this.reconnects }, 'connected to the exchange');
    events.opened();
  }

  #onFrame(frame: Frame): void {
    // No lead time is promised: what the old connection does not tell any more, REST will.
    if (frame.kind === 'SHUTDOWN') this.#replace('the exchange announced its shutdown');
    else this.#options.events.frame(frame);
  }

  #onEnd({ reason, code, pauseMs }: SocketEnd): void {
    if (this.#isStopped) return;
    const { clock, limits, random, log, venue, events } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#isOpen) {
      this.#downSinceMs = nowMs;
      if (nowMs - this.#openedMs >= limits.stableAfterMs) this.#failures = 0;
    }
    this.#isOpen = false;
    this.#socket = null;
    const delayMs = Math.max(pauseMs, backoffMs(this.#failures, limits.reconnectMinMs, limits.reconnectMaxMs, random));
    this.#failures += 1;
    log.warn({ market: venue.marketType, reason, code, delayMs: Math.round(delayMs) }, 'connection to the exchange lost');
    this.#cancelRetry = clock.after(delayMs, () => this.#dial());
    events.lost();
  }
}
