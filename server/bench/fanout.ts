import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextMessage } from '../verify/children.ts';
import type { ContenderAsk, ContenderName, Usage } from './contender-process.ts';
import { QUERIES } from './rows.ts';
import type { Shape } from './rows.ts';
import type { Row } from './report.ts';
import { spread } from './report.ts';
import type { ViewersAsk, ViewersTold } from './viewers.ts';

export interface FanoutCase {
  readonly label: string;
  readonly shape: Shape;
  readonly viewers: number;
  /** Distinct variable sets among them. */
  readonly sets: number;
  readonly burst: number;
  /** Whether all clients use the same operation id, as our page does. */
  readonly sameId: boolean;
}

export interface Effort {
  readonly rounds: number;
  /** Updates, or bursts of them, per round and contender. */
  readonly publishes: number;
}

/** `npm run bench` installs them. */
export const hasMercurius = existsSync(join(import.meta.dirname, 'mercurius', 'node_modules'));
/** The limit cannot tell variables apart: it stands beside the rows in which all are told the same. */
export const NAMES: readonly ContenderName[] = ['ours', 'yoga', ...(hasMercurius ? (['mercurius'] as const) : []), 'ws'];

/** A server and its viewers, each in a process of its own. */
class Contender {
  readonly name: ContenderName;
  readonly #server: ChildProcess;
  readonly #viewers: ChildProcess;
  #published = 0;

  private constructor(name: ContenderName, server: ChildProcess, viewers: ChildProcess) {
    this.name = name;
    this.#server = server;
    this.#viewers = viewers;
  }

  static async start(name: ContenderName): Promise<{ contender: Contender; url: string }> {
    const script = name === 'mercurius' ? join('mercurius', 'contender.mjs') : 'contender.ts';
    const server = fork(join(import.meta.dirname, script), [name], {
      execArgv: [...process.execArgv, '--expose-gc'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    const { url } = await nextMessage<{ url: string }>(server);
    return { contender: new Contender(name, server, fork(join(import.meta.dirname, 'viewers.ts'))), url };
  }

  async open(open: Extract<ViewersAsk, { open: unknown }>['open']): Promise<void> {
    const opened = nextMessage<ViewersTold>(this.#viewers);
    this.#viewers.send({ open } satisfies ViewersAsk);
    await opened;
    await sleep(200); // the last subscriptions are still being read
  }

  async usage(ask: 'usage' | 'collected' = 'usage'): Promise<Usage> {
    const told = nextMessage<Usage>(this.#server);
    this.#server.send(ask satisfies ContenderAsk);
    return told;
  }

  /** Publishes once; resolves with what one of them heard when everyone has heard all of it. */
  async publish(shape: Shape, burst: number, viewers: number): Promise<readonly string[]> {
    const heard = nextMessage<{ first: readonly string[] }>(this.#viewers);
    this.#viewers.send({ await: viewers * burst } satisfies ViewersAsk);
    this.#server.send({ publish: shape, from: this.#published, burst } satisfies ContenderAsk);
    this.#published += burst;
    return (await heard).first;
  }

  end(): void {
    this.#viewers.disconnect();
    this.#server.disconnect();
  }
}

/** One case, round for round, one contender after the other: server CPU per message delivered. */
export async function fanoutCase({ label, shape, viewers, sets, burst, sameId }: FanoutCase, effort: Effort): Promise<Row[]> {
  const contenders = await Promise.all(NAMES.map((name) => Contender.start(name)));
  try {
    for (const { contender, url } of contenders) await contender.open({ url, count: viewers, query: QUERIES[shape], sets, sameId });
    const payloads = await Promise.all(contenders.map(({ contender }) => contender.publish(shape, burst, viewers)));
    requireEqual(label, payloads);
    const cpuUs = new Map<ContenderName, number[]>(NAMES.map((name) => [name, []]));
    const rate = new Map<ContenderName, number[]>(NAMES.map((name) => [name, []]));
    for (let round = 0; round < effort.rounds; round += 1) {
      for (const { contender } of contenders) {
        const before = await contender.usage();
        const beganMs = performance.now();
        for (let published = 0; published < effort.publishes; published += 1) await contender.publish(shape, burst, viewers);
        const seconds = (performance.now() - beganMs) / 1_000;
        const { cpuMs } = await contender.usage();
        const deliveries = viewers * burst * effort.publishes;
        cpuUs.get(contender.name)!.push(((cpuMs - before.cpuMs) * 1_000) / deliveries);
        rate.get(contender.name)!.push(deliveries / seconds);
      }
    }
    const median = (name: ContenderName): number => spread(cpuUs.get(name)!).median;
    return NAMES.map((name) => ({
      case: label,
      contender: name,
      unit: 'µs of server CPU per message',
      value: spread(cpuUs.get(name)!),
      ratio: median(name) / median('ours'),
      note: `${Math.round(spread(rate.get(name)!).median / 1_000)}k messages/s, ${percent(median('ws') / median(name))} of the limit`,
    }));
  } finally {
    for (const { contender } of contenders) contender.end();
  }
}

/** Memory of a subscriber that hears nothing: each round with fresh processes. */
export async function memoryCase(viewers: number, rounds: number): Promise<Row[]> {
  const kb = new Map<ContenderName, number[]>(NAMES.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of NAMES) {
      const { contender, url } = await Contender.start(name);
      const open = { url, query: QUERIES.ticks, sets: 1, sameId: true };
      await contender.open({ ...open, count: 50 }); // what the first ones cost is not theirs
      const before = await contender.usage('collected');
      await contender.open({ ...open, count: viewers });
      kb.get(name)!.push((((await contender.usage('collected')).rssMb - before.rssMb) * 1_024) / viewers);
      contender.end();
    }
  }
  const median = (name: ContenderName): number => spread(kb.get(name)!).median;
  return NAMES.map((name) => ({
    case: `${viewers} idle`,
    contender: name,
    unit: 'kB of RSS per subscriber',
    value: spread(kb.get(name)!),
    ratio: median(name) / median('ours'),
    note: '',
  }));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** The same on the wire, in the same order, byte for byte, but for the envelope: its id and the order of its parts are each one's own. */
function requireEqual(label: string, payloads: readonly (readonly string[])[]): void {
  const told = payloads.map((each) => each.map(payloadOf).join('\n'));
  if (new Set(told).size === 1 && told[0] !== '') return;
  throw new Error(`${label}: the contenders tell different things:\n${told.map((text) => text.slice(0, 300)).join('\n')}`);
}

function payloadOf(frame: string): string {
  const { type, payload } = JSON.parse(frame) as { type: string; payload: object };
  return `${type} ${JSON.stringify(payload)}`;
}
