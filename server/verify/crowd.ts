// Thousands of subscribers in one process, told what to do by messages. What each heard of events is checked here, where it was heard.
import { setTimeout as sleep } from 'node:timers/promises';
import { RawSocket } from './raw-socket.ts';

export interface CrowdSubscription {
  /** "e" and a number where events are told; anything else is only counted. */
  readonly id: string;
  readonly query: string;
  readonly variables?: object;
}
export interface Opening {
  readonly open: {
    readonly url: string;
    readonly count: number;
    readonly perSecond: number;
    readonly subscriptions: readonly CrowdSubscription[];
  };
}
/** Asks whether everyone heard exactly these sequences, in this order. */
export interface Checking {
  readonly check: { readonly sequences: readonly number[] };
}
export type CrowdAsk = Opening | Checking | 'kill' | 'forget' | 'progress';
export interface CrowdReport {
  readonly clients: number;
  /** Who heard anything else, and what. */
  readonly wrong: number;
  readonly example: string | undefined;
  readonly closed: number;
  /** When each client heard each event, ms since 1970, by sequence. */
  readonly heardAt: Readonly<Record<number, readonly number[]>>;
  /** Other messages heard by all. */
  readonly others: number;
}
export type CrowdTold = { readonly opened: number } | CrowdReport | { readonly heard: number } | { readonly done: true };

interface Client {
  readonly socket: RawSocket;
  log: number[];
}

const clients: Client[] = [];
let heardAt: Record<number, number[]> = {};
let others = 0;
let heard = 0;
let closed = 0;
const OPEN_AT_ONCE = 50;
const EVENT_ID = Buffer.from('{"id":"e');
const SEQUENCE = Buffer.from('"sequence":"');

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

function take(log: number[], payload: Buffer): void {
  if (payload.compare(EVENT_ID, 0, EVENT_ID.length, 0, EVENT_ID.length) !== 0) {
    others += 1;
    return;
  }
  const at = payload.indexOf(SEQUENCE);
  if (at === -1) return;
  const sequence = Number.parseInt(payload.toString('latin1', at + SEQUENCE.length, at + SEQUENCE.length + 20), 10);
  log.push(sequence);
  heard += 1;
  (heardAt[sequence] ??= []).push(nowMs());
}

async function openOne({ url, subscriptions }: Opening['open']): Promise<void> {
  const log: number[] = [];
  const socket = await RawSocket.open(url, { text: (payload) => take(log, payload), closed: () => (closed += 1) });
  for (const { id, query, variables } of subscriptions) socket.subscribe(id, query, variables);
  clients.push({ socket, log });
}

async function open(opening: Opening['open']): Promise<CrowdTold> {
  const startMs = performance.now();
  const before = clients.length;
  for (let opened = 0; opened < opening.count; opened += OPEN_AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(OPEN_AT_ONCE, opening.count - opened) }, () => openOne(opening)));
    const dueMs = ((opened + OPEN_AT_ONCE) / opening.perSecond) * 1000;
    const aheadMs = dueMs - (performance.now() - startMs);
    if (aheadMs > 0) await sleep(aheadMs);
  }
  return { opened: clients.length - before };
}

function check({ sequences }: Checking['check']): CrowdReport {
  const expected = sequences.join();
  const wrong = clients.filter(({ log }) => log.join() !== expected);
  const example = wrong[0] && `heard ${differenceOf(wrong[0].log, sequences)}`;
  return { clients: clients.length, wrong: wrong.length, example, closed, heardAt, others };
}

function differenceOf(log: readonly number[], sequences: readonly number[]): string {
  const at = sequences.findIndex((sequence, index) => log[index] !== sequence);
  return at === -1 ? `${log.length - sequences.length} more than it should` : `${log[at] ?? 'nothing'} instead of ${sequences[at]}`;
}

async function answer(ask: CrowdAsk): Promise<CrowdTold> {
  if (ask === 'progress') return { heard };
  if (ask === 'forget') {
    for (const client of clients) client.log.length = 0;
    heardAt = {};
    others = 0;
    heard = 0;
    return { done: true };
  }
  if (ask === 'kill') {
    for (const { socket } of clients.splice(0)) socket.tcp.resetAndDestroy();
    return { done: true };
  }
  return 'open' in ask ? open(ask.open) : check(ask.check);
}

process.on('message', (ask: CrowdAsk) => {
  answer(ask).then(
    (told) => process.send?.(told),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
