import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CHILD_ENVIRONMENT } from '../testkit/child-environment.ts';
import { startExchange } from '../simulator/exchange.ts';
import { rigDatabase } from './rig-database.ts';
import type { GiveDatabase } from './rig-database.ts';

export interface ToServed {
  readonly id: number;
  /** What the process is to do before it tells: collect its garbage, or nothing. */
  readonly ask: 'gc' | 'usage';
}

export interface Usage {
  /** Time in which the event loop was busy, and CPU time of its thread, since the process began, ms. */
  readonly activeMs: number;
  readonly cpuMs: number;
  /** The longest the event loop was held up since the last time it was asked, ms. */
  readonly longestMs: number;
  readonly rss: number;
  /** What is reachable, right after 'gc'. */
  readonly heldBytes: number;
  /** Errors logged since the process began. */
  readonly errors: number;
}

export type FromServed = { readonly url: string; readonly token: string } | ({ readonly id: number } & Usage);

export interface Served {
  /** Of the API. */
  readonly url: string;
  /** Of a bot. */
  readonly token: string;
  readonly isAlive: () => boolean;
  usage(ask?: ToServed['ask']): Promise<Usage>;
  stop(): Promise<void>;
}

/** The whole product in a process of its own, with an exchange in this one. */
export async function serve(env: Readonly<Record<string, string>>, giveDatabase?: GiveDatabase): Promise<Served> {
  const exchange = await startExchange();
  const database = await rigDatabase(giveDatabase);
  const child = fork(join(import.meta.dirname, 'served.ts'), {
    env: { ...CHILD_ENVIRONMENT, PORT: '0', DATABASE_URL: database.url, ...exchange.environment(), ...env },
    execArgv: [...process.execArgv, '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const waiting = new Map<number, (usage: Usage) => void>();
  const ready = Promise.withResolvers<{ url: string; token: string }>();
  child.on('message', (message: FromServed) => {
    if ('id' in message) waiting.get(message.id)?.(message);
    else ready.resolve(message);
  });
  void exited.then(() => ready.reject(new Error('the server ended before it was ready')));
  const endOthers = (): Promise<void> => exchange.stop().finally(() => database.end());
  const { url, token } = await ready.promise.catch((error: unknown) =>
    endOthers().then(() => {
      throw error;
    }),
  );

  let asked = 0;
  return {
    url: `${url}/graphql`,
    token,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    usage(ask = 'usage') {
      const id = (asked += 1);
      child.send({ id, ask } satisfies ToServed);
      return new Promise((resolve, reject) => {
        waiting.set(id, (usage) => {
          waiting.delete(id);
          resolve(usage);
        });
        void exited.then(() => reject(new Error('the server has ended')));
      });
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
      await endOthers();
    },
  };
}
