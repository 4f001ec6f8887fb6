import fc from 'fast-check';
import type { GraphQLScalarType } from 'graphql';
import { parseValue, valueFromAST } from 'graphql';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../kernel/decimal.ts';
import { schema } from './schema.ts';

const scalar = (name: string) => schema.getType(name) as GraphQLScalarType<unknown, unknown>;
const [decimal, dateTime] = [scalar('Decimal'), scalar('DateTime')];
const output = (type: GraphQLScalarType<unknown, unknown>, value: unknown) => type.coerceOutputValue(value);
const input = (type: GraphQLScalarType<unknown, unknown>, value: unknown) => type.coerceInputValue(value);
const literal = (type: GraphQLScalarType<unknown, unknown>, text: string) => valueFromAST(parseValue(text), type);

describe('Decimal', () => {
  test.for([
    ['0.000000000000000001', '0.000000000000000001'],
    ['1e-18', '0.000000000000000001'],
    ['1e-8', '0.00000001'],
    ['-1e-8', '-0.00000001'],
    ['1e15', '1000000000000000'],
    ['1e21', '1000000000000000000000'],
    ['42500.50', '42500.5'],
    ['-0', '0'],
    ['0.00', '0'],
  ])('%s is printed as %s', ([value, printed]) => {
    expect(output(decimal, new Decimal(value!))).toBe(printed);
    expect(output(decimal, value)).toBe(printed);
  });

  test('goes round without losing or adding a digit', () => {
    const units = fc.bigInt({ min: 1n, max: 10n ** 33n - 1n });
    fc.assert(
      fc.property(units, (value) => {
        const printed = output(decimal, new Decimal(value.toString()).times('1e-18')) as string;
        expect(printed).toMatch(/^\d{1,15}(\.\d{0,17}[1-9])?$/);
        expect(new Decimal(printed).times('1e18').toFixed()).toBe(value.toString());
        expect(input(decimal, printed)).toBe(printed);
        expect(literal(decimal, `"${printed}"`)).toBe(printed);
        expect(literal(decimal, printed)).toBe(printed);
      }),
    );
  });

  test.for([
    [0.1, '0.1'],
    [1e-7, '0.0000001'],
    [5e-324, new Decimal(5e-324).toFixed()],
    [1e21, '1000000000000000000000'],
    [-1, '-1'],
    [-0, '0'],
  ] as const)('the number %d is handed on as the digits %s', ([value, text]) => {
    expect(input(decimal, value)).toBe(text);
  });

  test.for(['1e5', '1E5', '-1', '1e400', '0.1234567890123456789'])(
    'the literal %s is handed on as it is written, for the rules to judge',
    (text) => {
      expect(literal(decimal, text)).toBe(text);
    },
  );

  test.for([null, undefined, true, [], ['1'], {}, Number.NaN, Infinity, -Infinity, new Date(0), Symbol('1'), 1n])(
    '%s is no input',
    (value) => {
      expect(() => input(decimal, value)).toThrow('A Decimal is a string of digits');
    },
  );

  test.for(['true', 'NaN', 'Infinity', '["1"]', '{ a: 1 }'])('the literal %s is none', (text) => {
    expect(literal(decimal, text)).toBeUndefined();
  });
});

describe('DateTime', () => {
  test('goes round to the millisecond', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          const printed = output(dateTime, date) as string;
          expect(printed).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
          expect(input(dateTime, printed)).toEqual(date);
          expect(literal(dateTime, `"${printed}"`)).toEqual(date);
        },
      ),
    );
  });

  test.for([
    ['2026-11-22T20:33:00Z', '2026-11-22T20:33:00.000Z'],
    ['2026-11-22T20:33Z', '2026-11-22T20:33:00.000Z'],
    ['2026-11-22T22:33:00.5+02:00', '2026-11-22T20:33:00.500Z'],
    ['2026-11-22T20:33:00.123456Z', '2026-11-22T20:33:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', ([text, printed]) => {
    expect((input(dateTime, text) as Date).toISOString()).toBe(printed);
  });

  test.for([
    ...[
      '',
      'now',
      '2026',
      '2026-11-22',
      '2026-11-22T20:33:00',
      '2026-11-22 20:33:00Z',
      '20261122T203300Z',
      'Sun, 22 Nov 2026 20:33:00 GMT',
      ' 2026-11-22T20:33:00Z',
    ],
    ...[
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-01-32T00:00:00Z',
      '2026-01-01T25:00:00Z',
      '2026-01-01T24:00:01Z',
      '2026-01-01T00:60:00Z',
      '2026-01-01T00:00:00+99:00',
    ],
    // Days that do not exist, which Date would take for later ones.
    ...['2026-02-29T00:00:00Z', '2026-02-30T00:00:00Z', '2026-02-31T00:00:00Z', '2026-04-31T00:00:00Z'],
    // Out of the years that four digits and the database hold.
    ...[
      '0000-01-01T00:00:00Z',
      '0000-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00+01:00',
      '9999-12-31T23:59:59-01:00',
      '+275760-09-13T00:00:00Z',
      '-000001-01-01T00:00:00Z',
    ],
    ...['２０２６-11-22T20:33:00Z', '2026-11-22T20:33:00Z\n', '2026-11-22t20:33:00z'],
  ])('%j is refused', (text) => {
    expect(() => input(dateTime, text)).toThrow('A DateTime is an ISO 8601 text');
    expect(literal(dateTime, JSON.stringify(text))).toBeUndefined();
  });

  test.for([null, undefined, 0, 1_795_379_580, 1_795_379_580_000, true, [], {}, new Date(0)])(
    '%s is no input: seconds and milliseconds cannot be told apart',
    (value) => {
      expect(() => input(dateTime, value)).toThrow('A DateTime is an ISO 8601 text');
    },
  );
});
