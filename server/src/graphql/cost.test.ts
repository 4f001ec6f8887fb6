import {
  getNamedType,
  getNullableType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  getIntrospectionQuery,
  getOperationAST,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { configFrom } from '../process/environment.ts';
import { costOf, declaredCost } from './cost.ts';
import { schema } from './schema.ts';

function points(query: string, variables: Record<string, unknown> = {}): number {
  const document = parse(query);
  return costOf(schema, document, getOperationAST(document)!, variables);
}

describe('the cost of an operation', () => {
  test('goes by the size of the page that the variables ask for', () => {
    const query = 'query ($n: Int) { trades(first: $n) { edges { node { signal { bot { slug } } } } } }';
    expect(points(query, { n: 1 })).toBe(5 + 1 * 3);
    expect(points(query, { n: 100 })).toBe(5 + 100 * 3);
    expect(points(query)).toBe(5 + 50 * 3);
    expect(points(query.replace('$n: Int', '$n: Int = 10'))).toBe(5 + 10 * 3);
    expect(points('{ trades(last: 7) { edges { node { id } } } }')).toBe(5 + 7);
  });

  test('never goes below what is allowed by a size that is not', () => {
    const query = 'query ($n: Int) { trades(first: $n) { edges { node { id } } } }';
    expect(points(query, { n: -2_147_483_648 })).toBe(6);
    for (const n of [2_147_483_647, 101, Infinity]) expect(points(query, { n })).toBe(105);
    expect(points(query, { n: 'x' })).toBe(55);
  });

  test.each([
    ['scalars are free, objects cost one', '{ settings { positionSize capitalBase } }', 1],
    ['a list by its argument', '{ equityCurve(points: 5000) { time } }', 510],
    ['a list by the standard of its argument', '{ equityCurve { time } }', 60],
    [
      'a list by the length of another',
      '{ prices(symbols: [{ symbol: "A", marketType: SPOT }, { symbol: "B", marketType: SPOT }]) { price } }',
      0.2,
    ],
    ['every alias', '{ a: performance { totalPnl } b: performance { totalPnl } }', 60],
    [
      'a fragment as often as it is spread',
      '{ a: performance { ...F } b: performance { ...F } } fragment F on Performance { bestTrade { id } }',
      66,
    ],
    ['what is skipped, too', '{ performance @skip(if: true) { totalPnl } }', 30],
    [
      'every type an interface may be',
      '{ events(first: 2) { ... on TradeOpened { trade { id } } ... on TradeClosed { trade { id } } } }',
      5 + 2 * 3,
    ],
    ['a subscription by what it tells each time', 'subscription { performanceUpdated(intervalMs: 100) { totalPnl } }', 30],
  ])('%s', (_, query, expected) => {
    expect(points(query)).toBe(Math.ceil(expected));
  });

  test('leaves room for the usual introspection, and not for many of it', () => {
    const { maxCost } = configFrom({}).limits.api;
    expect(points(getIntrospectionQuery())).toBeLessThan(maxCost);
    const some = '{ fields { args { type { ofType { name } } } } }';
    expect(points(`{ __schema { ${Array.from({ length: 28 }, (__, i) => `a${i}: types ${some}`).join(' ')} } }`)).toBeGreaterThan(maxCost);
  });

  test('keeps a page far from being heavy', () => {
    const { heavyCost } = configFrom({}).limits.api;
    expect(points('{ openPositions { positions { id signal { strategy } closedBy { sequence } } } }')).toBeLessThan(heavyCost);
  });
});

test('every field that is a list says how long it can get', () => {
  const silent = Object.values(schema.getTypeMap())
    .filter((type) => (isObjectType(type) || isInterfaceType(type)) && !isIntrospectionType(type))
    .flatMap((type) =>
      Object.values((type as { getFields(): Record<string, Parameters<typeof declaredCost>[1]> }).getFields())
        .filter((field) => isListType(getNullableType(field.type)) && declaredCost(type, field, schema).rows === undefined)
        .map((field) => `${type.name}.${field.name}: [${getNamedType(field.type).name}]`),
    );
  expect(silent, 'say it beside the field: extensions: cost({ rows: … })').toEqual([]);
});
