import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLError } from 'graphql';
import { API_ERRORS, apiError, internalError } from '../graphql/api-errors.ts';
import type { NewId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import { answerFault, refuseUpgrade } from './faults.ts';
import type { Limits } from './limits.ts';
import { codeOf, messageOf, StartFault } from './start-fault.ts';

/** A request handler; what it throws, at once or later, is answered with 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** A path of its own, or with a slash at the end everything below it. */
export interface Endpoint {
  readonly path: string;
  readonly handle: Handler;
}

/** Who answers what. */
export interface Routes {
  readonly graphql: Handler;
  /** The WebSocket side of /graphql. */
  readonly graphqlUpgrade: UpgradeHandler;
  /** Plain HTTP beside GraphQL, such as webhooks and downloads; the first whose path fits answers. */
  readonly endpoints: readonly Endpoint[];
  /** Everything else. */
  readonly web: Handler;
  /** Why no request should be sent here now; undefined: ready. */
  readonly notReady: () => Promise<string | undefined>;
}

/** How often connections are looked over for the header and request timeouts. */
const TIMEOUT_CHECK_MS = 1_000;
const LISTEN_RETRY_MS = 100;

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-frame-options': 'SAMEORIGIN',
} as const;

/** Made to be shown inside other sites' pages; their content security policy says so, and this old header cannot. */
const EMBEDDED = '/embed/';

/**
 * The one port of the process. It listens before the parts behind it run, so that a port in use is known before anything else is touched;
 * until `serve` and after `drain` it answers 503.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #limits: Limits['http'];
  readonly #log: Log;
  readonly #newId: NewId;
  readonly #upgraded = new Set<Duplex>();
  #routes: Routes | undefined;
  #port = 0;

  constructor(limits: Limits['http'], log: Log, newId: NewId) {
    this.#limits = limits;
    this.#log = log;
    this.#newId = newId;
    const options = {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: limits.maxHeaderBytes,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    };
    this.#server = createServer(options, this.#answer);
    this.#server.maxConnections = limits.maxConnections;
    this.#server.on('upgrade', this.#upgrade);
  }

  /** Where this process reaches itself, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Takes the port, for a moment also waiting for an earlier process to give it back. Throws a StartFault where it cannot be had. */
  async listen(port: number): Promise<void> {
    const deadline = performance.now() + this.#limits.listenTimeoutMs;
    for (;;) {
      try {
        // After a restart everyone comes at once: who finds no room in the queue tries again ever later, up to a minute. The system
        // bounds it, too (net.core.somaxconn).
        this.#server.listen({ port, backlog: this.#limits.maxConnections });
        await once(this.#server, 'listening'); // rejects with the event 'error'
        this.#port = (this.#server.address() as AddressInfo).port;
        return;
      } catch (error) {
        if (codeOf(error) !== 'EADDRINUSE') throw new StartFault(`the port ${port} cannot be used (PORT): ${messageOf(error)}`);
        if (performance.now() >= deadline) throw new StartFault(`the port ${port} is in use by another program: set PORT to a free one`);
        await sleep(LISTEN_RETRY_MS);
      }
    }
  }

  serve(routes: Routes): void {
    this.#routes = routes;
  }

  /** Takes no more connections and answers no more requests; answers under way go on. */
  drain(): void {
    this.#routes = undefined;
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Cuts every connection that is left. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
  }

  readonly #answer: RequestListener = (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (pathOf(request).startsWith(EMBEDDED)) response.removeHeader('x-frame-options');
    if (!request.complete) this.#awaitBody(request, response);
    this.#route(request, response).catch((error: unknown) => {
      const errorId = this.#newId();
      this.#log.error({ err: error, errorId, method: request.method, path: loggable(pathOf(request)) }, 'a request failed');
      if (response.headersSent) response.destroy();
      else answerFault(request, response, internalError(errorId));
    });
  };

  /** Node bounds headers and the whole request; a body that drips gets less time than that. */
  #awaitBody(request: IncomingMessage, response: ServerResponse): void {
    const late = setTimeout(() => {
      if (request.complete) return;
      response.shouldKeepAlive = false;
      if (!response.headersSent) answerFault(request, response, apiError('REQUEST_TIMEOUT', API_ERRORS.REQUEST_TIMEOUT.about));
      request.destroy();
    }, this.#limits.bodyTimeoutMs);
    request.once('close', () => clearTimeout(late));
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const routes = this.#routes;
    const path = pathOf(request);
    if (path === '/healthz') return answer(response, 200, 'ok');
    if (routes === undefined) {
      response.shouldKeepAlive = false;
      return answerFault(request, response, unavailable());
    }
    if (path === '/readyz') {
      const reason = await routes.notReady();
      return answer(response, reason === undefined ? 200 : 503, reason ?? 'ready');
    }
    const endpoint = routes.endpoints.find((known) => known.path === path || (known.path.endsWith('/') && path.startsWith(known.path)));
    const handle = path === '/graphql' ? routes.graphql : (endpoint?.handle ?? routes.web);
    await handle(request, response);
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy()); // a peer that is gone; nothing else listens between two owners of the socket
    this.#upgraded.add(socket);
    socket.once('close', () => this.#upgraded.delete(socket));
    if (this.#routes === undefined) refuseUpgrade(socket, unavailable());
    else if (pathOf(request) === '/graphql') this.#routes.graphqlUpgrade(request, socket, head);
    else refuseUpgrade(socket, apiError('NOT_FOUND', 'WebSockets are at /graphql.'));
  };
}

function unavailable(): GraphQLError {
  return apiError('SERVER_UNAVAILABLE', API_ERRORS.SERVER_UNAVAILABLE.about, 1);
}

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?', 1)[0] ?? '';
}

/** The address of a webhook has a token in it. */
function loggable(path: string): string {
  return path.replace(/^(\/hooks\/[a-z]{0,32}).*$/s, '$1/[redacted]');
}

/** For whoever looks after the server. */
function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(`${text}\n`);
}
