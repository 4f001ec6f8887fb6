import { createClient, MessageType, stringifyMessage } from 'graphql-ws';
import type { ResultOf, VariablesOf } from 'gql.tada';
import { printDocument } from '#lib/graphql/later/tada.ts';
import { STREAMS, type Streams } from './streams.ts';

/** What a link tells its owner. `gone` comes exactly once, whatever ended it. */
export interface LinkEvents {
  alive(): void;
  heard(): void;
  gone(): void;
}

/** One socket from its opening to its end. */
export interface Link {
  subscribe<Name extends keyof Streams>(
    name: Name,
    variables: VariablesOf<Streams[Name]>,
    next: (data: ResultOf<Streams[Name]>) => void,
  ): () => void;
  /** Makes the server say something, whatever it is. */
  ask(): void;
  close(): void;
}

/** Where the page's own server takes sockets. */
export const socketUrl = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`;

const PING_MS = 10_000;
const ACK_LIMIT_MS = 10_000;

/**
 * Opens a socket for GraphQL subscriptions. The client's own retries are off: it never retries after some close codes, and it would
 * subscribe again with the sequence of long ago. Connection opens a new link instead, and asks from the last sequence it has seen.
 */
export function openLink(url: string, events: LinkEvents): Link {
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    events.gone();
  };

  const uses = new Map<string, number>();
  let socket: WebSocket | null = null;
  const client = createClient({
    url,
    lazy: false,
    retryAttempts: 0,
    keepAlive: PING_MS,
    connectionAckWaitTimeout: ACK_LIMIT_MS,
    onNonLazyError: end,
    // Equal ids make the frames of all visitors equal, so that the server can write the same bytes to each.
    generateID: ({ operationName }) => {
      const name = operationName ?? 'Operation';
      const use = (uses.get(name) ?? 0) + 1;
      uses.set(name, use);
      return use === 1 ? name : `${name}~${use}`;
    },
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      connected: () => events.alive(),
      message: () => events.heard(),
      closed: end,
      error: end,
    },
  });

  const link: Link = {
    subscribe(name, variables, next) {
      const query = printDocument(STREAMS[name]);
      const operationName = /subscription (\w+)/.exec(query)?.[1];
      return client.subscribe(
        { query, variables: variables as Record<string, unknown>, ...(operationName ? { operationName } : {}) },
        {
          next: (result) => {
            if (result.data) next(result.data as Parameters<typeof next>[0]);
          },
          // A subscription that the server ends or refuses leaves a gap; a new link fills it.
          error: () => link.close(),
          complete: () => undefined,
        },
      );
    },
    ask() {
      if (socket?.readyState === WebSocket.OPEN) socket.send(stringifyMessage({ type: MessageType.Ping }));
    },
    close() {
      if (!ended) client.terminate();
      // Disposing waits for a connection under way, whose failure is no news any more.
      Promise.resolve(client.dispose()).catch(() => undefined);
      end();
    },
  };
  return link;
}
