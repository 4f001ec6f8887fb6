import { post, subscribeOnce } from './dos-ask.ts';
import { DOCUMENTS } from './dos-documents.ts';
import type { AttackDocument } from './dos-documents.ts';
import { load } from './dos-load.ts';
import { TRANSPORTS } from './dos-transports.ts';
import type { Target } from './dos-transports.ts';
import { filledDatabase } from './filled-database.ts';
import { table, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import { serve } from './serve.ts';
import type { Served, Usage } from './serve.ts';

/** Time of the event loop that one attack may take. */
const MOST_MS = 25;
const REPEATS = 5;
const SHORT_REPEATS = 3;
const ATTACK_SECONDS = 300;
const SHORT_ATTACK_SECONDS = 2;
/** Of the record that is asked about; an empty one costs nothing to look at. */
const TRADES = 20_000;
const SHORT_TRADES = 3_000;
const OPEN_EVERY = 100;
const CALM_SECONDS = 20;
const SHORT_CALM_SECONDS = 2;
/** Below this nobody feels a difference, and on a busy machine it is noise. */
const UNFELT_MS = 20;
const MEMORY_SLACK = 1.1;

type Send = (target: Target, document: AttackDocument, unique: string) => Promise<string>;

/** Ways to the API by which a document can come; each gives the text of the answer. */
const WAYS: Readonly<Record<string, Send>> = {
  HTTP: async (target, document, unique) => (await post(target, query(document, unique))).text,
  WS: (target, document, unique) => subscribeOnce(target, subscription(document, unique)),
  SSE: async (target, document, unique) =>
    (await post(target, { query: subscription(document, unique) }, { accept: 'text/event-stream' })).text,
};

function query(document: AttackDocument, unique: string): object | string {
  const body = document.body(unique);
  if (typeof body === 'string') return body;
  const { subscription: _, ...asked } = body as { subscription?: string };
  return asked;
}
function subscription(document: AttackDocument, unique: string): string {
  return (document.body(unique) as { subscription: string }).subscription;
}

/** Each attack comes from an address of its own, so that it is refused for what it is; loopback is 127.0.0.0/8 on Linux. */
function addresses(): () => string {
  let next = 0;
  return () => {
    next += 1;
    return `127.8.${Math.floor(next / 250)}.${(next % 250) + 1}`;
  };
}

/** Attack documents and transports F80 to F91 by name, then readers beside 200 attacks per second, against the server in a process of its own. */
export async function dosRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const repeats = rig.short ? SHORT_REPEATS : REPEATS;
  const database = await filledDatabase(rig.database, rig.short ? SHORT_TRADES : TRADES, OPEN_EVERY);
  const served = await serve({}, () => Promise.resolve(database.url));
  const outcomes: Outcome[] = [];
  let details: Record<string, unknown> = {};
  try {
    const from = addresses();
    const rows: (string | number)[][] = [['attack', 'by', 'ms of the event loop']];
    for (const document of DOCUMENTS)
      for (const way of document.asSubscription ? Object.keys(WAYS) : ['HTTP']) {
        const { fault, ms } = await attack(served, document, way, from, repeats, rig.short ? Infinity : MOST_MS); // others use the machine too
        rows.push([document.name, way, Math.round(ms * 10) / 10]);
        outcomes.push({ name: `${document.name} (${way})`, ...(fault !== undefined && { fault }) });
      }
    rig.say(table(rows));
    outcomes.push(
      ...(await Promise.all(TRANSPORTS.map(async ({ name, run }) => outcomeOf(name, await run({ url: served.url, from: from() }))))),
    );
    const under = await underAttack(served, rig.short);
    outcomes.push(...under.outcomes);
    details = under.details;
    outcomes.push(outcomeOf('the server lives', served.isAlive() ? undefined : 'it has ended'));
  } finally {
    await served.stop();
    await database.end();
  }
  const planted = { bug: 'no limit on tokens, aliases, fields and the body', caught: await isOpenDoorNoticed(repeats, rig.database) };
  return verdictOf('dos', rig, outcomes, planted, startedMs, details);
}

function outcomeOf(name: string, fault: string | undefined): Outcome {
  return { name, ...(fault !== undefined && { fault }) };
}

