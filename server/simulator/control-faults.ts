import * as v from 'valibot';
import { parsePlainDecimal } from '../src/kernel/decimal.ts';
import { MARKET_TYPES } from '../src/ticks/tick.ts';
import type { MarketType } from '../src/ticks/tick.ts';
import { CORRUPTION_NAMES } from './corruptions.ts';
import type { Exchange } from './exchange.ts';

const marketType = v.picklist(MARKET_TYPES as readonly ['SPOT', 'FUTURES']);
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const whole = (least: number, most: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const price = v.pipe(
  v.string(),
  v.check((text) => parsePlainDecimal(text)?.gt(0) ?? false, 'must be a plain decimal above zero, as a string'),
);
const id = whole(0, Number.MAX_SAFE_INTEGER);
const on = v.exactOptional(v.boolean(), true);
const DAY_MS = 86_400_000;
const ms = whole(0, 365 * DAY_MS);
const closeCode = v.pipe(
  whole(1_000, 4_999),
  v.check((code) => code === 1_006 || ![1_004, 1_005, 1_015].includes(code), 'cannot be sent'),
);

interface Verb<Entries extends v.ObjectEntries> {
  readonly about: string;
  readonly entries: Entries;
  run(exchange: Exchange, input: v.InferOutput<v.StrictObjectSchema<Entries, undefined>> & { readonly marketType: MarketType }): unknown;
}

function verb<Entries extends v.ObjectEntries>(about: string, entries: Entries, run: Verb<Entries>['run']): Verb<Entries> {
  return { about, entries, run };
}

const VERBS = {
  drop: verb(
    'ends websockets: "code" (1006, the default, without a close frame)',
    { code: v.exactOptional(closeCode, 1_006) },
    (exchange, input) => exchange.dropConnections(input),
  ),
  reset: verb('ends websockets with a TCP reset', {}, (exchange, input) => exchange.faults.resetConnections(input.marketType)),
  stall: verb('open websockets become dead links that nobody tells of', {}, (exchange, input) =>
    exchange.stallConnections(input.marketType),
  ),
  refuse: verb('cuts off websocket attempts while "on"', { on }, (exchange, input) =>
    exchange.refuseConnections(input.on, input.marketType),
  ),
  refuseUpgrade: verb(
    'answers websocket attempts with "status" and "retryAfterSeconds"; without a status lets them in again',
    { status: v.exactOptional(whole(400, 599)), retryAfterSeconds: v.exactOptional(whole(0, 259_200)) },
    (exchange, { marketType: market, status, ...rest }) =>
      exchange.faults.refuseUpgrades(market, status === undefined ? null : { status, ...rest }),
  ),
  mute: verb(
    'sends nothing on "stream", or on any, while "on"; sockets stay open',
    { stream: v.exactOptional(name), on },
    (exchange, input) =>
      input.on ? exchange.muteStreams(input.marketType, input.stream) : exchange.unmuteStreams(input.marketType, input.stream),
  ),
  freeze: verb('repeats a symbol\'s last message in place of each new one while "on"', { symbol: name, on }, (exchange, input) =>
    exchange.faults.freezeStream(input.marketType, input.symbol, input.on),
  ),
  shape: verb(
    'aggTrade events come "delayMs" late, a share of "duplicates" (0 to 1) twice, "shuffleWindow" of them at a time in disorder; {} ends it',
    {
      delayMs: v.exactOptional(ms),
      duplicates: v.exactOptional(share),
      shuffleWindow: v.exactOptional(whole(1, 1_000)),
      shuffleMs: v.exactOptional(whole(1, 60_000)),
      seed: v.exactOptional(id, 1),
    },
    (exchange, { marketType: market, seed, ...shape }) => exchange.faults.shapeStreams(market, shape, seed),
  ),
  replay: verb(
    'sends trades of the tape "fromId" … "throughId" again',
    { symbol: name, fromId: id, throughId: v.exactOptional(id) },
    (exchange, input) => exchange.faults.replayTape(input.marketType, input.symbol, input.fromId, input.throughId),
  ),
  skip: verb('leaves out the next "count" ids; REST does not know them either', { symbol: name, count: whole(1, 1e9) }, (exchange, input) =>
    exchange.skipIds(input.marketType, input.symbol, input.count),
  ),
  hide: verb('prints "price" where REST finds it and tells nobody', { symbol: name, price }, (exchange, input) =>
    exchange.tick({ ...input, broadcast: false }),
  ),
  corrupt: verb(
    `sends a frame of "kind" that claims "price": ${CORRUPTION_NAMES.join(' ')}`,
    { symbol: name, kind: v.picklist(CORRUPTION_NAMES), price },
    (exchange, input) => exchange.faults.corrupt(input.marketType, input.symbol, input.kind, input.price),
  ),
  burst: verb('prints "count" trades at "price" at once', { symbol: name, count: whole(1, 100_000), price }, (exchange, input) =>
    exchange.faults.burst(input.marketType, input.symbol, input.count, () => input.price),
  ),
  shutdown: verb(
    'serverShutdown to every spot connection; closed with "code" after "closeAfterMs", or not at all',
    { closeAfterMs: v.exactOptional(whole(0, 3_600_000)), code: v.exactOptional(closeCode) },
    (exchange, input) => exchange.announceShutdown(input),
  ),
  rest: verb(
    'every REST request (of "path") gets "status", "retryAfterSeconds", "body", "delayMs", or no answer ("hang"); {} ends it. 429, 418, 403, 451, 5xx …',
    {
      path: v.exactOptional(name),
      status: v.exactOptional(whole(200, 599)),
      retryAfterSeconds: v.exactOptional(whole(0, 259_200)),
      code: v.exactOptional(whole(-99_999, 0)),
      body: v.exactOptional(v.string()),
      delayMs: v.exactOptional(whole(0, 3_600_000)),
      hang: v.exactOptional(v.boolean()),
    },
    (exchange, { marketType: market, retryAfterSeconds, ...mode }) => {
      const headers = retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } };
      exchange.faults.setRestMode(market, Object.keys(mode).length === 0 ? null : { ...mode, ...headers });
    },
  ),
  restLag: verb('REST learns of prints "lagMs" after the stream', { lagMs: ms }, (exchange, input) =>
    exchange.faults.setRestLag(input.marketType, input.lagMs),
  ),
  horizon: verb(
    'aggTrades reaches back "reachMs" only; beyond is "EMPTY" or "ERROR"; without reachMs all of it again',
    { reachMs: v.exactOptional(ms), beyond: v.exactOptional(v.picklist(['EMPTY', 'ERROR']), 'EMPTY') },
    (exchange, { marketType: market, reachMs, beyond }) =>
      exchange.faults.setTapeHorizon(market, reachMs === undefined ? null : { reachMs, beyond }),
  ),
  blank: verb('REST gives trade "id" as withdrawn: p "0", q "0", f -1, l -1', { symbol: name, id }, (exchange, input) =>
    exchange.faults.blankRow(input.marketType, input.symbol, input.id),
  ),
  status: verb(
    'changes the "status" of a symbol in exchangeInfo: HALT, BREAK, CANCEL_ONLY, SETTLING …',
    { symbol: name, status: name },
    (exchange, input) => exchange.setStatus(input.marketType, input.symbol, input.status),
  ),
  unlist: verb('takes a symbol off the exchange', { symbol: name }, (exchange, input) =>
    exchange.faults.unlistSymbol(input.marketType, input.symbol),
  ),
  listMany: verb(
    'lists "count" symbols more, <prefix>0USDT and on',
    { count: whole(1, 10_000), price, prefix: v.exactOptional(name) },
    (exchange, input) => exchange.faults.listMany(input.marketType, input.count, input.price, input.prefix).length,
  ),
  clear: verb('ends every lasting fault but those of symbols, mutes and freezes', {}, (exchange) => exchange.faults.clear()),
};

