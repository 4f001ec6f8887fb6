import { WebSocket } from 'ws';
import { HOOK_SOURCES } from '../src/signals/hooks.feed.ts';
import type { Outcome } from './rig.ts';
import type { Cast } from './authz-cast.ts';

/** Who may ask. */
export const ROLES = ['anonymous', 'malformed', 'unknown', 'revoked', 'withoutScope', 'anotherBot', 'rightBot'] as const;
export type Role = (typeof ROLES)[number];

/** What comes of it: done, or the one code it is refused with. */
type Expected = 'DONE' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'SIGNAL_NOT_FOUND';

const DENIED: Readonly<Record<Role, Expected>> = {
  anonymous: 'UNAUTHENTICATED',
  malformed: 'UNAUTHENTICATED',
  unknown: 'UNAUTHENTICATED',
  revoked: 'UNAUTHENTICATED',
  withoutScope: 'FORBIDDEN',
  anotherBot: 'SIGNAL_NOT_FOUND',
  rightBot: 'DONE',
};

interface Rule {
  readonly scope: 'signals:create' | 'signals:change';
  readonly selection: string;
  /** Nothing is granted that is not listed here: who may, by role. */
  readonly expected: Readonly<Record<Role, Expected>>;
  /** The arguments as GraphQL literals; `id` is a pending signal of the right bot. */
  readonly args: (id: string) => string;
}

const SIGNAL = 'symbol: "BTCUSDT", direction: LONG, entryPrice: "100", takeProfit: "110", stopLoss: "90"';
const selection = '{ signal { id bot { slug } } userErrors { code } }';
const ofOneSignal: Omit<Rule, 'scope'> = { selection, expected: DENIED, args: (id) => `id: ${JSON.stringify(id)}` };

/** Every mutation of the schema must be here. */
const RULES: Readonly<Record<string, Rule>> = {
  // Another bot's key is that bot's: the same externalId makes a signal of its own and touches no other.
  createSignal: {
    scope: 'signals:create',
    selection,
    expected: { ...DENIED, anotherBot: 'DONE' },
    args: () => `input: { externalId: "matrix-${crypto.randomUUID()}", ${SIGNAL} }`,
  },
  activateSignal: { scope: 'signals:change', ...ofOneSignal },
  cancelSignal: { scope: 'signals:change', ...ofOneSignal },
};

/** Every webhook must be here: the message that makes a signal, whoever sends it. */
const HOOK_MESSAGES: Readonly<Record<string, () => object>> = {
  tradingview: () => ({ ticker: 'BTCUSDT.P', action: 'buy', close: 100, tp: 110, sl: 90, externalId: crypto.randomUUID() }),
  freqtrade: () => ({
    event: 'entry_fill',
    pair: 'BTC/USDT:USDT',
    direction: 'Long',
    open_rate: '100',
    tp: '110',
    sl: '90',
    trade_id: crypto.randomUUID(),
  }),
};

/** Every mutation, as the server itself tells them, and every webhook, by every role. */
export async function matrix(cast: Cast): Promise<Outcome[]> {
  const { data } = await cast.ask('{ __schema { mutationType { fields { name } } } }', null);
  const mutations = (data as { __schema: { mutationType: { fields: { name: string }[] } } }).__schema.mutationType.fields.map(
    ({ name }) => name,
  );
  const outcomes: Outcome[] = [];
  for (const mutation of mutations) {
    const rule = RULES[mutation];
    if (!rule) {
      outcomes.push({ name: mutation, fault: 'a mutation without a listed rule' });
      continue;
    }
    for (const role of ROLES) {
      outcomes.push(await compare(`${mutation} by ${role}`, cast, rule.expected[role], () => byPost(cast, mutation, rule, role)));
      outcomes.push(
        await compare(`${mutation} by ${role} over WebSocket`, cast, 'SUBSCRIPTIONS_ONLY', () => bySocket(cast, mutation, rule, role)),
      );
      outcomes.push(await compare(`${mutation} by ${role} by GET`, cast, 'HTTP 405', () => byGet(cast, mutation, rule, role)));
    }
  }
  for (const source of Object.keys(HOOK_SOURCES)) {
    const message = HOOK_MESSAGES[source];
    if (!message) outcomes.push({ name: source, fault: 'a webhook without a listed rule' });
    else
      for (const role of ROLES) {
        const expected = role === 'anotherBot' ? 'DONE' : DENIED[role];
        outcomes.push(await compare(`webhook ${source} by ${role}`, cast, expected, () => byHook(cast, source, message(), role)));
      }
  }
  return outcomes;
}

