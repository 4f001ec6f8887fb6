import { randomBytes } from 'node:crypto';
import { compose } from '../src/process/compose.ts';
import type { Compose } from '../src/process/composition.ts';
import { BTC_ONLY, startWholeServer } from './whole-server.ts';
import { hashToken, newToken } from '../src/signals/tokens.ts';
import { Cast } from './authz-cast.ts';
import { matrix, ROLES } from './authz-matrix.ts';
import { median, rankTest } from './rank-test.ts';
import { randomOf, verdictOf } from './rig.ts';
import type { Outcome, RigArguments, Verdict } from './rig.ts';
import type { WholeServer } from './whole-server.ts';

const WRONG_TOKENS = { long: 10_000, short: 300 };
const TIMED_ANSWERS = { long: 400, short: 80 };
const AT_ONCE = 8;
const SIGNIFICANT = 0.01;
const TIMING_ROUNDS = 3;
/** What wrong tokens cost and how many may come is another thing to show; here it would be in the way. */
const NO_LIMITS = { TOKENS_MAX_FAILURES_PER_MINUTE: '1000000', API_COST_CAPACITY: '1000000000', API_COST_PER_SECOND: '1000000000' };
const PLANTED = 'the server takes anonymous senders for the right bot';

/**
 * Who may do what: every mutation and webhook by every role, wrong tokens by the thousand, no difference in time between wrong ones, and
 * planted secrets that must not come out anywhere.
 */
export async function authzRig(rig: RigArguments): Promise<Verdict> {
  const startedMs = performance.now();
  const environment = plantEnvironment();
  const hole: Hole = { token: null };
  const whole = await startWholeServer(NO_LIMITS, rig.database, BTC_ONLY, withHole(hole));
  const cast = await Cast.of(whole);
  try {
    await symbolsKnown(cast);
    const outcomes = [...(await matrix(cast))];
    rig.say(`matrix: ${outcomes.length} attempts by ${ROLES.length} roles`);
    outcomes.push(await wrongTokens(cast, rig));
    outcomes.push(...(await timing(cast, rig)));
    await provokeFaults(cast, whole);
    const carried = secretsOf('carried', ['a cookie', 'a basic authorization', 'an API key', 'an address', 'a variable', 'an alert']);
    outcomes.push(...(await pages(cast, whole, carried)));
    outcomes.push(...(await secrets(cast, whole, { ...environment.values, ...carried })));
    hole.token = cast.tokens.right;
    const found = (await matrix(cast)).filter(({ fault }) => fault !== undefined);
    const caught = found.length > 0 && found.every(({ name }) => name.includes('anonymous'));
    for (const { name, fault } of outcomes) if (fault !== undefined) rig.say(`✗ ${name}: ${fault}`);
    return verdictOf('authz', rig, outcomes, { bug: PLANTED, caught }, startedMs, { pages: whole.hasPages });
  } finally {
    cast.end();
    environment.remove();
    await whole.stop();
  }
}

/** Whose token the server takes for that of a sender without one; the planted bug. */
interface Hole {
  token: string | null;
}