export const FAULT_HELP = Object.entries<Verb<v.ObjectEntries>>(VERBS)
  .map(([verbName, { about }]) => `  ${verbName.padEnd(14)}${about}`)
  .join('\n');

/** Does what lines of JSON say, one after the other; what they gave, or the first that cannot be done, by its number. */
export function runFaultLines(exchange: Exchange, text: string): { results: readonly unknown[] } | { error: string } {
  const results: unknown[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    try {
      results.push(runLine(exchange, line) ?? null);
    } catch (error) {
      return { error: `line ${index + 1}: ${(error as Error).message}` };
    }
  }
  return results.length > 0 ? { results } : { error: 'no line' };
}

function runLine(exchange: Exchange, line: string): unknown {
  const value: unknown = parseJson(line);
  if (typeof value !== 'object' || value === null || !('verb' in value)) throw new Error('no "verb"');
  const { verb: verbName, ...rest } = value as { verb: unknown };
  if (typeof verbName !== 'string' || !Object.hasOwn(VERBS, verbName)) throw new Error(`unknown verb: ${String(verbName)}`);
  const { entries, run } = VERBS[verbName as keyof typeof VERBS] as Verb<v.ObjectEntries>;
  const result = v.safeParse(v.strictObject({ marketType, ...entries }), rest);
  if (!result.success) throw new Error(`${v.getDotPath(result.issues[0]) ?? 'input'}: ${result.issues[0].message}`);
  return run(exchange, result.output as Parameters<typeof run>[1]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('not JSON');
  }
}
