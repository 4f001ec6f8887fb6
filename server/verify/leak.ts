import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../testkit/waiting.ts';
import { Crowds } from './crowds.ts';
import { LiveStage } from './live-stage.ts';
import type { Plant, ServerStats } from './live-server.ts';
import { table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';

const SIZES = { long: { clients: 10_000, atOnce: 1_000 }, short: { clients: 200, atOnce: 100 } } as const;
/** What may remain: 5 %, or what any server keeps once it has had so many clients, a little for each in the short form. */
const SHARE = 1.05;
/** A server's own handles come and go, such as connections to its database. */
const FLOOR_HANDLES = 5;
const FLOOR_MB = 3;
const QUERIES = [
  'subscription { events { sequence } }',
  'subscription { tradeClosed { sequence } }',
  'subscription { priceTicks { symbol price } }',
  'subscription { performanceUpdated { totalPnl } }',
  'subscription { marketFeedsUpdated { state } }',
];

/** Subscribers that connect, subscribe and are gone without a word: handles, hubs and memory are as before. */
export async function leakRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const { before, after } = await run(rig, rig.short ? SIZES.short : SIZES.long);
  rig.say(
    table([
      ['', 'handles', 'heap MB', 'hubs', 'viewers'],
      ...Object.entries({ before, after }).map(([name, stats]) => [
        name,
        stats.handles,
        Math.round(stats.heapMb * 10) / 10,
        stats.hubs,
        stats.viewers,
      ]),
    ]),
  );
  const bugged = await run(rig, SIZES.short, 'leak');
  const planted = { bug: 'who leaves is not taken off the shared stream', caught: faults(bugged).some(({ fault }) => fault !== undefined) };
  return verdictOf('leak', rig, faults({ before, after }), planted, startedMs, { before, after });
}

interface Run {
  readonly before: ServerStats;
  readonly after: ServerStats;
}

function faults({ before, after }: Run): Outcome[] {
  const most = Math.max(before.heapMb * SHARE, before.heapMb + FLOOR_MB);
  const told = (fault: string, holds: boolean) => (holds ? {} : { fault });
  return [
    {
      name: 'handles',
      ...told(`${before.handles} → ${after.handles}`, after.handles <= Math.max(before.handles * SHARE, before.handles + FLOOR_HANDLES)),
    },
    { name: 'heap', ...told(`${before.heapMb.toFixed(1)} → ${after.heapMb.toFixed(1)} MB`, after.heapMb <= most) },
    { name: 'shared streams', ...told(`${after.hubs}`, after.hubs === 0) },
    { name: 'viewers', ...told(`${after.viewers}`, after.viewers === 0) },
  ];
}

async function run(rig: RigArguments, { clients, atOnce }: (typeof SIZES)[keyof typeof SIZES], plant?: Plant): Promise<Run> {
  const stage = await LiveStage.start(rig, {}, plant);
  const crowds = new Crowds();
  try {
    stage.tick('BTCUSDT', '100');
    await stage.open('BTCUSDT', '1000');
    const subscriptions = QUERIES.map((query, index) => ({ id: `s${index}`, query }));
    const comeAndGo = async (count: number): Promise<void> => {
      await crowds.open(stage.graphqlUrl, count, 5_000, subscriptions);
      stage.tick('BTCUSDT', '101');
      await stage.pend();
      await sleep(200);
      await crowds.kill();
    };
    const quiet = async (): Promise<ServerStats> => {
      await until(async () => ((await stage.peers()).size <= 2 ? true : undefined), 'the last connection to end').catch(() => {});
      await sleep(1_000); // what the loop still has to do
      return stage.stats(true);
    };
    // Caches, pools and compiled code come with the first clients, and stay.
    await comeAndGo(atOnce);
    await comeAndGo(atOnce);
    const before = await quiet();
    for (let gone = 0; gone < clients; gone += atOnce) await comeAndGo(atOnce);
    return { before, after: await quiet() };
  } finally {
    crowds.end();
    await stage.end();
  }
}
