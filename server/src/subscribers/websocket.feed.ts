import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { getOperationAST, GraphQLError } from 'graphql';
import type { DocumentNode, ExecutionArgs, GraphQLSchema } from 'graphql';
import type { OperationResult } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Clock } from '../kernel/clock.ts';
import type { Service } from '../kernel/service.ts';
import type { HeldSocket } from './held-sockets.ts';
import { MessageRate } from './message-rate.ts';
import type { MessageLimits } from './message-rate.ts';
import type { SocketWriter, SocketWriters } from './socket-writers.ts';

/**
 * Whether a socket that introduced itself may stay, by its request and the parameters of its connection_init. The answer no closes it
 * with 4403; whoever says yes may keep the socket to close it later.
 */
export type Admit = (request: IncomingMessage, parameters: Readonly<Record<string, unknown>>, socket: HeldSocket) => Promise<boolean>;

export interface SocketLimits extends MessageLimits {
  /** Bytes of one message from a client. */
  readonly maxMessageBytes: number;
  /** How long a new socket may take to say connection_init. */
  readonly initTimeoutMs: number;
  /** How often a socket is pinged; one that has not answered by the next ping is cut, which frees a stalled client's memory. */
  readonly pingIntervalMs: number;
  /** Subscriptions of one socket at once. */
  readonly maxSubscriptionsPerSocket: number;
  /** Into how many pieces a message may be cut, as frames and as they arrive. */
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
}

/** The GraphQL engine behind both transports, with everything that was plugged into it; yoga is one. */
interface Engine {
  getEnveloped(initialContext: Record<string, unknown>): {
    readonly schema: GraphQLSchema;
    parse(query: string): DocumentNode;
    validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
    execute(args: ExecutionArgs): OperationResult;
    subscribe(args: ExecutionArgs): OperationResult;
    contextFactory(): unknown;
  };
}

/** 1012: "service restart". graphql-ws clients come back after it, as they do not after 1000. */
export const SERVICE_RESTART = 1012;
/** A code of our own: "too slow", or "too many messages". Clients of graphql-ws come back after it; after 4429 and the like they never do. */
export const TOO_MUCH = 4290;
/** How long one that is closed for being too slow has to take the news; who reads nothing at all never will. */
const SHED_GRACE_MS = 5_000;

/** Subscriptions over WebSocket by the graphql-transport-ws protocol. Queries and mutations belong to HTTP, where every limit applies. */
export class SubscriptionSockets implements Service {
  readonly name = 'subscription sockets';
  readonly #server: WebSocketServer;
  readonly #disposeGraphql: () => Promise<void> | void;
  readonly #clock: Clock;
  readonly #writers: SocketWriters;
  readonly #writerOf = new WeakMap<WebSocket, SocketWriter>();

  readonly #rates = new WeakMap<WebSocket, MessageRate>();

  constructor(engine: Engine, writers: SocketWriters, limits: SocketLimits, clock: Clock, admit: Admit) {
    this.#clock = clock;
    this.#writers = writers;
    const { maxMessageBytes: maxPayload, maxFragments, maxBufferedChunks } = limits;
    const bounds = { maxPayload, maxFragments, maxBufferedChunks };
    this.#server = new WebSocketServer({
      noServer: true,
      ...bounds,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
    });
    this.#server.on('connection', (client) => this.#meter(client, new MessageRate(limits, clock)));
    const disposable = useServer(
      {
        connectionInitWaitTimeout: limits.initTimeoutMs,
        onConnect: ({ extra, connectionParams }) => admit(extra.request, connectionParams ?? {}, extra.socket),
        subscribe: (args) => args.rootValue as OperationResult,
        onSubscribe: async (socket, id, params) => {
          if (Object.keys(socket.subscriptions).length > limits.maxSubscriptionsPerSocket)
            return [refusal('TOO_MANY_SUBSCRIPTIONS', `At most ${limits.maxSubscriptionsPerSocket} subscriptions per WebSocket.`)];
          if (this.#rates.get(socket.extra.socket)?.isAbove)
            return [refusal('RATE_LIMITED', `At most ${limits.maxMessagesPerMinute} messages per minute on one WebSocket.`)];
          const outlet = this.#writerOf.get(socket.extra.socket)?.outlet((message) => message.frame(id));
          const enveloped = engine.getEnveloped({ socket: socket.extra.socket, req: socket.extra.request, params, outlet });
          let document: DocumentNode;
          try {
            document = enveloped.parse(params.query);
          } catch (error) {
            return [error instanceof GraphQLError ? withoutStatus(error) : new GraphQLError('The query cannot be read.')];
          }
          if (getOperationAST(document, params.operationName)?.operation !== 'subscription') {
            return [refusal('SUBSCRIPTIONS_ONLY', 'Only subscriptions go over WebSocket; send queries and mutations by POST.')];
          }
          const errors = enveloped.validate(enveloped.schema, document);
          if (errors.length > 0) return errors.map(withoutStatus);
          const args: ExecutionArgs = {
            schema: enveloped.schema,
            document,
            contextValue: await enveloped.contextFactory(),
            ...(params.operationName != null && { operationName: params.operationName }),
            ...(params.variables != null && { variableValues: params.variables }),
          };
          // Begun here, so that what is refused is told as an error of the subscription and not as its first value.
          const result = await enveloped.subscribe(args);
          return 'errors' in result && result.errors ? result.errors.map(withoutStatus) : { ...args, rootValue: result };
        },
      },
      this.#server,
      limits.pingIntervalMs,
    );
    this.#disposeGraphql = () => disposable.dispose();
  }

  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#server.handleUpgrade(request, socket, head, (client) => {
      this.#writeTo(client, socket);
      this.#server.emit('connection', client, request);
      // graphql-ws would write each client's bad frame to stderr with a stack; ws itself closes with the code that tells the client.
      client.removeAllListeners('error').on('error', () => {});
    });
  };

  /** Shared messages are written past the WebSocket, as frames that are the same for all; it has no queue of its own without compression. */
  #writeTo(client: WebSocket, stream: Duplex): void {
    const writer = this.#writers.writer({
      stream,
      state: () => (client.readyState === client.OPEN ? 'open' : 'closed'),
      shed: (reason) => {
        client.close(TOO_MUCH, reason);
        this.#clock.after(SHED_GRACE_MS, () => client.terminate());
      },
    });
    this.#writerOf.set(client, writer);
    client.once('close', () => this.#writers.forget(writer));
  }

  #meter(client: WebSocket, rate: MessageRate): void {
    this.#rates.set(client, rate);
    const count = (): void => {
      if (rate.count()) return;
      if (client.readyState === client.OPEN) client.close(TOO_MUCH, 'too many messages');
      else client.terminate();
    };
    client.on('message', count).on('ping', count).on('pong', count);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.close(SERVICE_RESTART, 'the server restarts');
    await this.#disposeGraphql();
  }
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Without what only an HTTP answer has a place for. */
function withoutStatus(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, extensions } = error;
  const { http: _, ...others } = extensions;
  return new GraphQLError(message, { nodes, source, positions, path, extensions: others });
}
