import { describe, expect, test } from 'vitest';
import { Decimal } from '../kernel/decimal.ts';
import { METRIC_DOCS } from './metric-docs.ts';
import { workedExample } from './worked-example.ts';
import { WORKINGS } from './workings.ts';

const example = workedExample(new Decimal(1000));
const written = Object.entries(WORKINGS).map(([field, work]) => [field, work(example)] as const);
/** "(1 + 2) / 3 = 1", perhaps after a text that ends with a colon. */
const CALCULATION = /^(?:[^=]*: )?([-−+×/√().\d\s]+) = (−?[\d.]+)$/;

describe('the worked example', () => {
  test.for(written)('%s: what is written comes to what the engine says', ([, text]) => {
    const [, left, right] = CALCULATION.exec(text) ?? [];
    if (left === undefined || right === undefined) return expect(text).toMatch(/^(trades? [\d, ]+ (=|with)|none|p = |2,000|[WL ]+:)/);
    const [calculated, told] = [calculate(left), calculate(right)];
    expect(Math.abs(calculated - told)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(told)));
  });

  test('most metrics are calculations that can be done again', () => {
    expect(written.filter(([, text]) => CALCULATION.test(text)).length).toBeGreaterThanOrEqual(20);
  });

  test('every metric of it is defined', () => {
    expect(written.filter(([, text]) => /[A-Z]{2}_/.test(text))).toEqual([]);
  });

  test('works out only figures that are explained', () => {
    expect(Object.keys(METRIC_DOCS)).toEqual(expect.arrayContaining(Object.keys(WORKINGS)));
  });

  test('a wrong number would be found', () => {
    expect(calculate('(9.79 − 4.196) / 2')).toBeCloseTo(2.797);
    expect(calculate('√4 × −3 + 10 / 5')).toBe(-4);
  });
});

/** Sums, products and roots with parentheses, by recursive descent. */
function calculate(text: string): number {
  const tokens = text.match(/[\d.]+|[-−+×/√()]/g) ?? [];
  let at = 0;
  const isNext = (...wanted: string[]): boolean => wanted.includes(tokens[at] ?? '');
  const factor = (): number => {
    const token = tokens[at++];
    if (token === '√') return Math.sqrt(factor());
    if (token === '−' || token === '-') return -factor();
    if (token !== '(') return Number(token);
    const value = total();
    at += 1;
    return value;
  };
  const product = (): number => {
    let value = factor();
    while (isNext('×', '/')) value = tokens[at++] === '×' ? value * factor() : value / factor();
    return value;
  };
  const total = (): number => {
    let value = product();
    while (isNext('+', '−', '-')) value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  return total();
}
