import { expect, test } from 'vitest';
import { axisMoney, count, money, moneyChange, percent, percentChange, price, rate, roundMoney } from './number.ts';

test('every change that is not zero when printed has a sign', () => {
  for (const value of ['0.01', '-0.01', '0.005', '-0.005', '1', '-1', '1234567.891', '-1234567.891']) {
    expect(moneyChange(value).text).toMatch(/^[+\u2212]\$/);
    expect(percentChange(value).text).toMatch(/^[+\u2212]\d/);
  }
});

test('the direction is that of the printed number', () => {
  expect(moneyChange('2.3')).toEqual({ text: '+$2.30', direction: 'up' });
  expect(moneyChange('-2.3')).toEqual({ text: '\u2212$2.30', direction: 'down' });
  expect(moneyChange('0.004')).toEqual({ text: '$0.00', direction: 'flat' });
  expect(moneyChange('-0.00499999')).toEqual({ text: '$0.00', direction: 'flat' });
  expect(percentChange(-0.001)).toEqual({ text: '0.00%', direction: 'flat' });
});

test('the minus is a minus and not a hyphen', () => {
  for (const text of [money('-5'), moneyChange('-5').text, percent(-5), percentChange(-5).text, axisMoney(-50, 25)]) {
    expect(text).toContain('\u2212');
    expect(text).not.toContain('-');
  }
});

test('decimal strings keep the digits that a double would lose', () => {
  expect(price('0.123456789012345678', null)).toBe('0.123456789012345678');
  expect(money('9007199254740993.01')).toBe('$9,007,199,254,740,993.01');
});

test('prices have the digits of the tick size, or the digits as sent', () => {
  expect(price('42500.5', 2)).toBe('42,500.50');
  expect(price('42500.5', null)).toBe('42,500.5');
  expect(price('0.00001234', 8)).toBe('0.00001234');
  expect(price('64000', undefined)).toBe('64,000');
});

test('round sums have no cents, rates as many digits as they need', () => {
  expect(roundMoney('100')).toBe('$100');
  expect(roundMoney('12.5')).toBe('$12.50');
  expect(rate('0.001')).toBe('0.10%');
  expect(rate('0.00075')).toBe('0.075%');
});

test('only chart axes shorten numbers', () => {
  expect(axisMoney(12_000, 5_000)).toBe('$12K');
  expect(axisMoney(2.5, 2.5)).toBe('$2.50');
  expect(count(12_345)).toBe('12,345');
});
