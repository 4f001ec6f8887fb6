import { faultOf, signalBody } from './input-case.ts';
import type { InputCase } from './input-case.ts';
import { controls } from './input-controls.ts';
import { generated } from './input-generated.ts';
import { handmade } from './input-handmade.ts';
import { verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import { serve } from './serve.ts';
import type { Served } from './serve.ts';

const GENERATED = 5_000;
const SHORT_GENERATED = 300;
const AT_ONCE = 8;
/** This rig is one address with much to ask. */
const ROOM = { API_COST_CAPACITY: '1000000000', API_COST_PER_SECOND: '1000000000' };

/**
 * Bad numbers, sides, times, names, ids, sizes and cursors through the real API: none is taken, each error has a code and names its field,
 * nothing is stored but the controls, the server logs no error and lives.
 */
export async function inputRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const byHand = handmade();
  const cases = [...byHand, ...generated(rig.seed, rig.short ? SHORT_GENERATED : GENERATED)];
  const taken = controls();
  const outcomes = await withServer(rig, {}, async (served) => {
    const answers = await askAll(served, [...taken, ...cases]);
    const { errors } = await served.usage();
    const stored = await countSignals(served);
    return [
      ...answers,
      outcome('only the controls are stored', stored === taken.length ? undefined : `${stored} signals for ${taken.length} controls`),
      outcome('no error is logged', errors === 0 ? undefined : `${errors} errors`),
      outcome('the server lives', served.isAlive() ? undefined : 'it has ended'),
    ];
  });
  const bugged = await withServer(rig, { SIGNALS_MAX_CLOCK_AHEAD_MS: '86400000' }, (served) =>
    askAll(served, byHand.filter(({ name }) => name.startsWith('sentAt'))),
  ); // prettier-ignore
  const planted = { bug: 'a time one hour ahead is taken', caught: bugged.some(({ fault }) => fault === 'accepted') };
  rig.say(`${byHand.length} by hand, ${cases.length - byHand.length} generated, ${taken.length} controls`);
  return verdictOf('input', rig, outcomes, planted, startedMs, { handmade: byHand.length, generated: cases.length - byHand.length });
}

async function withServer<T>({ database }: RigArguments, env: Record<string, string>, use: (served: Served) => Promise<T>): Promise<T> {
  const served = await serve({ ...ROOM, ...env }, database);
  try {
    await symbolsKnown(served);
    return await use(served);
  } finally {
    await served.stop();
  }
}

function outcome(name: string, fault: string | undefined): Outcome {
  return { name, ...(fault !== undefined && { fault }) };
}

async function askAll(served: Served, cases: readonly InputCase[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = cases.values();
  const work = async (): Promise<void> => {
    for (const each of queue) {
      const { status, text } = await post(served, each.body);
      outcomes.push(outcome(each.name.slice(0, 120), faultOf(each, status, text)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

async function post({ url, token }: Served, body: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** Until the exchange's lists are there, a symbol is judged by its end alone. */
async function symbolsKnown(served: Served): Promise<void> {
  for (const marketType of ['"SPOT"', '"FUTURES"']) {
    const body = signalBody({ symbol: '"NOSUCH"', marketType });
    while (!(await post(served, body)).text.includes('SYMBOL_UNKNOWN')) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function countSignals(served: Served): Promise<number> {
  const { text } = await post(served, '{"query":"{ signals { totalCount } }"}');
  return (JSON.parse(text) as { data: { signals: { totalCount: number } } }).data.signals.totalCount;
}
