// Subscribers that are cut at random and come back, over WebSocket and server-sent events in turn. Each keeps its own log.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawSocket } from './raw-socket.ts';
import { randomOf } from './rig.ts';

export type Resuming =
  | { readonly start: { readonly url: string; readonly count: number; readonly meanStayMs: number; readonly seed: number } }
  | { readonly finish: { readonly sequences: readonly number[]; readonly withinMs: number } };
export interface ResumeReport {
  readonly clients: number;
  readonly drops: number;
  readonly heard: number;
  readonly wrong: number;
  readonly example: string | undefined;
}

const QUERY = 'subscription ($after: String) { events(after: $after) { sequence } }';
const SEQUENCE = /"sequence":"(\d+)"/g;
const RETRY_MS = 200;
const OPEN_PER_SECOND = 500;

let drops = 0;
let dropping = true;
const logs: number[][] = [];

/** Hears events until it is cut, by itself after `stayMs` or by the server. */
function visit(url: string, log: number[], overSockets: boolean, stayMs: () => number): Promise<void> {
  const variables = { after: String(log.at(-1) ?? 0) };
  const hear = (text: string): void => {
    for (const [, sequence] of text.matchAll(SEQUENCE)) log.push(Number.parseInt(sequence!, 10));
  };
  return overSockets ? hearSocket(url, variables, hear, stayMs) : hearStream(url, variables, hear, stayMs);
}

function leaveLater(stayMs: () => number, cut: () => void): () => void {
  const leave = (): void => {
    if (!dropping) return;
    drops += 1;
    cut();
  };
  const timer = setTimeout(leave, stayMs());
  return () => clearTimeout(timer);
}

async function hearSocket(url: string, variables: object, hear: (text: string) => void, stayMs: () => number): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const take = (payload: Buffer): void => {
    const text = payload.toString('latin1');
    if (text.includes('"type":"next"')) hear(text);
    else socket.destroy(); // the subscription has ended, for having been too slow: it comes back
  };
  const socket = await RawSocket.open(url, { text: take, closed: () => closed.resolve() });
  socket.subscribe('e', QUERY, variables);
  const stay = leaveLater(stayMs, () => socket.tcp.resetAndDestroy());
  await closed.promise.finally(stay);
}

function hearStream(url: string, variables: object, hear: (text: string) => void, stayMs: () => number): Promise<void> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const asked = request(url, { method: 'POST', headers, agent: false }, (response) => {
      let rest = '';
      response.setEncoding('latin1').on('data', (chunk: string) => {
        const whole = (rest + chunk).lastIndexOf('\n\n');
        if (whole === -1) return void (rest += chunk);
        const text = rest + chunk;
        hear(text.slice(0, whole));
        rest = text.slice(whole);
      });
      response.on('error', () => {});
    });
    const stay = leaveLater(stayMs, () => asked.destroy());
    asked.on('error', () => {});
    asked.on('close', () => {
      stay();
      resolve();
    });
    asked.end(JSON.stringify({ query: QUERY, variables }));
  });
}

async function live(
  { url, meanStayMs }: Extract<Resuming, { start: unknown }>['start'],
  log: number[],
  index: number,
  random: () => number,
): Promise<void> {
  const stayMs = (): number => -Math.log(1 - random()) * meanStayMs;
  for (let visits = index; ; visits += 1) {
    await visit(url, log, visits % 2 === 0, stayMs).catch(() => {});
    await sleep(RETRY_MS * random());
  }
}

async function start(asked: Extract<Resuming, { start: unknown }>['start']): Promise<void> {
  for (let index = 0; index < asked.count; index += 1) {
    const log: number[] = [];
    logs.push(log);
    void live(asked, log, index, randomOf(asked.seed + index));
    if (index % 50 === 49) await sleep(50_000 / OPEN_PER_SECOND);
  }
}

async function finish({ sequences, withinMs }: Extract<Resuming, { finish: unknown }>['finish']): Promise<ResumeReport> {
  dropping = false;
  const endMs = performance.now() + withinMs;
  const last = sequences.at(-1) ?? 0;
  while (performance.now() < endMs && logs.some((log) => log.at(-1) !== last)) await sleep(100);
  const expected = sequences.join();
  const wrong = logs.filter((log) => log.join() !== expected);
  const at = wrong[0] ? sequences.findIndex((sequence, index) => wrong[0]![index] !== sequence) : -1;
  const example = wrong[0] && (at === -1 ? 'more than the record' : `${wrong[0][at] ?? 'nothing'} instead of ${sequences[at]}`);
  return { clients: logs.length, drops, heard: logs.reduce((sum, { length }) => sum + length, 0), wrong: wrong.length, example };
}

process.on('message', (asked: Resuming) => {
  void (async () => {
    if ('start' in asked) await start(asked.start);
    process.send?.('finish' in asked ? await finish(asked.finish) : 'started');
  })();
});
process.on('disconnect', () => process.exit(0));
