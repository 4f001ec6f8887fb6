import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../testkit/waiting.ts';
import { Crowds, quantile } from './crowds.ts';
import { LiveStage } from './live-stage.ts';
import { table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import { SlowClient } from './slow-client.ts';
import type { Habit, Way } from './slow-client.ts';

const WAYS: readonly Way[] = ['WS', 'SSE'];
const HABITS: readonly Habit[] = ['stalled', 'dripping'];
const HEALTHY = 100;
const POSITIONS = 60;
/** About half a megabyte each time prices move, ten times a second: what the kernel holds for a connection is full after seconds. */
const LARGE =
  'subscription { openPositionsUpdated(intervalMs: 100) { positions { signal { note a: note b: note c: note d: note e: note } } } }';
const HEALTHY_HEAR = [
  { id: 'e', query: 'subscription { events { sequence } }' },
  { id: 'p', query: 'subscription { openPositionsUpdated { totalUnrealizedPnl } }' },
];
/** Also before the slow ones come, so that what is compared is their slowness and not what it takes to tell them. */
const ONE_WHO_HEARS_ALL = [{ id: 'all', query: LARGE }];
const NOTE = '✓'.repeat(500);
const TICKS_EVERY_MS = 100;
const EVENTS_EVERY_MS = 200;
const LOOK_EVERY_MS = 250;

interface Form {
  /** Of each habit, on both ways together; one that is cut is replaced. */
  readonly clients: number;
  /** So many come between two looks. All together would be cut together, and come back together, for ever. */
  readonly atOnce: number;
  /** Half of it before the slow ones come, half after they are gone. */
  readonly calmMs: number;
  readonly slowMs: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly maxHeldMs: Readonly<Record<Habit, number>>;
  readonly maxGrowthMb: number;
  readonly maxRatio: number;
}
const LONG: Form = {
  clients: 100,
  atOnce: 3,
  calmMs: 300_000,
  slowMs: 600_000,
  settings: {},
  maxHeldMs: { stalled: 30_000, dripping: 90_000 },
  maxGrowthMb: 50,
  maxRatio: 1.2,
};
/** Everything sooner; how quick the healthy ones are is no matter, as others use the machine too. */
const SHORT: Form = {
  clients: 4,
  atOnce: 8,
  calmMs: 1_000,
  slowMs: 8_000,
  settings: {
    SOCKETS_STALLED_MS: '1000',
    SOCKETS_BEHIND_MS: '2000',
    SOCKETS_STALLED_STREAM_MS: '1000',
    SOCKETS_PING_INTERVAL_MS: '1000',
  },
  maxHeldMs: { stalled: 15_000, dripping: 15_000 },
  maxGrowthMb: 300,
  maxRatio: 1_000,
};
const PATIENT = {
  SOCKETS_STALLED_MS: '600000',
  SOCKETS_BEHIND_MS: '600000',
  SOCKETS_STALLED_STREAM_MS: '600000',
  SOCKETS_PING_INTERVAL_MS: '600000',
};

interface Run {
  readonly calmP99Ms: number;
  /** The same apart: before the slow ones, and after them. */
  readonly calmP99sMs: readonly number[];
  readonly slowP99Ms: number;
  readonly growthMb: number;
  /** How long each was held, ms, by way and habit. */
  readonly heldMs: ReadonlyMap<string, readonly number[]>;
  /** Held at the end for longer than they may be. */
  readonly overdue: number;
  readonly wrong: string | undefined;
  readonly alive: boolean;
}

/**
 * Subscribers that read nothing, or a kilobyte a second: nobody else may notice, and each must be cut in time. What others notice is
 * compared with half of the calm before the slow ones and half of it after them, as the machine is not equally quick all the time.
 */
export async function slowRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const form = rig.short ? SHORT : LONG;
  const { calmP99Ms, calmP99sMs, slowP99Ms, growthMb, heldMs, overdue, wrong, alive } = await run(rig, form, form.settings);
  const outcomes: Outcome[] = [
    { name: 'the server lives', ...(!alive && { fault: 'it does not' }) },
    { name: `memory + ≤ ${form.maxGrowthMb} MB`, ...(growthMb > form.maxGrowthMb && { fault: `+${growthMb.toFixed(0)} MB` }) },
    {
      name: `p99 of the others ≤ ${form.maxRatio}×`,
      ...(slowP99Ms > calmP99Ms * form.maxRatio && { fault: `${calmP99Ms.toFixed(1)} → ${slowP99Ms.toFixed(1)} ms` }),
    },
    { name: 'the others hear every event', ...(wrong !== undefined && { fault: wrong }) },
    { name: 'none is held for longer than it may', ...(overdue > 0 && { fault: `${overdue} are` }) },
    ...WAYS.flatMap((way) =>
      HABITS.map((habit) => {
        const worstMs = Math.max(0, ...(heldMs.get(`${way} ${habit}`) ?? []));
        const fault =
          worstMs === 0 ? 'none was' : worstMs > form.maxHeldMs[habit] ? `one after ${Math.round(worstMs / 1000)} s` : undefined;
        return { name: `${way} ${habit}: cut within ${form.maxHeldMs[habit] / 1000} s`, ...(fault !== undefined && { fault }) };
      }),
    ),
  ];
  rig.say(
    table([
      ['who', 'cut', 'median s', 'worst s'],
      ...[...heldMs].map(([name, held]) => [name, held.length, seconds(quantile(held, 0.5)), seconds(Math.max(...held))]),
    ]),
  );
  const bugged = await run(rig, SHORT, PATIENT);
  const planted = { bug: 'nobody is ever cut', caught: bugged.heldMs.size === 0 };
  return verdictOf('slow', rig, outcomes, planted, startedMs, {
    calmP99Ms: Math.round(calmP99Ms * 10) / 10,
    calmP99sMs: calmP99sMs.map((ms) => Math.round(ms * 10) / 10),
    slowP99Ms: Math.round(slowP99Ms * 10) / 10,
    growthMb: Math.round(growthMb),
    cut: Object.fromEntries([...heldMs].map(([name, held]) => [name, { count: held.length, worstS: seconds(Math.max(...held)) }])),
  });
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

async function run(rig: RigArguments, form: Form, settings: Readonly<Record<string, string>>): Promise<Run> {
  const stage = await LiveStage.start(rig, settings);
  const [crowds, quick] = [new Crowds(), new Crowds()];
  let going = true;
  const slow: SlowClient[] = [];
  try {
    stage.tick('BTCUSDT', '100');
    for (let position = 0; position < POSITIONS; position += 1) await stage.open('BTCUSDT', '1000', NOTE);
    const prices = (async () => {
      for (let turn = 0; going; turn += 1) {
        stage.tick('BTCUSDT', (100 + (turn % 9)).toString());
        await sleep(TICKS_EVERY_MS);
      }
    })();
    await crowds.open(stage.graphqlUrl, HEALTHY, 500, HEALTHY_HEAR);
    await quick.open(stage.graphqlUrl, 1, 500, ONE_WHO_HEARS_ALL);
    await heard(crowds, await events(stage, form.calmMs / 20)); // everything has been used once
    await crowds.forget();
    await stage.stats(true); // so that the phases begin behind a collection of garbage
    rig.say(`calm for ${seconds(form.calmMs / 2)} s`);
    let calmRssMb = 0; // the most of any look, as below: there is garbage in either phase
    const before = await during(events(stage, form.calmMs / 2), async () => {
      calmRssMb = Math.max(calmRssMb, (await stage.stats()).rssMb);
    });
    const calmBefore = await heard(crowds, before);
    await crowds.forget();

    const heldMs = new Map<string, number[]>();
    const places = Array.from({ length: form.clients * 2 }, (_, index) => ({
      way: WAYS[index % 2]!,
      habit: HABITS[Math.floor(index / 2) % 2]!,
    }));
    /** As many as come between two looks. */
    const comeIn = async (): Promise<void> => {
      for (const { way, habit } of places.slice(slow.length, slow.length + form.atOnce))
        slow.push(await SlowClient.open(stage.graphqlUrl, way, habit, LARGE));
    };
    rig.say(`${places.length} slow ones for ${seconds(form.slowMs)} s`);
    let slowRssMb = 0;
    const told = await during(events(stage, form.slowMs), async () => {
      slowRssMb = Math.max(slowRssMb, (await stage.stats()).rssMb);
      if (slow.length < places.length) return comeIn();
      const peers = await stage.peers();
      for (const [index, client] of slow.entries()) {
        if (peers.has(client.port)) continue;
        heldMs.set(client.name, [...(heldMs.get(client.name) ?? []), performance.now() - client.beganMs]);
        client.end();
        const { way, habit } = places[index]!;
        slow[index] = await SlowClient.open(stage.graphqlUrl, way, habit, LARGE);
      }
    });
    const report = await heard(crowds, told);
    const nowMs = performance.now();
    const overdue = slow.filter(({ beganMs }, index) => nowMs - beganMs > form.maxHeldMs[places[index]!.habit]).length;
    for (const client of slow) client.end();
    await crowds.forget();
    await stage.stats(true);
    rig.say(`calm again for ${seconds(form.calmMs / 2)} s`);
    const calmAfter = await heard(crowds, await during(events(stage, form.calmMs / 2), () => stage.stats()));
    going = false;
    await prices;
    return {
      calmP99sMs: [calmBefore, calmAfter].map(({ latenciesMs }) => quantile(latenciesMs, 0.99)),
      calmP99Ms: quantile([...calmBefore.latenciesMs, ...calmAfter.latenciesMs], 0.99),
      slowP99Ms: quantile(report.latenciesMs, 0.99),
      growthMb: slowRssMb - calmRssMb,
      heldMs,
      overdue,
      wrong: calmBefore.wrong ?? report.wrong ?? calmAfter.wrong,
      alive: stage.isAlive,
    };
  } finally {
    going = false;
    for (const client of slow) client.end();
    crowds.end();
    quick.end();
    await stage.end();
  }
}

/** Looks again and again until something is over. */
async function during<T>(something: Promise<T>, look: () => Promise<unknown>): Promise<T> {
  let isOver = false;
  const looking = async (): Promise<void> => {
    while (!isOver) {
      await look();
      await sleep(LOOK_EVERY_MS);
    }
  };
  const [result] = await Promise.all([something.finally(() => (isOver = true)), looking()]);
  return result;
}

/** An event every now and then for so long; gives when each was sent, by sequence. */
async function events(stage: LiveStage, forMs: number): Promise<Map<number, number>> {
  const sentAt: number[] = [];
  const before = (await stage.events()).length;
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs) {
    const beganMs = performance.now();
    sentAt.push(performance.timeOrigin + beganMs);
    await stage.pend();
    await sleep(Math.max(0, EVENTS_EVERY_MS - (performance.now() - beganMs)));
  }
  return new Map(sentAt.map((atMs, index) => [before + index + 1, atMs]));
}

interface Heard {
  readonly latenciesMs: readonly number[];
  readonly wrong: string | undefined;
}

async function heard(crowds: Crowds, sent: ReadonlyMap<number, number>): Promise<Heard> {
  await until(async () => ((await crowds.heard()) >= sent.size * HEALTHY ? true : undefined), 'the last event', 10_000).catch(() => {});
  const report = await crowds.check([...sent.keys()]);
  const latenciesMs = [...sent].flatMap(([sequence, atMs]) => (report.heardAt[sequence] ?? []).map((heardMs) => heardMs - atMs));
  return { latenciesMs, wrong: report.wrong > 0 ? `${report.wrong} did not: ${report.example}` : undefined };
}
