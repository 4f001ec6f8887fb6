import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Crowds, quantile } from '../verify/crowds.ts';
import { LiveStage } from '../verify/live-stage.ts';
import type { RigArguments } from '../verify/rig.ts';
import { Floor } from './floor.ts';
import { spread } from './report.ts';
import type { Row } from './report.ts';

export interface LatencyCase {
  readonly viewers: number;
  readonly ticksPerSecond: number;
  readonly rounds: number;
  readonly closuresPerRound: number;
  readonly pauseMs: number;
  /** How often the opponent asks. */
  readonly pollEveryMs: number;
  readonly database?: NonNullable<RigArguments['database']>;
}

const SUBSCRIPTION = { id: 'e', query: 'subscription { tradeClosed { sequence trade { symbol status exitPrice realizedPnl } } }' };
const POLL =
  '{ trades(filter: { status: [CLOSED_TP] }, orderBy: { field: EXIT_TIME }, first: 100) { edges { node { closedBy { sequence } } } } }';
const BUSY = ['ETHUSDT', 'BNBUSDT', 'SOLUSDT', 'XRPUSDT', 'DOGEUSDT', 'ADAUSDT'];
const SYMBOLS = [...BUSY, 'BTCUSDT'];
const TICKS_EVERY_MS = 10;

/**
 * From the moment at which the exchange sends the trade that touches a take profit until a client has the closure: seen, decided,
 * stored on the disk, told. One opponent asks for the newest closures again and again, each client at its own moment, of the same server;
 * it asks in rounds of its own, as its questions would hold up what is told. The other is what this machine can do at best: a process
 * that knows no signal, no stop and no GraphQL.
 */
export async function latencyCase(size: LatencyCase): Promise<Row[]> {
  const { viewers, ticksPerSecond, rounds, closuresPerRound, pauseMs, pollEveryMs, database } = size;
  const stage = await LiveStage.start({ seed: 1, short: true, say: () => {}, ...(database && { database }) });
  const floor = await Floor.start(SYMBOLS, '110', database).catch(async (error: unknown) => {
    await stage.end();
    throw error;
  });
  const [crowds, floorCrowds] = [new Crowds(), new Crowds()];
  /** Whose exchange is busy just now: of two at once each would hold up the other. */
  let busy: Pick<LiveStage, 'tick'> | undefined = stage;
  try {
    for (const symbol of SYMBOLS) {
      stage.tick(symbol, '100');
      await stage.open(symbol, '1000'); // keeps the symbol watched
    }
    await crowds.open(stage.graphqlUrl, viewers, 500, [SUBSCRIPTION]);
    await floorCrowds.open(floor.url, viewers, 500, [SUBSCRIPTION]);
    const ticks = tickSteadily(() => busy, ticksPerSecond);
    const sentAt: number[] = [];
    const floorSentAt: number[] = [];
    const touch = async (exchange: Pick<LiveStage, 'tick'>, at: number[]): Promise<void> => {
      at.push(performance.timeOrigin + performance.now());
      exchange.tick('BTCUSDT', '111');
      exchange.tick('BTCUSDT', '100');
      await sleep(pauseMs); // without a question to the server while it has the closure to tell
    };
    const close = async (): Promise<void> => {
      for (let closure = 0; closure < closuresPerRound; closure += 1) {
        await stage.open('BTCUSDT');
        await touch(stage, sentAt);
        await stage.priced('BTCUSDT', '100');
      }
    };
    /** Of each round, when each of those who ask saw each closure first. */
    const polled: ReadonlyMap<number, number>[][] = [];
    for (let round = 0; round < rounds; round += 1) {
      await close();
      busy = floor;
      for (let closure = 0; closure < closuresPerRound; closure += 1) await touch(floor, floorSentAt);
      busy = stage;
      const enough = new AbortController();
      const pollers = Array.from({ length: viewers }, (_, index) =>
        poll(stage, (index / viewers) * pollEveryMs, pollEveryMs, enough.signal),
      );
      await close();
      await sleep(pollEveryMs);
      enough.abort();
      polled.push(await Promise.all(pollers));
    }
    busy = undefined;
    const told = await ticks;
    const sequences = (await stage.events()).flatMap(({ kind, sequence }) => (kind === 'TradeClosed' ? [sequence] : []));
    const own = await toldTo(crowds, sequences, sentAt);
    const least = await toldTo(
      floorCrowds,
      floorSentAt.map((_, index) => index + 1),
      floorSentAt,
    );
    const asked = (round: number): Told => ({ ...own, heardAt: (sequence) => polled[round]!.flatMap((seen) => seen.get(sequence) ?? []) });
    /** Of each round all that was waited, ms. Every second group of ours is the one that was asked for. */
    const contenders = [
      { contender: 'ours', waited: (round: number) => delaysOf(own, round * 2, closuresPerRound) },
      { contender: 'bare ws and pg', waited: (round: number) => delaysOf(least, round, closuresPerRound) },
      {
        contender: `polling each ${pollEveryMs / 1_000} s`,
        waited: (round: number) => delaysOf(asked(round), round * 2 + 1, closuresPerRound),
      },
    ];
    const note = `fsync ${await fsyncOf(stage.databaseUrl)}, ${Math.round(told)} ticks/s`;
    const label = `${viewers} viewers`;
    return [0.5, 0.99].flatMap((part) => {
      const values = contenders.map(({ contender, waited }) => ({
        contender,
        value: spread(Array.from({ length: rounds }, (_, round) => quantile(waited(round), part))),
      }));
      const ours = values[0]!.value.median;
      return values.map(({ contender, value }) => ({
        case: `${label}, p${part * 100}`,
        contender,
        unit: 'ms',
        value,
        ratio: value.median / ours,
        note,
      }));
    });
  } finally {
    busy = undefined;
    crowds.end();
    floorCrowds.end();
    await Promise.all([floor.end(), stage.end()]);
  }
}

