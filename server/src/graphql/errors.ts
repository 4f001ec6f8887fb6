import { GraphQLError } from 'graphql';
import type { ApiErrorCode } from './api-errors.ts';

/** A request that cannot be answered, told to the caller with a stable code in `extensions.code`. */
export function badInput(message: string, code: ApiErrorCode = 'BAD_USER_INPUT'): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** @throws BAD_USER_INPUT unless `value` is a whole number from `min` to `max`. */
export function requireRange(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value) || value < min || value > max) throw badInput(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}
