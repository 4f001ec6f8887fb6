import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../testkit/waiting.ts';
import { Crowds, quantile, requireConnections } from './crowds.ts';
import type { CrowdReport } from './crowd.ts';
import { LiveStage } from './live-stage.ts';
import type { Plant, ServerStats } from './live-server.ts';
import { table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';

const SIZES = {
  long: { subscribers: 10_000, perSecond: 500, seconds: 60, closures: 30 },
  short: { subscribers: 200, perSecond: 1_000, seconds: 2, closures: 3 },
} as const;
const PRICE_BATCHES_PER_SECOND = 20;
/** In the short form there is no clock to beat, as others use the machine too, nor enough subscribers for what each takes. */
const MAX_P99_MS = { long: 400, short: 15_000 } as const;
const MAX_STALL_MS = { long: 100, short: 15_000 } as const;
const MAX_KB_EACH = { long: 15, short: 1_000 } as const;
const QUIET = ['ETHUSDT', 'BNBUSDT', 'SOLUSDT', 'XRPUSDT', 'DOGEUSDT', 'ADAUSDT'];
const SUBSCRIPTIONS = [
  { id: 'e', query: 'subscription { tradeClosed { sequence trade { symbol status exitPrice realizedPnl } } }' },
  { id: 'p', query: 'subscription { priceTicks { symbol marketType price time } }' },
];

interface Run {
  readonly report: CrowdReport;
  readonly latenciesMs: readonly number[];
  /** Slowest subscriber of each closure. */
  readonly lastMs: readonly number[];
  readonly ramp: ServerStats;
  readonly stats: ServerStats;
  readonly idleMb: number;
}

/** One closure to everyone, again and again, while prices move: how late the last hears of it, and whether anyone misses one. */
export async function fanoutRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const form = rig.short ? 'short' : 'long';
  requireConnections(SIZES[form].subscribers);
  const { report, latenciesMs, lastMs, ramp, stats, idleMb } = await run(rig, SIZES[form]);
  const p99Ms = quantile(latenciesMs, 0.99);
  const kbEach = ((ramp.rssMb - idleMb) * 1024) / report.clients;
  const outcomes: Outcome[] = [
    {
      name: 'every subscriber heard every closure, once and in order',
      ...(report.wrong > 0 && { fault: `${report.wrong} did not: ${report.example}` }),
    },
    { name: 'none was cut', ...(report.closed > 0 && { fault: `${report.closed} were` }) },
    { name: 'prices were told', ...(report.others === 0 && { fault: 'none' }) },
    { name: `p99 ≤ ${MAX_P99_MS[form]} ms`, ...(p99Ms > MAX_P99_MS[form] && { fault: `${p99Ms.toFixed(0)} ms` }) },
    {
      name: `event loop held up ≤ ${MAX_STALL_MS[form]} ms`,
      ...(stats.stallMs > MAX_STALL_MS[form] && { fault: `${stats.stallMs.toFixed(0)} ms` }),
    },
    { name: `memory ≤ ${MAX_KB_EACH[form]} kB each`, ...(kbEach > MAX_KB_EACH[form] && { fault: `${kbEach.toFixed(1)} kB` }) },
  ];
  rig.say(
    table([
      ['subscribers', 'closures', 'median ms', 'p99 ms', 'worst ms', 'stall ms', 'price lists', 'server CPU s', 'RSS kB each'],
      [
        report.clients,
        lastMs.length,
        Math.round(quantile(latenciesMs, 0.5)),
        Math.round(p99Ms),
        Math.round(Math.max(...lastMs)),
        Math.round(stats.stallMs),
        report.others,
        Math.round((stats.cpuMs - ramp.cpuMs) / 100) / 10,
        Math.round(kbEach * 10) / 10,
      ],
    ]),
  );
  const bugged = await run(rig, SIZES.short, 'lose');
  return verdictOf('fanout', rig, outcomes, { bug: 'one event in fifty is told to nobody', caught: bugged.report.wrong > 0 }, startedMs, {
    subscribers: report.clients,
    medianMs: Math.round(quantile(latenciesMs, 0.5)),
    p99Ms: Math.round(p99Ms),
    stallMs: Math.round(stats.stallMs),
    rampStallMs: Math.round(ramp.stallMs),
    priceLists: report.others,
    rssKbEach: Math.round(kbEach * 10) / 10,
  });
}

async function run(rig: RigArguments, size: (typeof SIZES)[keyof typeof SIZES], plant?: Plant): Promise<Run> {
  const { subscribers, perSecond, seconds, closures } = size;
  const stage = await LiveStage.start(rig, {}, plant);
  const crowds = new Crowds();
  let going = true;
  try {
    for (const symbol of QUIET) {
      stage.tick(symbol, '100');
      await stage.open(symbol);
    }
    stage.tick('BTCUSDT', '100');
    await stage.open('BTCUSDT', '1000'); // keeps the symbol watched, so that it comes back from each touch
    const { rssMb: idleMb } = await stage.stats(true);
    await crowds.open(stage.graphqlUrl, subscribers, perSecond, SUBSCRIPTIONS);
    const ramp = await stage.stats();
    const prices = (async () => {
      for (let batch = 0; going; batch += 1) {
        for (const symbol of QUIET) stage.tick(symbol, (100 + (batch % 9)).toString());
        await sleep(1_000 / PRICE_BATCHES_PER_SECOND);
      }
    })();
    const closedAtMs: number[] = [];
    for (let closure = 0; closure < closures; closure += 1) {
      const beganMs = performance.now();
      await stage.open('BTCUSDT');
      closedAtMs.push(performance.timeOrigin + performance.now());
      stage.tick('BTCUSDT', '111');
      stage.tick('BTCUSDT', '100');
      await stage.priced('BTCUSDT', '100');
      await heardByAll(crowds, plant === undefined ? subscribers * (closure + 1) : 0);
      await sleep(Math.max(0, (seconds * 1_000) / closures - (performance.now() - beganMs)));
    }
    const stats = await stage.stats();
    going = false;
    await prices;
    const sequences = (await stage.events()).flatMap(({ kind, sequence }) => (kind === 'TradeClosed' ? [sequence] : []));
    const report = await crowds.check(sequences);
    const times = sequences.map((sequence, index) => (report.heardAt[sequence] ?? []).map((atMs) => atMs - closedAtMs[index]!));
    return { report, latenciesMs: times.flat(), lastMs: times.map((each) => Math.max(0, ...each)), ramp, stats, idleMb };
  } finally {
    going = false;
    crowds.end();
    await stage.end();
  }
}

/** Waits until so many events were heard; a run in which some are lost just goes on. */
async function heardByAll(crowds: Crowds, count: number): Promise<void> {
  await until(async () => ((await crowds.heard()) >= count ? true : undefined), `${count} events to be heard`, 10_000).catch(() => {});
}
