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
import type { SocketWriter, SocketWriters } from './socket-writers.ts';

export interface SocketLimits {
  /** Bytes of one message from a client. */
  readonly maxMessageBytes: number;
  /** How long a new socket may take to say connection_init. */
  readonly initTimeoutMs: number;
  /** How often a socket is pinged; one that has not answered by the next ping is cut, which frees a stalled client's memory. */
  readonly pingIntervalMs: number;
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
type Enveloped = ReturnType<Engine['getEnveloped']>;

/** 1012: "service restart". graphql-ws clients come back after it, as they do not after 1000. */
export const SERVICE_RESTART = 1012;
/** A code of our own: "too slow". Clients of graphql-ws come back after it; after 4429 and the like they never do. */
export const TOO_SLOW = 4290;
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

  constructor(engine: Engine, writers: SocketWriters, clock: Clock, limits: SocketLimits) {
    this.#clock = clock;
    this.#writers = writers;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: limits.maxMessageBytes,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
    });
    const disposable = useServer(
      {
        connectionInitWaitTimeout: limits.initTimeoutMs,
        execute: (args) => (args.rootValue as Enveloped).execute(args),
        subscribe: (args) => (args.rootValue as Enveloped).subscribe(args),
        onSubscribe: async (socket, id, params) => {
          const outlet = this.#writerOf.get(socket.extra.socket)?.outlet((message) => message.frame(id));
          const enveloped = engine.getEnveloped({ socket: socket.extra.socket, req: socket.extra.request, params, outlet });
          let document: DocumentNode;
          try {
            document = enveloped.parse(params.query);
          } catch (error) {
            return [error instanceof GraphQLError ? error : new GraphQLError('The query cannot be read.')];
          }
          if (getOperationAST(document, params.operationName)?.operation !== 'subscription') {
            return [
              new GraphQLError('Only subscriptions go over WebSocket; send queries and mutations by POST.', {
                extensions: { code: 'SUBSCRIPTIONS_ONLY' },
              }),
            ];
          }
          const errors = enveloped.validate(enveloped.schema, document);
          if (errors.length > 0) return [...errors];
          const args: ExecutionArgs = {
            schema: enveloped.schema,
            document,
            contextValue: await enveloped.contextFactory(),
            rootValue: enveloped,
            ...(params.operationName != null && { operationName: params.operationName }),
            ...(params.variables != null && { variableValues: params.variables }),
          };
          return args;
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
    });
  };

  /** Shared messages are written past the WebSocket, as frames that are the same for all; it has no queue of its own without compression. */
  #writeTo(client: WebSocket, stream: Duplex): void {
    const writer = this.#writers.writer({
      stream,
      state: () => (client.readyState === client.OPEN ? 'open' : 'closed'),
      shed: (reason) => {
        client.close(TOO_SLOW, reason);
        this.#clock.after(SHED_GRACE_MS, () => client.terminate());
      },
    });
    this.#writerOf.set(client, writer);
    client.once('close', () => this.#writers.forget(writer));
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.close(SERVICE_RESTART, 'the server restarts');
    await this.#disposeGraphql();
  }
}
