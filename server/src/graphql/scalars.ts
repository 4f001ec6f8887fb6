import { GraphQLError, Kind } from 'graphql';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import { parseInstant } from '../kernel/instant.ts';
import { builder } from './builder.ts';

/**
 * Input is handed on as text and judged where it is used, so that a bad price is a refusal that names its field beside
 * all the others. A number in JSON was made a double before it came here; exact-numbers.plugin.ts sees to it that one
 * which lost digits by that arrives as text instead.
 */
builder.scalarType('Decimal', {
  description:
    'An exact decimal number as a string, without exponent: "42500.5". Accepts a string or a number as input; at most 15 digits before and 18 after the point, no sign, no exponent.',
  serialize: (value) => toPlain(new Decimal(typeof value === 'string' ? value : value.toFixed())),
  parseValue: (value) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return toPlainSigned(value);
    throw new GraphQLError('A Decimal is a string of digits such as "42500.5", or a number.', { extensions: { code: 'BAD_USER_INPUT' } });
  },
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT) return node.value;
    throw new GraphQLError('A Decimal is a string of digits such as "42500.5", or a number.', { extensions: { code: 'BAD_USER_INPUT' } });
  },
});

builder.scalarType('DateTime', {
  description:
    'An instant in UTC, ISO 8601 with milliseconds: "2026-11-22T20:33:00.000Z". As input, any offset is taken; a time without one is refused.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const date = typeof value === 'string' ? parseInstant(value) : undefined;
    if (!date) {
      throw new GraphQLError('A DateTime is an ISO 8601 text with an offset, such as "2026-11-22T20:33:00.000Z".', {
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
    return date;
  },
});

/** A negative number keeps its sign, so that whoever judges it can refuse it. */
function toPlainSigned(value: number): string {
  return new Decimal(value).toFixed();
}
