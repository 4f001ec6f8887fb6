import type { Plugin } from 'graphql-yoga';
import { GraphQLError } from 'graphql';
import { Decimal } from '../kernel/decimal.ts';

/**
 * Reads a JSON body so that no digit of a number is lost unseen. JSON.parse makes every number a double: a price sent as
 * 0.12345678901234567890 would arrive as another price. Such a number, and one with an exponent, is handed on as the text
 * that was sent, which Decimal judges by the same rule as a string.
 */
export function parseExactly(body: string): unknown {
  return JSON.parse(body, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    const { source } = context;
    if (/^[\d.]+$/.test(source) && source === String(value)) return value; // most are, and a list of thousands should not take long
    const isExact = !/[eE]/.test(source) && new Decimal(source).eq(value);
    return isExact ? value : source;
  });
}

export function exactNumbers(): Plugin {
  return {
    onRequestParse({ request, setRequestParser }) {
      const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
      if (request.method !== 'POST' || (type !== 'application/json' && type !== 'application/graphql+json')) return;
      setRequestParser(async (posted) => {
        const body = await posted.text();
        let parsed: unknown;
        try {
          parsed = parseExactly(body);
        } catch {
          throw badRequest('The body is not valid JSON.');
        }
        if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
          throw badRequest('The body must be a JSON object with a query.');
        return parsed;
      });
    },
  };
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
