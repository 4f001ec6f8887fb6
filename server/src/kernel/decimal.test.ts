import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profitAt } from '../trades/profit.ts';
import { quantityFor } from '../trades/opening.ts';
import { Decimal, parsePlainDecimal, toMoney, toPlain, withoutExponent } from './decimal.ts';

const SCALE = 10n ** 18n;

/** `units` of 10^-`decimals` as plain digits, by string work alone. */
function digits(units: bigint, decimals: number): string {
  const sign = units < 0n ? '-' : '';
  const text = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const whole = text.slice(0, text.length - decimals);
  const fraction = text.slice(text.length - decimals).replace(/0+$/, '');
  return fraction === '' ? (/^0+$/.test(whole) ? '0' : sign + whole) : `${sign}${whole}.${fraction}`;
}

/** numerator / denominator, half away from zero. */
function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

/** Prices of every magnitude that can be sent, in units of 1e-18. */
const priceUnits = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n ** 33n - 1n }),
  fc.tuple(fc.bigInt({ min: 1n, max: 99_999n }), fc.integer({ min: 0, max: 28 })).map(([value, shift]) => value * 10n ** BigInt(shift)),
  fc.constantFrom(1n, SCALE, 10n ** 33n - 1n, 1_234n * 10n ** 10n),
);

