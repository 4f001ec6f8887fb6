import { parse, print } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from './schema.ts';
import { canonicalVariables, givenValue, sharedOperation } from './shared-operation.ts';

const of = (text: string, name?: string) => sharedOperation(schema, parse(text), name);

test('every subscription field says how it is shared', () => {
  const kinds = Object.values(schema.getSubscriptionType()!.getFields()).map(({ name, extensions }) => [name, extensions['stream']]);
  expect(Object.fromEntries(kinds)).toEqual({
    events: 'events',
    tradeOpened: 'events',
    tradeClosed: 'events',
    priceTicks: 'moves',
    performanceUpdated: 'state',
    openPositionsUpdated: 'state',
    marketFeedsUpdated: 'state',
  });
});

test('the same operation written otherwise is the same', () => {
  const one = of('subscription A { tradeClosed { sequence trade { id } } }');
  expect(of('subscription A{tradeClosed{sequence,trade{id}}}')?.text).toBe(one?.text);
  expect(of('subscription B { tradeClosed { sequence trade { id } } }')?.text).not.toBe(one?.text);
  expect(of('subscription A { tradeClosed { trade { id } sequence } }')?.text).not.toBe(one?.text);
});

describe('after', () => {
  test('is no part of what is shared, whether it is a variable or stands there', () => {
    const live = of('subscription { events { sequence } }');
    expect(of('subscription ($after: String) { events(after: $after) { sequence } }')).toMatchObject({ text: live?.text, variables: [] });
    expect(of('subscription { events(after: "12") { sequence } }')?.text).toBe(live?.text);
  });

  test('other arguments and variables stay', () => {
    const operation = of('subscription ($after: String!, $f: TradeFilter) { tradeClosed(after: $after, filter: $f) { sequence } }');
    expect(operation?.variables).toEqual(['f']);
    expect(print(operation!.document)).toBe('subscription ($f: TradeFilter) {\n  tradeClosed(filter: $f) {\n    sequence\n  }\n}');
  });

  test('a variable that is used elsewhere too stays', () => {
    const text = 'subscription ($v: String!) { tradeClosed(after: $v, filter: { bot: [$v] }) { sequence } }';
    expect(of(text)?.variables).toEqual(['v']);
  });

  test('its value is the variable’s, its default, or what stands there', () => {
    const value = (text: string, variables = {}) => givenValue(of(text)?.after, parse(text), undefined, variables);
    const byVariable = 'subscription ($a: String = "5") { events(after: $a) { sequence } }';
    expect(value(byVariable, { a: '7' })).toBe('7');
    expect(value(byVariable, { a: null })).toBeNull();
    expect(value(byVariable)).toBe('5');
    expect(value('subscription { events(after: "9") { sequence } }')).toBe('9');
    expect(value('subscription { events(after: null) { sequence } }')).toBeUndefined();
    expect(value('subscription { events { sequence } }')).toBeUndefined();
  });
});

test('what cannot be shared runs alone: more than one operation’s worth of guessing is not worth it', () => {
  expect(of('query { events { sequence } }')).toBeUndefined();
  expect(of('subscription { ...F } fragment F on Subscription { events { sequence } }')).toBeUndefined();
  expect(of('subscription A { events { sequence } } subscription B { events { sequence } }')).toBeUndefined();
  expect(of('subscription A { events { sequence } } subscription B { events { sequence } }', 'B')).toBeDefined();
});

test('variables are equal whatever their order, and only those that are used count', () => {
  const one = canonicalVariables(['f', 'n'], { f: { bot: ['a'], symbol: ['b'] }, n: 1, other: 2 });
  expect(canonicalVariables(['f', 'n'], { n: 1, f: { symbol: ['b'], bot: ['a'] } })).toBe(one);
  for (const other of [{ n: 1 }, { f: { bot: ['a'], symbol: ['b'] }, n: '1' }, { f: { bot: ['a', 'b'] }, n: 1 }, { f: null, n: 1 }])
    expect(canonicalVariables(['f', 'n'], other)).not.toBe(one);
  expect(canonicalVariables(['f'], { f: null })).toBe(canonicalVariables(['f'], {}));
});