function withHole(hole: Hole): Compose {
  return async (foundation) => {
    const whole = await compose(foundation);
    const graphql: typeof whole.graphql = (request, response) => {
      if (hole.token !== null) request.headers.authorization ??= `Bearer ${hole.token}`;
      return whole.graphql(request, response);
    };
    return { ...whole, graphql };
  };
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

type Secrets = Readonly<Record<string, string>>;

function secretsOf(kind: string, names: readonly string[]): Secrets {
  return Object.fromEntries(names.map((name) => [`${kind}: ${name}`, `planted-${randomBytes(12).toString('hex')}`]));
}

/** Values that any process may have in its environment: whoever prints that into a page or a log gives them away. */
function plantEnvironment(): { readonly values: Secrets; remove(): void } {
  const values = secretsOf('environment', ['AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'SESSION_KEY', 'PRIVATE_KEY']);
  const names = Object.keys(values).map((key) => `AUTHZ_${key.split(' ')[1]}`);
  Object.values(values).forEach((value, at) => (process.env[names[at]!] = value));
  return { values, remove: () => names.forEach((name) => delete process.env[name]) };
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
  for (const token of [right, unknown, revoked]) {
    await cast.get(`/hooks/tradingview/${token}`, {}); // the wrong method
    await cast.get(`/hooks/unknown/${token}`, {});
    await cast.get('/bot-performance', { authorization: `Bearer ${token}` });
    await cast.hook('tradingview', token, `{"note": ${token}}`);
    await cast.post('/graphql', `{"query": ${token}}`, { 'content-type': 'application/json', authorization: `Bearer ${token}` });
  }
}

/** What answers a browser, with its status; the API's own addresses are there without pages, too. */
const ANSWERS: Readonly<Record<string, number>> = { '/readyz': 200, '/healthz': 200, '/graphql': 200, '/hooks/': 404, '/nowhere': 404 };
const PAGES = [
  '/',
  '/bot-performance',
  '/bot-performance/open',
  '/bot-performance/history',
  '/bot-performance/analysis',
  '/bot-performance/leaderboard',
  '/bot-performance/compare',
  '/status',
  '/methodology',
  '/developers',
  '/embed/summary',
  '/bot-performance/export.csv',
];

/** Every page, and a request of each kind, with secrets wherever a sender may carry some. */
async function pages(cast: Cast, { hasPages }: WholeServer, carried: Secrets): Promise<Outcome[]> {
  const [cookie = '', basic = '', key = '', address = '', variable = '', alert = ''] = Object.values(carried);
  const headers = { accept: 'text/html', cookie: `session=${cookie}`, authorization: `Basic ${basic}`, 'x-api-key': key };
  const expected = { ...ANSWERS, ...(hasPages && Object.fromEntries(PAGES.map((path) => [path, 200]))) };
  const outcomes: Outcome[] = [];
  for (const [path, status] of Object.entries(expected)) {
    const got = await cast.get(path, headers);
    outcomes.push({ name: `${path} answers`, ...(got !== status && { fault: `HTTP ${got} instead of ${status}` }) });
  }
  await cast.post(`/graphql?key=${address}`, '{"query": "{ bots { name } }"}', { ...headers, 'content-type': 'application/json' });
  const body = JSON.stringify({ query: 'query ($n: Int) { trades(first: $n) { totalCount } }', variables: { n: variable } });
  await cast.post('/graphql', body, { 'content-type': 'application/json' });
  await cast.hook('tradingview', cast.tokens.unknown, JSON.stringify({ ticker: alert, password: alert }));
  return outcomes;
}

async function secrets(cast: Cast, { databaseUrl, logged, server }: WholeServer, others: Secrets): Promise<Outcome[]> {
  const { tokens } = cast;
  const { rows } = await server.database.pool.query<{ hash: Buffer }>('SELECT hash FROM bot_tokens');
  const planted = new Map<string, string>([
    ['the database’s URL', databaseUrl],
    ['the database’s password', new URL(databaseUrl).password],
    ...Object.entries({ ...tokens.only, ...tokens, only: '' })
      .filter(([, token]) => token !== '')
      .map(([name, token]) => [`the token ${name}`, token] as const),
    ...rows.map(({ hash }, at) => [`the hash of token ${at}`, hash.toString('hex')] as const),
    ...Object.entries(others),
  ]);
  const places = { 'the log': logged.join('\n'), answers: cast.answers.join('\n') };
  return [...planted].map(([name, secret]) => {
    const found = Object.entries(places).filter(([, text]) => text.includes(secret));
    return { name: `secret: ${name}`, ...(found.length > 0 && { fault: `is in ${found.map(([place]) => place).join(' and ')}` }) };
  });
}
