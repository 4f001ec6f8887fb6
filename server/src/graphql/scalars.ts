import { GraphQLError, Kind } from 'graphql';
import { Decimal, toPlain } from '../kernel/decimal.ts';
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

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** What PostgreSQL stores and ISO 8601 writes with four digits of the year. */
const YEAR_1 = new Date('0001-01-01T00:00:00Z');
const YEAR_10000 = new Date('+010000-01-01T00:00:00Z');

/** JavaScript takes 30 February for 2 March. */
function isOnTheCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(day).toISOString().startsWith(day);
}

builder.scalarType('DateTime', {
  description:
    'An instant in UTC, ISO 8601 with milliseconds: "2026-11-22T20:33:00.000Z". As input, any offset is taken; a time without one is refused.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const date = typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : undefined;
    if (!date || !(date >= YEAR_1 && date < YEAR_10000) || !isOnTheCalendar(value as string)) {
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
