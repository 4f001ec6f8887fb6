import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { BotsStore } from '../src/signals/bots.store.ts';
import { compose } from '../src/process/compose.ts';
import { configFrom } from '../src/process/environment.ts';
import { startServer } from '../src/process/server.ts';
import type { FromServed, ToServed } from './serve.ts';

/** The server in a process of its own, which tells over IPC what it did with its time and memory. See serve.ts. */
const tell = (message: FromServed): void => void process.send?.(message);
let errors = 0;
const log = {
  debug() {},
  info() {},
  warn() {},
  error: (fields: object, message: string) => {
    errors += 1;
    console.error(message, fields);
  },
};
const server = await startServer({ config: configFrom(process.env), compose, log, web: (_, response) => response.writeHead(404).end() });
const { token } = await new BotsStore(server.database.prisma).create('Verifier', server.clock, server.newId, server.randomBytes);

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', ({ id, ask }: ToServed) => {
  if (ask === 'gc') for (let round = 0; round < 3; round += 1) globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }); // gives free pages back, too
  const { active } = performance.eventLoopUtilization();
  const { user, system } = process.threadCpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  tell({ id, activeMs: active, cpuMs: (user + system) / 1_000, longestMs: delay.max / 1e6, rss, heldBytes: heapUsed + external, errors });
  delay.reset();
});
process.once('disconnect', () => void server.stop().finally(() => process.exit(0)));
tell({ url: server.url, token });
