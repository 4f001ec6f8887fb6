import { expect, test } from 'vitest';
import { isIdAbsurd, isPriceDoubtful } from './plausible.ts';

test.for([
  ['150', '100', false],
  ['150.01', '100', true],
  ['66.67', '100', false],
  ['66.66', '100', true],
  ['0.00000001', '0.00000810', true],
  ['0.00000811', '0.00000810', false],
  ['999999999999999', '1', true],
  ['5', undefined, false],
] as const)('%s after %s: doubtful %s', ([price, known, doubtful]) => expect(isPriceDoubtful(price, known, 50)).toBe(doubtful));

test.for([
  [1_010, 1_000, false],
  [1_011, 1_000, true],
  [3, 1_000, false],
  [9_999_999, null, false],
] as const)('id %i where %s is next: absurd %s', ([id, nextId, absurd]) => expect(isIdAbsurd(id, nextId, 10)).toBe(absurd));
