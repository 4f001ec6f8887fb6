import type { Candle } from '../src/ticks/candle.ts';
import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { decideAcross } from './oracle.ts';
import type { Expected } from './oracle.ts';
import { randomOf, table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import { Stage } from './stage.ts';
import type { StageOptions } from './stage.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const LONGEST_MS = 72 * HOUR_MS;
const OUTAGES = 1_000;
const SHORT_OUTAGES = 25;
/** One in so many has a tape of `BACKLOG` trades. */
const BACKLOG_EVERY = 50;
const BACKLOG = 10_000;
const HALF_WEIGHT: Readonly<Record<MarketType, number>> = { SPOT: 3_000, FUTURES: 1_200 };
/** Around where the tape ends, and right after the worker left, prices stay away from levels: there a minute is seen in part. */
const QUIET_MS = 15 * MINUTE_MS;

/** How the worker came to miss something. */
type Kind = 'stopped' | 'killed' | 'disconnected' | 'half-open';

interface Plan {
  readonly seed: number;
  readonly marketType: MarketType;
  readonly durationMs: number;
  readonly kind: Kind;
  readonly horizon: { readonly reachMs: number; readonly beyond: 'EMPTY' | 'ERROR' } | null;
  readonly prints: number;
}

interface Tally {
  closures: number;
  byTape: number;
  byCandle: number;
  ambiguous: number;
  open: number;
}

/** Seeded outages of 1 s to 72 h on both markets, closures held to the oracle: the tape's wherever there is one, else the candles'. */
export async function gapRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const outcomes: Outcome[] = [];
  const tally: Tally = { closures: 0, byTape: 0, byCandle: 0, ambiguous: 0, open: 0 };
  const byKind = new Map<string, { outages: number; faults: number }>();
  const count = rig.short ? SHORT_OUTAGES : OUTAGES;
  for (let index = 0; index < count; index += 1) {
    const plan = planOf(rig.seed * 100_003 + index, index % BACKLOG_EVERY === BACKLOG_EVERY - 1);
    const name = nameOf(plan);
    const fault = await outageFault(plan, {}, tally);
    outcomes.push({ name, ...(fault !== undefined && { fault }) });
    const key = `${plan.marketType} ${plan.kind}`;
    const row = byKind.get(key) ?? { outages: 0, faults: 0 };
    byKind.set(key, { outages: row.outages + 1, faults: row.faults + (fault === undefined ? 0 : 1) });
    if (fault !== undefined) rig.say(`✗ ${name}: ${fault}`);
    if ((index + 1) % 100 === 0) rig.say(`${index + 1} of ${count} outages, ${Math.round((performance.now() - startedMs) / SECOND_MS)} s`);
  }
  rig.say(
    table([['outages', 'passed', 'of'], ...[...byKind].sort().map(([key, { outages, faults }]) => [key, outages - faults, outages])]),
  );
  const caught = await isPlantedBugCaught(rig.seed);
  return verdictOf('gap', rig, outcomes, { bug: PLANTED, caught }, startedMs, { ...tally });
}

const PLANTED = 'candles lose their low, so that a candle of both levels is no longer ambiguous';
const PLANTED_OUTAGES = 40;

async function isPlantedBugCaught(seed: number): Promise<boolean> {
  const patchCandle = (candle: Candle): readonly Candle[] => [{ ...candle, low: candle.open }];
  const nothing: Tally = { closures: 0, byTape: 0, byCandle: 0, ambiguous: 0, open: 0 };
  for (let index = 0; index < PLANTED_OUTAGES; index += 1) {
    const plan = planOf(seed + index, false);
    const gone: Plan = {
      ...plan,
      marketType: 'FUTURES',
      kind: 'stopped',
      durationMs: 60 * HOUR_MS,
      horizon: { reachMs: 24 * HOUR_MS, beyond: 'EMPTY' },
    };
    if ((await outageFault(gone, { patchCandle }, nothing)) !== undefined) return true;
  }
  return false;
}

function planOf(seed: number, isBacklog: boolean): Plan {
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const marketType = pick(MARKET_TYPES);
  // As many of each magnitude, and one in three longer than futures may keep their trades.
  const isLong = random() < 1 / 3;
  const [leastMs, spread] = isLong ? [20 * HOUR_MS, LONGEST_MS / (20 * HOUR_MS)] : [SECOND_MS, LONGEST_MS / SECOND_MS];
  const durationMs = Math.round(leastMs * spread ** random());
  const kind = pick<Kind>(['stopped', 'killed', 'disconnected', 'half-open']);
  const horizon = { reachMs: pick([24, 48]) * HOUR_MS, beyond: pick(['EMPTY', 'ERROR'] as const) };
  const prints = isBacklog ? BACKLOG : 2 + Math.floor(random() * 60);
  return { seed, marketType, durationMs, kind, horizon: marketType === 'FUTURES' ? horizon : null, prints };
}

function nameOf({ seed, marketType, durationMs, kind, horizon, prints }: Plan): string {
  const length = durationMs < MINUTE_MS ? `${Math.round(durationMs / 100) / 10} s` : `${Math.round(durationMs / 600) / 100} min`;
  const tape = horizon && durationMs > horizon.reachMs ? `, tape of ${horizon.reachMs / HOUR_MS} h (${horizon.beyond})` : '';
  return `seed ${seed}: ${marketType} ${kind} for ${length}, ${prints} trades${tape}`;
}