/** One document by one way, a few times; the median of the event loop's time, without what it only waited for the processor. */
async function attack(served: Served, document: AttackDocument, way: string, from: () => string, repeats: number, mostMs = MOST_MS): Promise<{ fault: string | undefined; ms: number }> {
  const took: number[] = [];
  for (let round = 0; round <= repeats; round += 1) {
    const before = await served.usage();
    const answer = await WAYS[way]!({ url: served.url, from: from() }, document, `${way}${round}`);
    const after = await served.usage();
    const isRefused = document.codes.some((code) => answer.includes(`"code":"${code}"`) || (code === 'REQUEST_ENTITY_TOO_LARGE' && answer.endsWith('closed 1009')));
    if (!isRefused) return { fault: `answered ${answer.slice(0, 160)}`, ms: spent(before, after) };
    if (round > 0) took.push(spent(before, after)); // the first one compiles
  }
  const ms = took.toSorted((one, other) => one - other)[Math.floor(took.length / 2)] ?? 0;
  return { fault: ms <= mostMs ? undefined : `took ${ms.toFixed(1)} ms of the event loop`, ms };
} // prettier-ignore

function spent(before: Usage, after: Usage): number {
  return Math.min(after.activeMs - before.activeMs, after.cpuMs - before.cpuMs);
}

async function underAttack(served: Served, isShort: boolean): Promise<{ outcomes: Outcome[]; details: Record<string, unknown> }> {
  await load(served.url, isShort ? 1 : 10, true); // whatever is compiled and kept for good is there now
  const calm = await load(served.url, isShort ? SHORT_CALM_SECONDS : CALM_SECONDS, false);
  const start = await served.usage('gc');
  const attacked = await load(served.url, isShort ? SHORT_ATTACK_SECONDS : ATTACK_SECONDS, true);
  const busy = await served.usage();
  const { longestMs } = busy;
  const end = await served.usage('gc');
  const most = Math.max(2 * calm.p95Ms, UNFELT_MS);
  const kept = end.heldBytes / start.heldBytes;
  const rss = end.rss / start.rss;
  return {
    outcomes: [
      ...(isShort ? [] : [outcomeOf('readers wait at most twice as long', attacked.p95Ms <= most ? undefined : `p95 ${calm.p95Ms.toFixed(1)} ms became ${attacked.p95Ms.toFixed(1)} ms`)]),
      ...(isShort ? [] : [outcomeOf('no reader is refused', calm.failedReads + attacked.failedReads === 0 ? undefined : `${attacked.failedReads} of ${attacked.reads}`)]), // where others use the machine, too, the database may be too slow
      outcomeOf('memory goes back to its start', kept <= MEMORY_SLACK ? undefined : `${kept.toFixed(2)} times what it was`),
      ...(isShort ? [] : [outcomeOf('resident memory goes back to its start', rss <= MEMORY_SLACK ? undefined : `${rss.toFixed(2)} times what it was`)]),
    ],
    details: {
      readersP95Ms: { calm: round(calm.p95Ms), attacked: round(attacked.p95Ms) }, longestStallMs: round(longestMs),
      serverMs: { active: round(busy.activeMs - start.activeMs), cpu: round(busy.cpuMs - start.cpuMs) },
      heldMb: [round(start.heldBytes / 2 ** 20), round(end.heldBytes / 2 ** 20)], rssMb: [round(start.rss / 2 ** 20), round(end.rss / 2 ** 20)],
    },
  };
} // prettier-ignore

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The planted bug: without its limits a server must be found wanting. */
async function isOpenDoorNoticed(repeats: number, giveDatabase: RigArguments['database']): Promise<boolean> {
  const served = await serve(
    {
      API_MAX_REQUEST_BODY_BYTES: '1048576',
      API_MAX_TOKENS: '100000',
      API_MAX_ALIASES: '10000',
      API_MAX_FIELDS: '100000',
    },
    giveDatabase,
  );
  try {
    const document = DOCUMENTS.find(({ name }) => name === 'F83 the same field 8,000 times');
    return (await attack(served, document!, 'HTTP', addresses(), repeats)).fault !== undefined;
  } finally {
    await served.stop();
  }
}
