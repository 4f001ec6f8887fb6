import { createClient } from '@redis/client';
import type { Log } from '../kernel/log.ts';
import type { Transport } from './bus.ts';
import type { Limits } from './limits.ts';
import { messageOf } from './start-fault.ts';

export interface RedisTransportOptions {
  readonly url: string;
  /** Redis' channels are not kept apart by database, so the name must say whose they are. */
  readonly channel: string;
  readonly limits: Pick<Limits['bus'], 'probeIntervalMs' | 'retryMs'>;
  readonly log: Log;
}

/** Redis pub/sub on one connection (RESP3), made again by itself. */
export class RedisTransport implements Transport {
  readonly #options: RedisTransportOptions;
  readonly #client;
  #isStopped = false;

  constructor(options: RedisTransportOptions) {
    this.#options = options;
    const { url, limits } = options;
    this.#client = createClient({
      url,
      RESP: 3, // so that one connection both publishes and hears
      disableOfflineQueue: true, // what cannot be sent now is old news later
      pingInterval: limits.probeIntervalMs,
      socket: { connectTimeout: limits.probeIntervalMs, reconnectStrategy: () => limits.retryMs },
    });
  }

  start(receive: (text: string) => void, connected: () => void): void {
    const { channel, log } = this.#options;
    let isSaid = false;
    this.#client.on('error', (error: unknown) => {
      if (!isSaid && !this.#isStopped) log.warn({ reason: messageOf(error) }, 'Redis does not answer; news of other processes come late');
      isSaid = true; // not again with every attempt
    });
    let isSubscribed = false;
    const onReady = async (): Promise<void> => {
      isSaid = false;
      if (!isSubscribed) await this.#client.subscribe(channel, receive); // later ones the client renews by itself
      isSubscribed = true;
      connected();
    };
    this.#client.on('ready', () => void onReady().catch(() => {})); // lost again meanwhile: the next time
    this.#client.connect().catch(() => {}); // only when stopped: it goes on trying
  }

  send(text: string): void {
    if (this.#client.isReady) this.#client.publish(this.#options.channel, text).catch(() => {});
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#client.destroy();
    return Promise.resolve();
  }
}
