/** Attack documents by the fault's number: what each must be answered with. `unique` keeps an answer from being remembered. */
export interface AttackDocument {
  readonly name: string;
  readonly body: (unique: string) => object | string;
  readonly codes: readonly string[];
  /** The same asked as a subscription over WebSocket and event streams. */
  readonly asSubscription: boolean;
}

const times = (count: number, each: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join(' ');
const chain = (depth: number, inner: string): string => `${'signal { trade { '.repeat(depth / 2)}${inner}${' } }'.repeat(depth / 2)}`;

/** Each is a selection of a trade; a query reaches it by `node`, a subscription by `tradeClosed`. */
function document(name: string, codes: string | readonly string[], selection: string, fragments = ''): AttackDocument {
  return {
    name,
    codes: [codes].flat(),
    asSubscription: true,
    body: (unique) => ({
      query: `query Q${unique} { trade(id: "x") { ${selection} } } ${fragments}`,
      subscription: `subscription S${unique} { tradeClosed { trade { ${selection} } } } ${fragments}`,
    }),
  };
}

function request(
  name: string,
  codes: string | readonly string[],
  query: (unique: string) => string,
  variables: object = {},
  operationName?: string,
): AttackDocument {
  return { name, codes: [codes].flat(), asSubscription: false, body: (unique) => ({ query: query(unique), variables, operationName }) };
}

/** As text: nothing that is written to be read would write this. */
function deepVariables(name: string, depth: number): AttackDocument {
  const query = 'query ($f: TradeFilter) { trades(filter: $f) { totalCount } }';
  return { name, codes: ['BAD_REQUEST'], asSubscription: false, body: () => `{"query":"${query}","variables":{"f":${nested(depth)}}}` };
}

const LARGE = ['QUERY_TOO_LARGE', 'REQUEST_ENTITY_TOO_LARGE'];
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

export const DOCUMENTS: readonly AttackDocument[] = [
  document('F80 depth 50', 'QUERY_TOO_DEEP', chain(50, 'id')),
  document('F80 depth 5,000', LARGE, chain(5_000, 'id')),
  document('F81 20,000 aliases', LARGE, times(20_000, (i) => `a${i}: id`)),
  document('F81 20,000 aliases of __typename', LARGE, times(20_000, (i) => `a${i}: __typename`)),
  document('F81 300 aliases', 'QUERY_TOO_LARGE', times(300, (i) => `a${i}: __typename`)),
  document('F82 fan-out by fragments, 2^22', 'QUERY_TOO_LARGE', '...F0', `${times(22, (i) => `fragment F${i} on Trade { ...F${i + 1} ...F${i + 1} }`)} fragment F22 on Trade { id }`),
  document('F82 a cycle of fragments', 'QUERY_TOO_DEEP', '...A', 'fragment A on Trade { signal { ...B } } fragment B on Signal { trade { ...A } }'),
  document('F82 a fragment named __schema', 'QUERY_TOO_DEEP', '...__schema', `fragment __schema on Trade { ${chain(16, 'id')} }`),
  document('F83 the same field 8,000 times', LARGE, times(8_000, () => 'id')),
  document('F83 the same field 900 times', 'QUERY_TOO_LARGE', times(900, () => 'id')),
  document('F84 20,000 directives', LARGE, `id ${'@include(if: true) '.repeat(20_000)}`),
  document('F84 160 directives', 'QUERY_TOO_LARGE', `id ${'@include(if: true) '.repeat(160)}`),
  document('F84 directives on many fields', 'QUERY_TOO_LARGE', times(25, () => 'id @include(if: true) @skip(if: false)')),
  document('F86 a comment that fills a message', LARGE, `id #${'x'.repeat(40_000)}\n`),
  document('a field that is not there, 400 times', ['GRAPHQL_VALIDATION_FAILED', 'QUERY_TOO_LARGE'], times(400, (i) => `f${i}`)),
  request('F83 conflicting arguments', ['QUERY_TOO_LARGE', 'GRAPHQL_VALIDATION_FAILED'], () => `{ ${times(150, (i) => `trade(id: "${i}") { id }`)} }`),
  request('F84 two operations and none is named', 'OPERATION_RESOLUTION_FAILURE', (unique) => `query Q${unique} { settings { capitalBase } } query R { settings { capitalBase } }`),
  request('F84 100 operations', 'QUERY_TOO_LARGE', () => times(100, (i) => `query Q${i} { settings { capitalBase } }`), {}, 'Q7'),
  request('F87 a costly page by its variable', 'QUERY_TOO_COSTLY', (unique) => `query Q${unique}($n: Int) { ${times(8, (i) => `a${i}: trades(first: $n) { edges { node { signal { bot { id } } } } }`)} }`, { n: 100 }),
  deepVariables('F88 variables 8,000 deep', 8_000),
  deepVariables('F88 variables 100 deep', 100),
  request('F88 a list of 10,000 entries', 'LIST_TOO_LONG', (unique) => `query Q${unique}($s: [SymbolInput!]!) { prices(symbols: $s) { price } }`, { s: Array.from({ length: 10_000 }, () => 1) }),
  request('F88 a text of 30,000 characters as a number', 'BAD_USER_INPUT', (unique) => `query Q${unique}($n: Int) { trades(first: $n) { totalCount } }`, { n: 'x'.repeat(30_000) }),
  request('F89 introspection within itself', ['GRAPHQL_VALIDATION_FAILED', 'QUERY_TOO_COSTLY', 'QUERY_TOO_DEEP'], () => `{ __schema { types { ${'fields { type { '.repeat(6)}name${' } }'.repeat(6)} } } }`),
  request('F89 introspection 20 times', ['QUERY_TOO_COSTLY', 'QUERY_TOO_LARGE'], () => `{ __schema { ${times(20, (i) => `a${i}: types { fields { args { type { ofType { name } } } } }`)} } }`),
  request('F93 a token among the variables', 'TOKEN_NOT_IN_HEADER', (unique) => `query Q${unique}($id: ID!) { trade(id: $id) { id } }`, { id: `bpt_live_${'A'.repeat(43)}_000000` }),
]; // prettier-ignore
