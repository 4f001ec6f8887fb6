import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactly } from './exact-json.ts';

const parsedNumber = (source: string) => (parseExactly(`{"n":${source}}`) as { n: unknown }).n;

describe('numbers in a JSON body', () => {
  test.for([
    ['0', 0],
    ['1', 1],
    ['-5', -5],
    ['100', 100],
    ['0.5', 0.5],
    ['0.1', 0.1],
    ['0.10', 0.1],
    ['42500.50', 42_500.5],
    ['0.30000000000000004', 0.30000000000000004],
    ['9007199254740991', 9_007_199_254_740_991],
    ['0.000001', 0.000001],
    ['0.000000000000000000001', 1e-21],
  ] as const)('%s arrives as the number it is', ([source, value]) => {
    expect(parsedNumber(source)).toBe(value);
  });

  test.for([
    '0.12345678901234567890',
    '9007199254740993',
    '999999999999999.999999999999999999',
    '42500.500000000000000001',
    '0.1000000000000000055511151231257827021181583404541015625',
    '1e400',
    '1e5',
    '1E5',
    '1e-8',
    '-1e-400',
    '1e-400',
  ])('%s, which would lose a digit or has an exponent, arrives as that text', (source) => {
    expect(parsedNumber(source)).toBe(source);
  });

  test('whatever arrives as a number is exactly what was written', () => {
    const source = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.option(fc.bigInt({ min: 0n, max: 10n ** 22n })))
      .map(([whole, fraction]) => (fraction === null ? `${whole}` : `${whole}.${fraction}`));
    const canonical = (text: string) => (text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text);
    fc.assert(
      fc.property(source, (text) => {
        const value = parsedNumber(text);
        if (typeof value === 'string') expect(value).toBe(text);
        else expect(canonical(plain(value as number))).toBe(canonical(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('everything else arrives as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        if (/[eE][+-]?\d/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, ''))) return;
        expect(parseExactly(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test('digits within a string are not touched', () => {
    expect(parseExactly('{"s":"0.12345678901234567890","t":"1e400"}')).toEqual({ s: '0.12345678901234567890', t: '1e400' });
  });

  test.for(['', '{', 'NaN', '{"n":01}', '{"n":.5}', '{"n":5.}', '{"n":+1}', '{"n":0x10}', "{'n':1}", '{"n":1,}'])(
    '%j is no JSON',
    (text) => {
      expect(() => parseExactly(text)).toThrow(SyntaxError);
    },
  );
});

/** The shortest digits that name this double, without an exponent. */
function plain(value: number): string {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  if (exponent === '0') return mantissa;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent);
  return shift > 0 ? whole + fraction.padEnd(shift, '0') : `0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
}
