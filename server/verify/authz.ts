import { randomBytes } from 'node:crypto';
import { hashToken, newToken } from '../src/signals/tokens.ts';
import { Cast } from './authz-cast.ts';
import { matrix, ROLES } from './authz-matrix.ts';
import { median, rankTest } from './rank-test.ts';
import { randomOf, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import { startWholeServer } from './whole-server.ts';
import type { WholeServer } from './whole-server.ts';

const WRONG_TOKENS = { long: 10_000, short: 300 };
const TIMED_ANSWERS = { long: 400, short: 80 };
const AT_ONCE = 8;
const SIGNIFICANT = 0.01;
const TIMING_ROUNDS = 3;
/** What wrong tokens cost and how many may come is another thing to show; here it would be in the way. */
const NO_LIMITS = { TOKENS_MAX_FAILURES_PER_MINUTE: '1000000', API_COST_CAPACITY: '1000000000', API_COST_PER_SECOND: '1000000000' };
const PLANTED = 'anonymous senders are taken for the right bot';

/**
 * Who may do what: every mutation and webhook by every role, wrong tokens by the thousand, no difference in time between wrong ones, and
 * planted secrets that must not come out anywhere.
 */
export async function authzRig(rig: RigArguments, databaseUrl?: string): Promise<Verdict> {
  const startedMs = performance.now();
  const environment = plantEnvironment();
  const whole = await startWholeServer(NO_LIMITS, databaseUrl);
  const cast = await Cast.of(whole);
  const planted = new Cast(whole, cast.tokens, true);
  try {
    await symbolsKnown(cast);
    const outcomes = [...(await matrix(cast))];
    rig.say(`matrix: ${outcomes.length} attempts by ${ROLES.length} roles`);
    outcomes.push(await wrongTokens(cast, rig));
    outcomes.push(...(await timing(cast, rig)));
    await provokeFaults(cast, whole);
    outcomes.push(...(await secrets(cast, whole, environment.values)));
    const found = (await matrix(planted)).filter(({ fault }) => fault !== undefined);
    const caught = found.length > 0 && found.every(({ name }) => name.includes('anonymous'));
    for (const { name, fault } of outcomes) if (fault !== undefined) rig.say(`✗ ${name}: ${fault}`);
    return verdictOf('authz', rig, outcomes, { bug: PLANTED, caught }, startedMs, { pages: whole.hasPages });
  } finally {
    for (const each of [cast, planted]) each.end();
    environment.remove();
    await whole.stop();
  }
}

/** Until then every symbol that ends in a known asset is taken, so what is asked for must be known. */
async function symbolsKnown(cast: Cast): Promise<void> {
  const query = `mutation { createSignal(input: { symbol: "NOSUCHUSDT", direction: LONG, entryPrice: "2", takeProfit: "3", stopLoss: "1" }, dryRun: true) { userErrors { code } } }`;
  for (let tries = 0; tries < 2_000; tries += 1) {
    if (JSON.stringify(await cast.ask(query, cast.tokens.right)).includes('SYMBOL_UNKNOWN')) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('the server never learned its symbols');
}

// --- Wrong tokens -------------------------------------------------------------------------------------------------------

/** Tokens that are wrong in every way that is near a right one. */
function wrongToken(right: string, random: () => number): string {
  const at = Math.floor(random() * right.length);
  const letter = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'[Math.floor(random() * 62)]!;
  const kinds: (() => string)[] = [
    () => newToken(randomBytes), // right in form and checksum
    () => right.slice(0, at) + (right[at] === letter ? '-' : letter) + right.slice(at + 1),
    () => right.slice(0, at),
    () => right.slice(0, at) + letter + right.slice(at),
    () => (right === right.toLowerCase() ? `${right}.` : right.toLowerCase()),
    () => right.replace('live', 'test'),
    () => `${right},${right}`,
    () => Buffer.from(hashToken(right)).toString(random() < 0.5 ? 'hex' : 'base64url'),
    () => randomBytes(32).toString('base64url'),
  ];
  return kinds[Math.floor(random() * kinds.length)]!();
}

async function wrongTokens(cast: Cast, { seed, short, say }: RigArguments): Promise<Outcome> {
  const random = randomOf(seed);
  const count = short ? WRONG_TOKENS.short : WRONG_TOKENS.long;
  const message = JSON.stringify({ ticker: 'BTCUSDT.P', action: 'buy', close: 100, tp: 110, sl: 90, externalId: 'never' });
  const query = `mutation { createSignal(input: { symbol: "BTCUSDT", direction: LONG, entryPrice: "100", takeProfit: "110", stopLoss: "90" }) { signal { id } userErrors { code } } }`;
  const before = await cast.stored();
  const accepted: string[] = [];
  const answers = new Map<string, number>();
  for (let done = 0; done < count; done += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, async () => {
      const token = wrongToken(cast.tokens.right, random);
      const answer = random() < 0.5 ? (await cast.hook('tradingview', token, message)).body : JSON.stringify(await cast.ask(query, token));
      const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? answer;
      answers.set(code, (answers.get(code) ?? 0) + 1);
      if (code !== 'UNAUTHENTICATED') accepted.push(token);
    });
    await Promise.all(tries);
  }
  say(`wrong tokens: ${[...answers].map(([code, times]) => `${times} × ${code}`).join(', ')}`);
  const name = `${count} wrong tokens`;
  if (accepted.length > 0) return { name, fault: `${accepted.length} were not answered with UNAUTHENTICATED` };
  return before === (await cast.stored()) ? { name } : { name, fault: 'something was stored' };
}

// --- Timing -------------------------------------------------------------------------------------------------------------

/**
 * Three kinds of wrong tokens, one request at a time, in an order that chance makes anew each time, so that whatever else the machine does
 * meets all alike. A pair whose p is below 0.01 is measured again with fresh samples, at most three times, and fails when all three are:
 * by chance alone once in a million.
 */
async function timing(cast: Cast, { seed, short, say }: RigArguments): Promise<Outcome[]> {
  say(`timing: a pair is different when p < ${SIGNIFICANT} in ${TIMING_ROUNDS} rounds of fresh samples one after another`);
  const random = randomOf(seed + 1);
  const rounds: Outcome[][] = [];
  let open = pairsOf(['unknown', 'revoked', 'malformed']);
  for (let round = 1; round <= TIMING_ROUNDS && open.length > 0; round += 1) {
    const times = await timed(cast, random, short ? TIMED_ANSWERS.short : TIMED_ANSWERS.long);
    open = open.filter(([one, other]) => {
      const p = rankTest(times[one], times[other]);
      say(
        `  round ${round}: ${one} ${median(times[one]).toFixed(3)} ms, ${other} ${median(times[other]).toFixed(3)} ms, p = ${p.toFixed(4)}`,
      );
      return p < SIGNIFICANT;
    });
    rounds.push(open.map(([one, other]) => ({ name: `timing of ${one} and ${other}`, fault: 'they differ' })));
  }
  const differing = rounds.length === TIMING_ROUNDS ? (rounds.at(-1) ?? []) : [];
  return differing.length > 0 ? differing : [{ name: 'timing of wrong tokens' }];
}

type Wrong = 'unknown' | 'revoked' | 'malformed';

function pairsOf(kinds: readonly [Wrong, Wrong, Wrong]): (readonly [Wrong, Wrong])[] {
  const [a, b, c] = kinds;
  return [
    [a, b],
    [a, c],
    [b, c],
  ];
}

async function timed(cast: Cast, random: () => number, each: number): Promise<Record<Wrong, number[]>> {
  const times: Record<Wrong, number[]> = { unknown: [], revoked: [], malformed: [] };
  const tokenOf: Record<Wrong, () => string> = {
    unknown: () => newToken(randomBytes),
    revoked: () => cast.tokens.revoked,
    malformed: () => newToken(randomBytes).replace('live', 'test'), // as long, its checksum right for another prefix
  };
  for (let round = 0; round < each; round += 1) {
    const order = (['unknown', 'revoked', 'malformed'] as const)
      .map((kind) => ({ kind, by: random() }))
      .sort((one, other) => one.by - other.by);
    for (const { kind } of order) times[kind].push((await cast.hook('tradingview', tokenOf[kind](), '{}')).tookMs);
  }
  return times;
}

// --- Secrets ------------------------------------------------------------------------------------------------------------

/** Values that a process has in its environment and shows nobody. */
function plantEnvironment(): { readonly values: readonly string[]; remove(): void } {
  const names = ['SECRET', 'API_KEY', 'PASSWORD', 'AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'PGPASSWORD', 'SESSION_KEY', 'PRIVATE_KEY'];
  const planted = names.map((name) => [`AUTHZ_${name}`, `planted-${randomBytes(12).toString('hex')}`] as const);
  for (const [name, value] of planted) process.env[name] = value;
  return { values: planted.map(([, value]) => value), remove: () => planted.forEach(([name]) => delete process.env[name]) };
}

/** The server's own failures, with tokens in every place a sender may put them: they must be answered and logged without secrets. */
async function provokeFaults(cast: Cast, { server }: WholeServer): Promise<void> {
  const { right, unknown, revoked } = cast.tokens;
  for (const [table, query] of [
    ['bot_tokens', `mutation { cancelSignal(id: "${crypto.randomUUID()}") { userErrors { code } } }`],
    ['paper_trades', '{ trades(first: 1) { totalCount } }'],
    ['bots', '{ bots { name } }'],
  ] as const) {
    await server.database.pool.query(`ALTER TABLE ${table} RENAME TO gone`);
    try {
      await cast.ask(query, right);
      await cast.hook('tradingview', right, '{}');
    } finally {
      await server.database.pool.query(`ALTER TABLE gone RENAME TO ${table}`);
    }
  }
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> =>
    cast.heard(await (await fetch(`${cast.url}${path}`, { headers })).text());
  for (const token of [right, unknown, revoked]) {
    await get(`/hooks/tradingview/${token}`); // the wrong method
    await get(`/hooks/unknown/${token}`);
    await get('/bot-performance', { authorization: `Bearer ${token}` });
    await cast.hook('tradingview', token, `{"note": ${token}}`);
    await cast.post('/graphql', `{"query": ${token}}`, { 'content-type': 'application/json', authorization: `Bearer ${token}` });
  }
  for (const path of ['/', '/bot-performance', '/bot-performance/trades', '/nowhere', '/readyz', '/graphql', '/hooks/'])
    await get(path, { accept: 'text/html' });
}

async function secrets(cast: Cast, { databaseUrl, logged, server }: WholeServer, environment: readonly string[]): Promise<Outcome[]> {
  const { tokens } = cast;
  const { rows } = await server.database.pool.query<{ hash: Buffer }>('SELECT hash FROM bot_tokens');
  const planted = new Map<string, string>([
    ['the database’s URL', databaseUrl],
    ['the database’s password', new URL(databaseUrl).password],
    ...Object.entries({ ...tokens.only, ...tokens, only: '' })
      .filter(([, token]) => token !== '')
      .map(([name, token]) => [`the token ${name}`, token] as const),
    ...rows.map(({ hash }, at) => [`the hash of token ${at}`, hash.toString('hex')] as const),
    ...environment.map((value, at) => [`the environment’s value ${at}`, value] as const),
  ]);
  const places = { 'the log': logged.join('\n'), answers: cast.answers.join('\n') };
  return [...planted].map(([name, secret]) => {
    const found = Object.entries(places).filter(([, text]) => text.includes(secret));
    return { name: `secret: ${name}`, ...(found.length > 0 && { fault: `is in ${found.map(([place]) => place).join(' and ')}` }) };
  });
}
