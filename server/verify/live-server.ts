// The server in a process of its own, for the rigs of the live stream: settings from the environment, spoken to by messages.
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { compose } from '../src/process/compose.ts';
import { configFrom } from '../src/process/environment.ts';
import { startServer } from '../src/process/server.ts';
import { BotsStore } from '../src/signals/bots.store.ts';
import { Hub } from '../src/subscribers/hub.ts';
import { Viewer } from '../src/subscribers/viewer.ts';

/** What the process says of itself. */
export interface ServerStats {
  readonly rssMb: number;
  /** After a collection of garbage, where that was asked for. */
  readonly heapMb: number;
  readonly handles: number;
  /** Longest time that the event loop was held up since the last look, ms. */
  readonly stallMs: number;
  readonly cpuMs: number;
  /** Shared streams that run, and viewers on them. */
  readonly hubs: number;
  readonly viewers: number;
}
export type Plant = 'lose' | 'leak';
export type Ask = 'stats' | 'collected' | 'peers' | 'stop';
export type Told =
  | { readonly url: string; readonly token: string }
  | { readonly stats: ServerStats }
  | { readonly peers: readonly number[] }
  | { readonly stopped: true };

/** The bugs that the rigs must notice. */
const PLANTS: Readonly<Record<Plant, () => void>> = {
  lose() {
    const tell = Viewer.prototype.push;
    let count = 0;
    Viewer.prototype.push = function (message) {
      count += 1;
      if (message.sequence === undefined || count % 50 !== 0) tell.call(this, message);
    };
  },
  leak() {
    Hub.prototype.remove = () => {};
  },
};

/** Every hub on which somebody is. */
const hubs = new Set<Hub>();
const { add, remove } = Hub.prototype;
Hub.prototype.add = function (viewer) {
  hubs.add(this);
  add.call(this, viewer);
};
Hub.prototype.remove = function (viewer) {
  remove.call(this, viewer);
  if (this.size === 0) hubs.delete(this);
};

const MEBIBYTE = 1_048_576;
const RESOLUTION_MS = 5;
const plant = process.env['PLANT'];
if (plant !== undefined) PLANTS[plant as Plant]();
const log = { debug() {}, info() {}, warn() {}, error: (fields: object, message: string) => console.error(message, fields) };
const server = await startServer({ config: configFrom(process.env), compose, log, web: (_, response) => response.writeHead(404).end() });
/** Ports of the clients whose connections are held. A client that reads nothing does not learn that its own was cut. */
const peers = new Map<Socket, number>();
subscribe('net.server.socket', (message) => {
  const { socket } = message as { socket: Socket };
  peers.set(socket, socket.remotePort ?? 0);
  socket.once('close', () => peers.delete(socket));
});
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

function tell(told: Told): void {
  process.send?.(told);
}

async function collect(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await turn();
  }
}

function stats(): ServerStats {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const stallMs = Math.max(0, delays.max / 1e6 - RESOLUTION_MS);
  delays.reset();
  return {
    rssMb: rss / MEBIBYTE,
    heapMb: (heapUsed + external + arrayBuffers) / MEBIBYTE,
    handles: process.getActiveResourcesInfo().filter((name) => !name.includes('Timeout')).length,
    stallMs,
    cpuMs: (user + system) / 1000,
    hubs: hubs.size,
    viewers: [...hubs].reduce((sum, hub) => sum + hub.size, 0),
  };
}

process.on('message', (ask: Ask) => {
  void (async () => {
    if (ask === 'collected') await collect();
    if (ask === 'stop') {
      await server.stop();
      process.send?.({ stopped: true } satisfies Told, () => process.exit(0));
    } else if (ask === 'peers') tell({ peers: [...peers.values()] });
    else tell({ stats: stats() });
  })();
});
process.on('disconnect', () => process.exit(1));
const bots = new BotsStore(server.database.prisma);
const { token } = await bots.create(`Rig ${process.pid}`, server.clock, server.newId, server.randomBytes);
tell({ url: server.url, token });
