import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, CloseCode } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Cancel } from '../kernel/clock.ts';
import type { Service } from '../kernel/service.ts';
import { CLOSE_GRACE_MS, SubscriberSocket } from './subscriber-socket.feed.ts';
import type { SocketLimits, SocketParts } from './subscriber-socket.feed.ts';

export interface SocketServerLimits extends SocketLimits {
  /** Bytes of one message from a client. */
  readonly maxMessageBytes: number;
  /** Into how many pieces a message may be cut, as frames and as they arrive. */
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  /** How often a socket is pinged; one that has not answered by the next ping is cut, which frees a stalled client's memory. */
  readonly pingIntervalMs: number;
}

/** 1012: "service restart". graphql-ws clients come back after it, as they do not after 1000. */
export const SERVICE_RESTART = 1012;
/** Sockets are pinged in so many groups, one after the other: a few at a time, and by one timer for all. */
const PING_GROUPS = 20;

/** Subscriptions over WebSocket by the graphql-transport-ws protocol. Queries and mutations belong to HTTP, where every limit applies. */
export class SubscriptionSockets implements Service {
  readonly name = 'subscription sockets';
  readonly #server: WebSocketServer;
  readonly #parts: SocketParts;
  readonly #pingIntervalMs: number;
  readonly #groups = Array.from({ length: PING_GROUPS }, () => new Set<SubscriberSocket>());
  #opened = 0;
  #pinged = 0;
  #stopPinging: Cancel | undefined;

  constructor(parts: SocketParts & { readonly limits: SocketServerLimits }) {
    this.#parts = parts;
    const { maxMessageBytes: maxPayload, maxFragments, maxBufferedChunks, pingIntervalMs } = parts.limits;
    this.#pingIntervalMs = pingIntervalMs;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload,
      maxFragments,
      maxBufferedChunks,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
    });
  }

  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    this.#server.handleUpgrade(request, stream, head, (client) => this.#open(client, stream, request));
  };

  start(): Promise<void> {
    this.#stopPinging = this.#parts.clock.every(this.#pingIntervalMs / PING_GROUPS, () => {
      this.#pinged += 1;
      for (const socket of this.#groups[this.#pinged % PING_GROUPS]!) socket.ping();
    });
    return Promise.resolve();
  }

  /** Tells everyone to come back, and cuts who does not take the news in time. */
  async stop(): Promise<void> {
    this.#stopPinging?.();
    for (const client of this.#server.clients) client.close(SERVICE_RESTART, 'the server restarts');
    const cancel = this.#parts.clock.after(CLOSE_GRACE_MS, () => {
      for (const client of this.#server.clients) client.terminate();
    });
    await new Promise((resolve) => this.#server.close(resolve));
    cancel();
  }

  #open(client: WebSocket, stream: Duplex, request: IncomingMessage): void {
    if (client.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      client.on('error', () => {});
      return client.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
    }
    const socket = new SubscriberSocket(client, stream, request, this.#parts);
    const group = this.#groups[(this.#opened += 1) % PING_GROUPS]!;
    group.add(socket);
    client.once('close', () => {
      group.delete(socket);
      socket.forget();
    });
  }
}