/** Closures in the order in which they happened, when each was sent, and when each client heard of it. */
interface Told {
  readonly sequences: readonly number[];
  readonly sentAt: readonly number[];
  readonly heardAt: (sequence: number) => readonly number[];
}

/** How long each client waited for each closure of the `nth` group of `count`, ms. */
function delaysOf({ sequences, sentAt, heardAt }: Told, nth: number, count: number): number[] {
  const from = nth * count;
  return sequences.slice(from, from + count).flatMap((sequence, index) => heardAt(sequence).map((atMs) => atMs - sentAt[from + index]!));
}

async function toldTo(crowds: Crowds, sequences: readonly number[], sentAt: readonly number[]): Promise<Told> {
  const { heardAt, wrong, example } = await crowds.check(sequences);
  if (wrong > 0 || sequences.length !== sentAt.length) throw new Error(`${wrong} viewers heard other closures: ${example}`);
  return { sequences, sentAt, heardAt: (sequence) => heardAt[sequence] ?? [] };
}

/** Gives how many ticks per second were sent. */
async function tickSteadily(busy: () => Pick<LiveStage, 'tick'> | undefined, perSecond: number): Promise<number> {
  const beganMs = performance.now();
  let sent = 0;
  for (let exchange = busy(); exchange; exchange = busy()) {
    const due = ((performance.now() - beganMs) / 1_000) * perSecond;
    for (; sent < due; sent += 1) exchange.tick(BUSY[sent % BUSY.length]!, (100 + (sent % 9)).toString());
    await sleep(TICKS_EVERY_MS);
  }
  return sent / ((performance.now() - beganMs) / 1_000);
}

/** When one who asks every `everyMs` until `enough` saw each closure first, by sequence. */
async function poll(stage: LiveStage, firstMs: number, everyMs: number, enough: AbortSignal): Promise<Map<number, number>> {
  const seen = new Map<number, number>();
  for (let delayMs = firstMs; ; delayMs = everyMs) {
    await sleep(delayMs, undefined, { signal: enough }).catch(() => {});
    if (enough.aborted) return seen;
    const { trades } = await stage.query<{ trades: { edges: { node: { closedBy: { sequence: string } } }[] } }>(POLL);
    const nowMs = performance.timeOrigin + performance.now();
    for (const { node } of trades.edges) {
      const sequence = Number(node.closedBy.sequence);
      if (!seen.has(sequence)) seen.set(sequence, nowMs);
    }
  }
}

async function fsyncOf(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ fsync: string }>('SHOW fsync');
  await client.end();
  return rows[0]!.fsync;
}
