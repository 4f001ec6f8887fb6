import { getIntrospectionQuery, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { configFrom } from '../process/environment.ts';
import { documentFaults } from './document-limits.ts';

const LIMITS = configFrom({}).limits.api;
const faults = (query: string) =>
  documentFaults(parse(query), LIMITS).map(({ extensions, message }) => `${String(extensions['code'])}: ${message}`);
const chain = (depth: number): string => `${'{ a '.repeat(depth)}${'} '.repeat(depth)}`;
const times = (count: number, each: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join(' ');

describe('a document', () => {
  test.each([
    ['as deep as it may be', chain(LIMITS.maxDepth)],
    ['with as many aliases', `{ ${times(LIMITS.maxAliases, (i) => `a${i}: __typename`)} }`],
    ['with as many directives', `{ a ${times(LIMITS.maxDirectives, () => '@include(if: true)')} }`],
    ['with as many fields', `{ ${times(LIMITS.maxFields, () => 'a')} }`],
    ['with as many operations', times(LIMITS.maxOperations, (i) => `query Q${i} { a }`)],
    ['that introspects', getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true })],
    ['that spreads one fragment at many places', `{ ${times(20, () => 'a { ...F }')} } fragment F on T { b c }`],
  ])('%s is taken', (_, query) => {
    expect(faults(query)).toEqual([]);
  });

  test.each([
    ['one deeper', chain(LIMITS.maxDepth + 1), 'QUERY_TOO_DEEP'],
    ['deeper by a fragment', `{ a { ...F } } fragment F on T ${chain(LIMITS.maxDepth)}`, 'QUERY_TOO_DEEP'],
    ['deeper by inline fragments', `{ a { ... { ... on T ${chain(LIMITS.maxDepth)} } } }`, 'QUERY_TOO_DEEP'],
    ['deep in a fragment that nobody spreads', `{ a } fragment F on T ${chain(LIMITS.maxIntrospectionDepth + 1)}`, 'QUERY_TOO_DEEP'],
    ['deep under an introspection’s name', `{ __schema ${chain(LIMITS.maxIntrospectionDepth)} }`, 'QUERY_TOO_DEEP'],
    [
      'deep, with a fragment of an introspection’s name',
      `{ a { ...__schema } } fragment __schema on T ${chain(LIMITS.maxDepth)}`,
      'QUERY_TOO_DEEP',
    ],
    ['one alias more', `{ ${times(LIMITS.maxAliases + 1, (i) => `a${i}: b`)} }`, 'QUERY_TOO_LARGE'],
    ['one alias of __typename more', `{ ${times(LIMITS.maxAliases + 1, (i) => `a${i}: __typename`)} }`, 'QUERY_TOO_LARGE'],
    [
      'aliases in a fragment spread twice',
      `{ a { ...F } b { ...F } } fragment F on T { ${times(LIMITS.maxAliases / 2 + 1, (i) => `a${i}: b`)} }`,
      'QUERY_TOO_LARGE',
    ],
    ['one directive more', `{ a ${times(LIMITS.maxDirectives + 1, () => '@include(if: true)')} }`, 'QUERY_TOO_LARGE'],
    [
      'directives on everything else',
      `query Q($v: Int ${times(8, () => '@a')}) ${times(8, () => '@a')} { ...F ${times(8, () => '@a')} } fragment F on T { a }`,
      'QUERY_TOO_LARGE',
    ],
    [
      'fan-out by fragments, 2^22',
      `{ ...F0 } ${times(22, (i) => `fragment F${i} on T { ...F${i + 1} ...F${i + 1} }`)} fragment F22 on T { a }`,
      'QUERY_TOO_LARGE',
    ],
    ['a fragment in itself', '{ ...F } fragment F on T { a { ...F } }', 'QUERY_TOO_DEEP'],
    ['fragments in each other that nobody spreads', '{ a } fragment F on T { ...G } fragment G on T { ...F }', 'QUERY_TOO_DEEP'],
    ['one operation more', times(LIMITS.maxOperations + 1, (i) => `query Q${i} { a }`), 'QUERY_TOO_LARGE'],
    ['one fragment more', `{ a } ${times(LIMITS.maxFragments + 1, (i) => `fragment F${i} on T { a }`)}`, 'QUERY_TOO_LARGE'],
  ])('%s is refused', (_, query, code) => {
    expect(faults(query)).toEqual([expect.stringMatching(new RegExp(`^${code}: `))]);
  });
});
