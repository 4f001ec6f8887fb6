// A contender is a process of its own that is told what to publish, and tells what that took.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Shape } from './rows.ts';

export type ContenderName = 'ours' | 'yoga' | 'mercurius' | 'ws';
/** Publishes once as many updates as `burst`, numbered from `from`; or asks what was used. */
export type ContenderAsk = { readonly publish: Shape; readonly from: number; readonly burst: number } | 'usage' | 'collected';
export interface Usage {
  readonly cpuMs: number;
  readonly rssMb: number;
}
export type Publish = (shape: Shape, number: number) => void;

export async function urlOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

export function answerAsks(publish: Publish, url: string): void {
  process.on('message', (ask: ContenderAsk) => {
    if (ask === 'collected') globalThis.gc?.();
    if (ask === 'usage' || ask === 'collected') return void process.send?.(usage());
    for (let number = ask.from; number < ask.from + ask.burst; number += 1) publish(ask.publish, number);
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ url });
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage().rss / 1_048_576 };
}
