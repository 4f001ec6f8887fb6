import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { testApi } from '../../testkit/api.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import type { Context } from './builder.ts';
import { requireRange } from './errors.ts';

const ID = '0192f1c0-0000-7000-8000-00000000000e';
const SECRET = 'password authentication failed for postgresql://bot:hunter2@db/record; SELECT * FROM bot_tokens';

/** Asks an API whose trades cannot be read; gives the answer and what was logged. */
async function ask(body: unknown, failure: unknown) {
  const logged: Record<string, unknown>[] = [];
  const log = { ...silentLog, error: (fields: object) => void logged.push(fields as Record<string, unknown>) };
  const fail = (): never => {
    throw failure;
  };
  const context = { trades: { page: () => Promise.reject(failure), find: fail, count: fail }, authenticate: () => Promise.reject(failure) };
  const api = testApi(() => context as unknown as Context, { newId: () => ID, log, env: { API_MAX_REQUEST_BODY_BYTES: '10000' } });
  const response = await api.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    answer: text.startsWith('{')
      ? (JSON.parse(text) as { data?: unknown; errors?: { message: string; path?: unknown; extensions?: object }[] })
      : {},
    logged,
  };
}
const TRADES = { query: '{ trades { totalCount } }' };

describe('a fault in the server', () => {
  test.for([
    ['an error', new Error(SECRET)],
    ['an error with a cause', new Error('outer', { cause: new Error(SECRET) })],
    ['a text', SECRET],
    ['an object', { message: SECRET, sql: 'SELECT 1' }],
    ['nothing', undefined],
    ['a GraphQLError that wraps another', new GraphQLError(SECRET, { originalError: new Error(SECRET) })],
  ] as const)('%s thrown by a resolver answers with an id and not with a word of it; the log has both', async ([, failure]) => {
    for (const query of [
      TRADES,
      { query: '{ trade(id: "x") { id } }' },
      { query: `mutation { cancelSignal(id: "${ID}") { userErrors { code } } }` },
    ]) {
      const { text, answer, logged } = await ask(query, failure);
      expect(answer.errors).toHaveLength(1);
      expect(answer.errors![0]).toMatchObject({
        message: `Something went wrong on the server. The operator finds it in the log as ${ID}.`,
        path: [expect.stringMatching(/trade|cancelSignal/)],
        extensions: { code: 'INTERNAL_SERVER_ERROR', errorId: ID },
      });
      expect(Object.keys(answer.errors![0]!.extensions!).sort()).toEqual(['code', 'errorId']);
      for (const word of ['hunter2', 'SELECT', 'password', 'outer', 'stack', '.ts:', '/src/', 'node_modules'])
        expect(text).not.toContain(word);
      expect(logged).toHaveLength(1);
      expect(logged[0]).toMatchObject({ errorId: ID });
      if (failure instanceof Error && !(failure instanceof GraphQLError)) expect(logged[0]!['err']).toBe(failure);
    }
  });

  test('a fault while the request is prepared is masked too', async () => {
    const logged: unknown[] = [];
    const fail = (): never => {
      throw new Error(SECRET);
    };
    const api = testApi(fail, { newId: () => ID, log: { ...silentLog, error: (fields) => void logged.push(fields) } });
    const response = await api.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(TRADES),
    });
    const text = await response.text();
    expect(text).toContain(ID);
    expect(text).not.toContain('hunter2');
    expect(logged).toHaveLength(1);
  });
});

describe('what the caller did wrong is told as it is, with a code, and not logged', () => {
  const failure = new GraphQLError('first must be from 1 to 100', { extensions: { code: 'BAD_USER_INPUT' } });

  test('a GraphQLError that was meant for the caller', async () => {
    const { answer, logged } = await ask(TRADES, failure);
    expect(answer.errors).toMatchObject([{ message: failure.message, extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(logged).toEqual([]);
  });

  test.for<[string, unknown, string]>([
    ['a field that is not there', { query: '{ nothing }' }, 'Cannot query field'],
    ['a query that cannot be read', { query: '{' }, 'Syntax Error'],
    [
      'a time without an offset',
      { query: '{ trades(filter: { from: "2026-01-01T00:00:00" }) { totalCount } }' },
      'A DateTime is an ISO 8601 text',
    ],
    ['no query', {}, 'query'],
    ['a body that is no JSON', '{"query": ', 'not valid JSON'],
    ['a body that is a list', [TRADES], 'must be a JSON object'],
    ['a body that is null', 'null', 'must be a JSON object'],
  ])('%s', async ([, body, message]) => {
    const { answer, status, logged } = await ask(body, new Error('unused'));
    expect(answer.errors?.[0]?.message).toContain(message);
    expect(status).toBe(400);
    expect(logged).toEqual([]);
  });

  test('a body that is too large', async () => {
    const { status, logged } = await ask({ query: TRADES.query, variables: { x: 'x'.repeat(20_000) } }, new Error('unused'));
    expect(status).toBe(413);
    expect(logged).toEqual([]);
  });
});

describe('requireRange', () => {
  test('gives the whole numbers of the range back', () => {
    expect([1, 50, 100].map((value) => requireRange('first', value, 1, 100))).toEqual([1, 50, 100]);
  });
  test.for([0, 101, -1, 1.5, Number.NaN, Infinity])('%d is refused', (value) => {
    expect(() => requireRange('first', value, 1, 100)).toThrow('first must be a whole number from 1 to 100');
  });
});
