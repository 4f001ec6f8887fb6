import { describe, expect, test } from 'vitest';
import { HookMessage, readHookMessage } from './hook-message.ts';

describe('a body', () => {
  test.for([
    ['JSON', '{"tp": 110.5, "sl": "90", "n": null, "e": " "}', { tp: '110.5', sl: '90', n: undefined, e: undefined }],
    ['TEXT', '\n {"tp": "110"} ', { tp: '110' }],
    ['FORM', '{"tp": "110"}', { tp: '110' }],
    ['FORM', 'tp=110&note=a+b%3D', { tp: '110', note: 'a b=' }],
    ['TEXT', 'tp=110\nsl: 90\r\n\n note = a=b: c ', { tp: '110', sl: '90', note: 'a=b: c' }],
    ['TEXT', 'take profit: 110', { takeProfit: '110' }],
    ['JSON', '{"tp": 110.123456789012345678, "sl": 1e-5}', { tp: '110.123456789012345678', sl: '1e-5' }],
    ['JSON', '{"__proto__": "x", "constructor": "y", "tp": 1}', { tp: '1', constructor: 'y' }],
    ['JSON', '{}', { tp: undefined, constructor: undefined }],
  ] as const)('%s %s', ([type, body, fields]) => {
    const message = readHookMessage(body, type);
    for (const [name, value] of Object.entries(fields)) expect(message?.get(name), name).toBe(value);
    expect(message?.refusals).toEqual([]);
  });

  test.for([
    ['JSON', ''],
    ['JSON', 'tp=1'],
    ['JSON', '[1]'],
    ['JSON', '{"tp": }'],
    ['TEXT', ''],
    ['TEXT', 'BTCUSDT crossed 100'],
    ['TEXT', 'tp=1\nand more'],
    ['TEXT', '{"tp": 1'],
  ] as const)('that cannot be read: %s %j', ([type, body]) => {
    expect(readHookMessage(body, type)).toBeUndefined();
  });

  test('names count without case, underscores, dashes and blanks, the first of several wins', () => {
    const message = new HookMessage([
      ['Take-Profit', '1'],
      ['STOP_LOSS', 2],
      ['tp', '3'],
    ]);
    expect([message.get('takeProfit', 'tp'), message.get('tp', 'takeProfit'), message.get('stopLoss'), message.get('none')]).toEqual([
      '1',
      '3',
      '2',
      undefined,
    ]);
  });

  test('lists and objects are refused at their place', () => {
    const message = readHookMessage('{"tp": [1], "sl": {"a": 1}, "note": true}', 'JSON');
    expect(message?.refusals.map(({ field, code }) => `${field.join()} ${code}`)).toEqual(['tp VALUE_UNKNOWN', 'sl VALUE_UNKNOWN']);
    expect(message?.get('note')).toBe('true');
  });
});
