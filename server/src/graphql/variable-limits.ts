import type { GraphQLError } from 'graphql';
import { apiError } from './api-errors.ts';

export interface VariableLimits {
  readonly maxListLength: number;
  readonly maxVariableDepth: number;
}

/** Part of every bot token, and of nothing else; a token's own rule is in signals/tokens.ts. */
const TOKEN = /bpt_[a-z]+_[0-9A-Za-z]{8}/;

export function holdsToken(text: string): boolean {
  return TOKEN.test(text);
}

export function tokenNotInHeader(where: string): GraphQLError {
  return apiError(
    'TOKEN_NOT_IN_HEADER',
    `A token must not stand in the ${where}, where it may be logged: send it as "Authorization: Bearer …", and revoke this one.`,
  );
}

/** What is wrong with the variables before anybody looks at their meaning: the first list that is too long, or what nests too deep. */
export function variableFault(variables: Readonly<Record<string, unknown>>, limits: VariableLimits): GraphQLError | undefined {
  const look = (value: unknown, path: string, depth: number): GraphQLError | undefined => {
    if (typeof value === 'string') return holdsToken(value) ? tokenNotInHeader('variables') : undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    if (depth > limits.maxVariableDepth)
      return apiError('BAD_REQUEST', `The variable ${path} nests too deep: at most ${limits.maxVariableDepth} levels are allowed.`);
    if (Array.isArray(value) && value.length > limits.maxListLength)
      return apiError('LIST_TOO_LONG', `The list ${path} has ${value.length} entries: at most ${limits.maxListLength} are allowed.`);
    for (const [key, inner] of Object.entries(value)) {
      const fault = look(inner, `${path}.${key.slice(0, 40)}`, depth + 1);
      if (fault) return fault;
    }
    return undefined;
  };
  for (const [name, value] of Object.entries(variables)) {
    const fault = look(value, `$${name.slice(0, 40)}`, 1);
    if (fault) return fault;
  }
  return undefined;
}
