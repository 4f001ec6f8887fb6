import type { Plugin } from 'graphql-yoga';
import { GraphQLError } from 'graphql';
import { parseExactly } from '../kernel/exact-json.ts';

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