describe('parsePlainDecimal takes exactly what the rules allow', () => {
  const refused = [
    ...[
      '',
      ' ',
      'NaN',
      'nan',
      'Infinity',
      '-Infinity',
      '∞',
      '1e400',
      '1e-400',
      '1E5',
      '1e5',
      '-0',
      '-1',
      '+1',
      '.5',
      '5.',
      '.',
      '1..2',
      '1.2.3',
    ],
    ...[
      '1_000',
      '1,000',
      '1 000',
      '0x10',
      '0b1',
      '0o7',
      '1n',
      ' 1',
      '1 ',
      '\t1',
      '1\n',
      '1\r\n',
      '\u00a01',
      '1\u00a0',
      '\ufeff1',
      '1\0',
      '\u200b1',
    ],
    ...[
      '\uff11\uff12',
      '\u0661\u0662',
      '\u0967',
      '１.５',
      '1٫5',
      '1．5',
      '½',
      '²',
      'Ⅷ',
      '𝟏',
      '−1',
      '1−',
      '$1',
      '1USDT',
      'true',
      'null',
      '[1]',
      '{}',
    ],
    ...[
      '1'.repeat(16),
      `${'1'.repeat(16)}.5`,
      `0.${'1'.repeat(19)}`,
      `0.${'0'.repeat(19)}`,
      `1.${'0'.repeat(19)}`,
      '0'.repeat(16),
      '9'.repeat(100),
    ],
  ];
  test.for(refused)('%j is refused', (text) => {
    expect(parsePlainDecimal(text)).toBeUndefined();
  });

  test.for([
    ['0', '0'],
    ['0.0', '0'],
    ['000', '0'],
    ['007', '7'],
    ['1.50', '1.5'],
    ['42500.50', '42500.5'],
    ['0.000000000000000001', '0.000000000000000001'],
    ['0.00000001', '0.00000001'],
    ['999999999999999.999999999999999999', '999999999999999.999999999999999999'],
    ['100000000000000', '100000000000000'],
  ] as const)('%s is read as %s', ([text, plain]) => {
    expect(toPlain(parsePlainDecimal(text)!)).toBe(plain);
  });

  test('every price comes out as it went in, digit for digit', () => {
    fc.assert(
      fc.property(priceUnits, (units) => {
        const text = digits(units, 18);
        expect(toPlain(parsePlainDecimal(text)!)).toBe(text);
      }),
    );
  });

  test('no text outside the rule is taken', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789.+-eE_ x\u0661\uff11\n'), maxLength: 40 });
    fc.assert(
      fc.property(text, (each) => {
        const [whole = '', fraction = '0', ...rest] = each.split('.');
        const ascii = (part: string) => part !== '' && [...part].every((char) => '0123456789'.includes(char));
        const allowed = rest.length === 0 && ascii(whole) && ascii(fraction) && whole.length <= 15 && fraction.length <= 18;
        expect(parsePlainDecimal(each) !== undefined).toBe(allowed);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('toPlain', () => {
  test.for([
    ['-0', '0'],
    ['1e-18', '0.000000000000000001'],
    ['-1e-8', '-0.00000001'],
    ['1e15', '1000000000000000'],
    ['1e40', `1${'0'.repeat(40)}`],
    ['1.500', '1.5'],
  ] as const)('%s is printed %s', ([value, plain]) => {
    expect(toPlain(new Decimal(value))).toBe(plain);
  });
});

describe('rounding is half away from zero, decided by the exact value', () => {
  test('at 8 decimals, on both sides', () => {
    const nearTie = fc.tuple(
      fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      fc.constantFrom(-1n, 0n, 1n),
      fc.integer({ min: 9, max: 60 }),
    );
    fc.assert(
      fc.property(nearTie, ([halves, step, decimals]) => {
        // An odd number of halves of 1e-8, missed by one unit of the last decimal or met.
        const units = (2n * halves + 1n) * 5n * 10n ** BigInt(decimals - 9) + step;
        const expected = roundedQuotient(units, 10n ** BigInt(decimals - 8));
        expect(toPlain(toMoney(new Decimal(digits(units, decimals))))).toBe(digits(expected, 8));
      }),
    );
  });

  test('a quantity is the rational size / price at 18 decimals', () => {
    fc.assert(
      fc.property(priceUnits, fc.oneof(fc.constant(100n * SCALE), priceUnits), (price, size) => {
        const quantity = quantityFor(new Decimal(digits(size, 18)), new Decimal(digits(price, 18)));
        expect(toPlain(quantity)).toBe(digits(roundedQuotient(size * SCALE, price), 18));
      }),
      { numRuns: 1000 },
    );
  });

  test('a quantity on the very tie goes up', () => {
    // 1e-18 / 2 is exactly half a unit.
    expect(toPlain(quantityFor(new Decimal('0.000000000000000001'), new Decimal(2)))).toBe('0.000000000000000001');
    expect(toPlain(quantityFor(new Decimal('0.000000000000000001'), new Decimal('2.000000000000000001')))).toBe('0');
  });

  test('all four results of a profit are the rationals of the rules', () => {
    const rateUnits = fc.oneof(fc.constantFrom(0n, SCALE / 1000n, SCALE / 2000n), fc.bigInt({ min: 0n, max: SCALE - 1n }));
    const sizeUnits = fc.oneof(fc.constant(100n * SCALE), fc.bigInt({ min: 1n, max: 10n ** 27n }));
    const quantityUnits = fc.oneof(fc.bigInt({ min: 1n, max: 10n ** 38n - 1n }), fc.bigInt({ min: 1n, max: 10n ** 20n }));
    const input = fc.record({
      direction: fc.constantFrom('LONG' as const, 'SHORT' as const),
      entry: priceUnits,
      exit: priceUnits,
      quantity: quantityUnits,
      rate: rateUnits,
      size: sizeUnits,
    });
    fc.assert(
      fc.property(input, ({ direction, entry, exit, quantity, rate, size }) => {
        const of = (units: bigint) => new Decimal(digits(units, 18));
        const profit = profitAt({
          direction,
          entryPrice: of(entry),
          exitPrice: of(exit),
          quantity: of(quantity),
          feeRate: of(rate),
          positionSize: of(size),
        });
        // In units of 1e-54, where everything is whole.
        const gross = (direction === 'LONG' ? exit - entry : entry - exit) * quantity * SCALE;
        const fees = rate * quantity * (entry + exit);
        const toCents = 10n ** 46n;
        expect(toPlain(profit.grossPnl)).toBe(digits(roundedQuotient(gross, toCents), 8));
        expect(toPlain(profit.fees)).toBe(digits(roundedQuotient(fees, toCents), 8));
        expect(toPlain(profit.realizedPnl)).toBe(digits(roundedQuotient(gross - fees, toCents), 8));
        // (realized / 1e54) × 100 / (size / 1e18), in units of 1e-8.
        expect(toPlain(profit.realizedPnlPct)).toBe(digits(roundedQuotient((gross - fees) * 100n * SCALE, size * toCents), 8));
      }),
      { numRuns: 1000 },
    );
  });
});

test.for<[string, string]>([
  ['1.234e-05', '0.00001234'],
  ['1e+14', '100000000000000'],
  ['1.50E2', '150'],
  ['0e0', '0'],
  ['1.234', '1.234'],
  ['1e400', '1e400'],
  ['-1e5', '-1e5'],
  ['e5', 'e5'],
  ['1e', '1e'],
  ['1_0e1', '1_0e1'],
  ['NaN', 'NaN'],
])('%s without its exponent is %s', ([text, plain]) => {
  expect(withoutExponent(text)).toBe(plain);
});
