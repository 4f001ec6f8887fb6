import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSequence } from './event.ts';

describe('parseSequence', () => {
  test.for([
    ['0', 0n],
    ['1', 1n],
    ['100', 100n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['9223372036854775807', 2n ** 63n - 1n],
  ] as const)('%s', ([text, sequence]) => {
    expect(parseSequence(text)).toBe(sequence);
  });

  test.for([
    '',
    ' ',
    '-1',
    '+1',
    '-0',
    '01',
    '00',
    '1.0',
    '1e3',
    '0x1',
    '1n',
    ' 1',
    '1 ',
    '1\n',
    '\u0661',
    '\uff11',
    'NaN',
    'null',
    '9223372036854775808',
    '9'.repeat(19),
    '1'.repeat(100),
  ])('%j is none', (text) => {
    expect(parseSequence(text)).toBeUndefined();
  });

  test('reads back every sequence as it is printed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (sequence) => {
        expect(parseSequence(String(sequence))).toBe(sequence);
      }),
    );
  });
});