async function outageFault(plan: Plan, options: StageOptions, tally: Tally): Promise<string | undefined> {
  let stage: Stage | undefined;
  try {
    stage = await Stage.start({ ...options, marketType: plan.marketType, seed: plan.seed });
    await suffer(stage, plan, tally);
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  } finally {
    await stage?.end();
  }
}

async function suffer(stage: Stage, plan: Plan, tally: Tally): Promise<void> {
  const { marketType, kind, durationMs, horizon } = plan;
  const { world, exchange } = stage;
  const random = randomOf(plan.seed + 1);
  openTrades(stage, random, durationMs);
  await stage.inSync();
  await stage.prints([100.1, 99.9, 100], 300);
  const seenId = stage.tape().at(-1)!.id;

  const startMs = world.nowMs;
  if (kind === 'stopped') await stage.worker.stop();
  else if (kind === 'killed') await stage.worker.kill();
  else if (kind === 'half-open') exchange.stallConnections(marketType);
  else {
    exchange.refuseConnections(true, marketType);
    exchange.dropConnections({ marketType });
  }
  await world.settle();
  // A worker that is cut off for hours would knock thousands of times: it sleeps through instead, as on a machine that slept.
  await world.leap(durationMs);
  const endMs = world.nowMs;
  exchange.faults.setTapeHorizon(marketType, horizon);
  const goneBeforeMs = horizon ? endMs - horizon.reachMs : -Infinity;
  for (const { timeMs, price } of pricesWithin(startMs, endMs, goneBeforeMs, plan.prints, random))
    stage.print(price, { timeMs, broadcast: false });
  if (kind === 'stopped') await stage.restart('stop');
  else if (kind === 'killed') await stage.restart('kill');
  else exchange.refuseConnections(false);
  // Whoever asks for a tape on which nothing is left gets nothing: only the next trade shows that there was a hole.
  stage.print('100');
  await stage.inSync(30 * MINUTE_MS);
  await stage.prints([100, priceOf(random, 3), priceOf(random, 4), 100], 200);
  await stage.inSync();
  await stage.run(2 * SECOND_MS);

  const expectedOf = (trade: Parameters<typeof decideAcross>[0]): Expected | undefined =>
    decideAcross(trade, stage.tape(), seenId, goneBeforeMs);
  const differences = stage.differences(expectedOf);
  if (differences.length > 0) throw new Error(differences[0]);
  const peak = exchange.faults.peakWeight(marketType);
  if (peak > HALF_WEIGHT[marketType])
    throw new Error(`${peak} request weight used in one minute, half of the limit is ${HALF_WEIGHT[marketType]}`);
  for (const { closure } of stage.record.trades.values()) {
    if (!closure) tally.open += 1;
    else {
      tally.closures += 1;
      if (closure.source === 'CANDLE') tally.byCandle += 1;
      else tally.byTape += 1;
      if (closure.ambiguous) tally.ambiguous += 1;
    }
  }
}

/** One to four trades, long and short, with levels from 1 to 5 % away; some end by time. */
function openTrades(stage: Stage, random: () => number, durationMs: number): void {
  const count = 1 + Math.floor(random() * 4);
  for (let made = 0; made < count; made += 1) {
    const above = (100 + 1 + random() * 4).toFixed(2);
    const below = (100 - 1 - random() * 4).toFixed(2);
    const ends = random() < 0.15 ? { expiresInMs: Math.round(durationMs * random() * 1.5) + 5 * SECOND_MS } : {};
    if (random() < 0.5) stage.open('LONG', above, below, ends);
    else stage.open('SHORT', below, above, ends);
  }
}

/** Prices of an outage in the order of their times; quiet where a minute could be seen in part. */
function* pricesWithin(
  startMs: number,
  endMs: number,
  goneBeforeMs: number,
  count: number,
  random: () => number,
): Generator<{ timeMs: number; price: string }> {
  const times = Array.from({ length: count }, () => startMs + Math.floor(random() * (endMs - startMs))).sort((one, other) => one - other);
  const isGone = goneBeforeMs > startMs;
  // A backlog of thousands would touch everything at once if every one of them could.
  const touching = Math.min(1, 60 / count) * 0.4;
  let crowd = 0;
  let lastMs = startMs;
  for (const ownMs of times) {
    // Trades of long ago would lie alone in their minutes: now and then some of them come together.
    if (crowd === 0 && random() < 0.2) crowd = 1 + Math.floor(random() * 5);
    const timeMs = crowd > 0 ? lastMs : ownMs;
    if (crowd > 0) crowd -= 1;
    lastMs = Math.max(lastMs, timeMs);
    const isQuiet = isGone && (Math.abs(lastMs - goneBeforeMs) < QUIET_MS || lastMs - startMs < 2 * MINUTE_MS);
    yield { timeMs: lastMs, price: isQuiet || random() > touching ? '100' : priceOf(random, 6) };
  }
}

function priceOf(random: () => number, percent: number): string {
  return (100 + (random() * 2 - 1) * percent).toFixed(2);
}