/** Whatever is not done must not have left a trace either. */
async function compare(name: string, cast: Cast, expected: string, act: () => Promise<string>): Promise<Outcome> {
  await cast.renew(); // the pending signal that roles may try to change: a new one each time
  const before = await cast.stored();
  const got = await act();
  const changed = before !== (await cast.stored());
  if (got !== expected) return { name, fault: `${got} instead of ${expected}` };
  return changed === (expected === 'DONE')
    ? { name }
    : { name, fault: `${got}, and yet the record ${changed ? 'changed' : 'did not change'}` };
}

async function byPost(cast: Cast, mutation: string, { scope, selection: fields, args }: Rule, role: Role): Promise<string> {
  const { data, errors } = await cast.ask(`mutation { ${mutation}(${args(cast.signalId)}) ${fields} }`, cast.tokenOf(role, scope));
  const payload = (data as Record<string, { signal: { bot: { slug: string } } | null; userErrors: { code: string }[] }> | null)?.[mutation];
  if (!payload) return JSON.stringify(errors);
  if (payload.userErrors.length > 0) return payload.userErrors.map(({ code }) => code).join();
  const owner = role === 'anotherBot' ? 'other' : 'right';
  return payload.signal?.bot.slug === owner ? 'DONE' : `done, but in the name of ${payload.signal?.bot.slug}`;
}

async function byGet(cast: Cast, mutation: string, { scope, selection: fields, args }: Rule, role: Role): Promise<string> {
  const query = encodeURIComponent(`mutation { ${mutation}(${args(cast.signalId)}) ${fields} }`);
  const token = cast.tokenOf(role, scope);
  const response = await fetch(`${cast.url}/graphql?query=${query}`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
  cast.heard(await response.text());
  return `HTTP ${response.status}`;
}

async function byHook(cast: Cast, source: string, message: object, role: Role): Promise<string> {
  const { body } = await cast.hook(source, cast.tokenOf(role, 'signals:create') ?? '', JSON.stringify(message));
  const { userErrors } = JSON.parse(body) as { userErrors: { code: string }[] };
  return userErrors.length === 0 ? 'DONE' : userErrors.map(({ code }) => code).join();
}

/** Mutations do not go over a socket whoever asks; one with a wrong token does not even open. */
function bySocket(cast: Cast, mutation: string, { scope, selection: fields, args }: Rule, role: Role): Promise<string> {
  const token = cast.tokenOf(role, scope);
  const isWrong = token !== null && DENIED[role] === 'UNAUTHENTICATED';
  const payload = token === null ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${cast.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  return new Promise<string>((tell) => {
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
    socket.on('error', (error) => tell(error.message));
    socket.on('close', (code) => tell(isWrong && code === 4403 ? 'SUBSCRIPTIONS_ONLY' : `closed ${code}`));
    socket.on('message', (data) => {
      const text = String(data);
      cast.heard(text);
      if (text.includes('"connection_ack"')) {
        const query = `mutation { ${mutation}(${args(cast.signalId)}) ${fields} }`;
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
      } else tell(/"code":"(\w+)"/.exec(text)?.[1] ?? text);
    });
  }).finally(() => socket.terminate());
}
