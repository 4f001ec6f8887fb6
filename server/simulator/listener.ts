import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../src/kernel/clock.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { Connection } from './connection.ts';
import type { ConnectionEvents, ConnectionLimits } from './connection.ts';
import { parseStreamUrl } from './stream-name.ts';

export interface ListenerOptions {
  readonly marketType: MarketType;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly events: ConnectionEvents;
  /** Offer permessage-deflate, as Binance was seen to do. */
  readonly compression: boolean;
  /** True while nobody may connect. */
  isRefusing(): boolean;
  /** The HTTP answer that connection attempts get instead of an upgrade; null lets them in. */
  refusal(): { readonly status: number; readonly retryAfterSeconds?: number } | null;
  opened(connection: Connection): void;
  request(request: IncomingMessage, response: ServerResponse): void;
}

/** A client's message may be longer than what the exchange still obeys, but not without bound. */
const MAX_MESSAGE_BYTES = 1_048_576;

/** The port of one market: websockets by upgrade, everything else a plain request. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #http: Server;
  readonly #websockets: WebSocketServer;
  #port = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#http = createServer((request, response) => options.request(request, response));
    this.#websockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: options.compression });
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Listens on 127.0.0.1 and gives the port. Rejects with the system's error when the port cannot be had. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, '127.0.0.1', () => {
        this.#http.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#http.address() as AddressInfo).port;
    return this.#port;
  }

  /** Listens on the port that it had. */
  reopen(): Promise<number> {
    return this.listen(this.#port);
  }

  async stop(): Promise<void> {
    for (const client of this.#websockets.clients) client.terminate();
    this.#http.closeAllConnections();
    if (this.#http.listening) await new Promise((resolve) => this.#http.close(resolve));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { marketType, clock, limits, events } = this.#options;
    socket.on('error', () => socket.destroy());
    if (this.#options.isRefusing()) return void socket.destroy();
    const refusal = this.#options.refusal();
    if (refusal) return refuse(socket, `${refusal.status} Refused`, refusal.retryAfterSeconds);
    const url = request.url ?? '/';
    let streams;
    try {
      streams = parseStreamUrl(marketType, url);
    } catch {
      return refuse(socket, '400 Bad Request');
    }
    if (!streams) return refuse(socket, '404 Not Found');
    this.#websockets.handleUpgrade(request, socket, head, (websocket) => {
      const connection = new Connection(websocket, { marketType, url, request: streams, limits, clock, events });
      this.#options.opened(connection);
      connection.subscribeFromUrl();
    });
  }
}

function refuse(socket: Duplex, status: string, retryAfterSeconds?: number): void {
  const retryAfter = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  socket.end(`HTTP/1.1 ${status}\r\n${retryAfter}Connection: close\r\nContent-Length: 0\r\n\r\n`);
}
