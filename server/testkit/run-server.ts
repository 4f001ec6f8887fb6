// A server process without the product's parts, for tests of its life: started by its environment like the real one.
// FAIL=reject|throw makes it fail a moment after the start.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Compose } from '../src/process/composition.ts';
import { configFrom, processLog } from '../src/process/environment.ts';
import { runProcess } from '../src/process/lifecycle.ts';
import { startServer } from '../src/process/server.ts';

const compose: Compose = async () => ({
  services: [],
  graphql: (_, response) => response.end('graphql'),
  graphqlUpgrade: (_, socket) => socket.destroy(),
  endpoints: [],
  notReady: () => undefined,
});

const start = async () => {
  const server = await startServer({ config: configFrom(process.env), compose, web: (_, response) => response.end('web') });
  if (process.env['FAIL'] === 'reject') void Promise.reject(new Error('nobody waits\nfor this'));
  if (process.env['FAIL'] === 'throw') setTimeout(() => { throw new Error('thrown in a listener'); }, 1); // prettier-ignore
  if (process.env['FAIL'] === 'hang') return { ...server, stopDeadlineMs: 200, stop: () => sleep(60_000) };
  return server;
};
await runProcess(start, processLog({ logLevel: 'info' }));
