import { badArgument, badSignal, signalBody } from './input-case.ts';
import type { InputCase } from './input-case.ts';

const json = (value: unknown): string => JSON.stringify(value);

/** No decimals above 0 in plain digits, each as JSON. */
const DECIMALS = [
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    '1e400',
    '1e-400',
    '1e2',
    '1E2',
    '-0',
    '0',
    '0.0',
    '-1',
    '+1',
    '.5',
    '5.',
    '.',
    '1..2',
    '1.2.3',
    '1,5',
  ],
  ...[
    '1_000',
    '0x10',
    '0b1',
    '0o7',
    ' 1',
    '1 ',
    '1 000',
    '1\u00a0000',
    '1\n',
    '\t1',
    '１００',
    '١٠٠',
    '৪২',
    '½',
    '²',
    'Ⅷ',
    '1\u0000',
    '1\u200b',
    '−1',
  ],
  ...[
    '',
    ' ',
    'null',
    'true',
    'one',
    '$100',
    '100%',
    '1f',
    '1n',
    '1/2',
    '0'.repeat(16),
    '1'.repeat(16),
    `1.${'1'.repeat(19)}`,
    '9'.repeat(10_000),
  ],
  ...[`0.${'0'.repeat(18)}`, `1.${'0'.repeat(19)}`, '1e', 'e1', '--1', '1-', "1'", '1;DROP TABLE signals'],
].map(json);
/** The same as JSON that is no string. */
const NO_STRINGS = [
  '0',
  '-0',
  '-1',
  '1e2',
  '1E-2',
  '1e400',
  '1e-400',
  '0.0',
  'true',
  'false',
  '[]',
  '["1"]',
  '{}',
  '{"value":"1"}',
  '1234567890123456',
  '1.1234567890123456789',
];

/** Texts that nobody can read as they stand. */
const TEXTS = [
  ...[
    'a\0b',
    '\0',
    'a\u0001b',
    'a\u0007b',
    'a\u001bb',
    'a\u007fb',
    'a\u0085b',
    'a\u009fb',
    'a\ud83db',
    '\udc00a',
    '\udc00\ud83d',
    'a\ufdd0b',
  ],
  ...['a\u202eb', 'a\u202ab', 'a\u202cb', 'a\u2066b', 'a\u2069b', 'a\u200eb', 'a\u200fb', 'a\u061cb', 'a\u200bb', 'a\u200cb', 'a\u200db'],
  ...['a\u2060b', 'a\u2063b', 'a\ufeffb', 'a\u00adb', 'a\u180eb', 'a\u2028b', 'a\u2029b', 'a\u115fb', 'a\u3164b', 'a\u2800b', 'a\ue000b'],
  ...['a\u{e0041}b', 'a\u{10ffff}b', 'a\u{1fffe}b', `a${'\u0301'.repeat(50)}b`, `Z${'\u0336'.repeat(20)}`],
];
const LONG = ['x'.repeat(501), '漢'.repeat(501), '🚀'.repeat(501), `a${'\u0301b'.repeat(400)}`, 'x'.repeat(20_000)];
const NAMES = ['', ' ', '\t', '\n', '\u3000', 'a\nb', 'a\tb', 'a\r\nb'];
const NO_TEXTS = ['1', 'true', '["a"]', '{}', '[[]]'];

const TIMES = [
  ...[
    '',
    'now',
    '2026',
    '2026-11',
    '2026-11-22',
    '2026-11-22T20:33',
    '2026-11-22T20:33:00',
    '2026-11-22 20:33:00Z',
    '20261122T203300Z',
    '2026-02-30T00:00:00Z',
  ],
  ...[
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01T00:60:00Z',
  ],
  ...[
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00+99:00',
    '+275760-09-13T00:00:00Z',
    '275760-09-13T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
  ],
  ...[
    '1700000000',
    '1700000000000',
    '1700000000000000',
    '1e12',
    '２０２６-11-22T20:33:00Z',
    '2026-11-22T20:33:00Z\0',
    '2026-11-22T20:33:00ZZ',
    'Sun, 22 Nov 2026 20:33:00 GMT',
  ],
].map(json);
const NO_TIMES = ['0', '1700000000', '1700000000000', '1700000000000000', '-1', '1.5', 'true', '[]', '{}', '1e400'];

const IDS = [
  '',
  ' ',
  '1',
  '-1',
  '0',
  'null',
  "' OR 1=1 --",
  '../../etc/passwd',
  '\0',
  '00000000-0000-0000-0000-00000000000',
  'g'.repeat(36),
  '{}',
  '9'.repeat(400),
  '\ud800',
];

const cursor = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
const CURSORS = [
  ...[
    '',
    'x',
    '!',
    '0',
    '-1',
    'null',
    '2147483648',
    '9'.repeat(600),
    '=',
    '\0',
    'eyJhIjoxfQ',
    cursor(),
    cursor(1, 2, 3),
    cursor('a', 'b'),
    cursor('a', 'b', 'c', 'd'),
  ],
  ...[
    cursor('ENTRY_TIME DESC', 'x', 'y'),
    cursor('ENTRY_TIME DESC', '2026-01-01', 'no-uuid'),
    cursor('ENTRY_TIME DESC', 'no time', crypto.randomUUID()),
  ],
  ...[
    cursor('RECEIVED_AT DESC', "'; DROP TABLE signals", crypto.randomUUID()),
    cursor('SYMBOL ASC', 'A', crypto.randomUUID()),
    cursor('ENTRY_TIME DESC', '\0', crypto.randomUUID()),
  ],
].map(json);
const SEQUENCES = [
  '',
  ' ',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '0x1',
  '1n',
  'abc',
  '\0',
  '１',
  '9'.repeat(30),
  '18446744073709551616',
  '999999999',
].map(json);
const SIZES = [
  '0',
  '-1',
  '101',
  '2147483647',
  '2147483648',
  '-2147483649',
  '9007199254740993',
  '1e400',
  '1.5',
  '"10"',
  'true',
  '[]',
  '{}',
  '1e10',
];

const PAGES = ['trades', 'signals'];
const paged = (field: string, argument: string, type: string): string =>
  `query ($it: ${type}) { ${field}(${argument}: $it) { totalCount } }`;

/** Everything by hand; see reliability by F-numbers F70 to F79: numbers, sides, times, names, sizes and cursors. */
export function handmade(): InputCase[] {
  const prices = ['entryPrice', 'takeProfit', 'stopLoss'].flatMap((field) =>
    [...DECIMALS, ...NO_STRINGS].map((value) => badSignal(field, value)),
  );
  const missing = ['symbol', 'marketType', 'direction', 'takeProfit', 'stopLoss'].map((field) => badSignal(field, 'null'));
  const names = ['symbol', 'strategy', 'externalId'].flatMap((field) =>
    [...[...TEXTS, ...LONG, ...NAMES].map(json), ...NO_TEXTS].map((value) => badSignal(field, value)),
  );
  const notes = [...[...TEXTS, ...LONG].map(json), ...NO_TEXTS].map((value) => badSignal('note', value));
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const times = [
    ...['sentAt', 'expiresAt'].flatMap((field) => [...TIMES, ...NO_TIMES].map((value) => badSignal(field, value))),
    ...[soon, '2999-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'].map((text) => badSignal('sentAt', json(text))),
    ...['1970-01-01T00:00:00Z', '1970-01-20T16:13:20Z', '2020-01-01T00:00:00Z'].map((text) => badSignal('expiresAt', json(text))),
  ];
  const choices = [
    ...['-0.01', '1.01', '1e400', '2', '"0.5x"', '"high"', 'true', '[0.5]'].map((value) => badSignal('confidence', value)),
    ...['""', '"1H"', '"60"', '"2m"', '"1 h"', '"1h\\u0000"', '"1M "', '60', '[]'].map((value) => badSignal('timeframe', value)),
    ...['"CLOSED"', '"CANCELLED"', '"active"', '""', '1', '[]'].map((value) => badSignal('status', value)),
    ...['"long"', '"BUY"', '""', '1', 'true', '[]', '{}'].map((value) => badSignal('direction', value)),
    ...['"spot"', '"MARGIN"', '""', '1', '[]'].map((value) => badSignal('marketType', value)),
    ...['"NOSUCH"', '"BTCUSDT\\u0000"', '"BTC/USDT"', '"BTC-USDT"', '"ＢＴＣＵＳＤＴ"', '"__proto__"', '"constructor"', '"../BTCUSDT"'].map(
      (value) => badSignal('symbol', value),
    ),
    { name: 'an unknown field', body: signalBody({ takeprofit: '"1"' }), fields: ['takeprofit'] },
    { name: '__proto__', body: signalBody({ ['__proto__x']: '{}' }), fields: ['__proto__x'] },
  ];
  const sides = [['LONG', '100', '90', '110'], ['LONG', '100', '100', '90'], ['LONG', '100', '110', '100'], ['LONG', '100', '100', '100'], ['SHORT', '100', '110', '90'], ['SHORT', '100', '100', '110'], ['SHORT', '100', '90', '100'], ['SHORT', '100', '90', '90'], ['LONG', '100', '110', '110'], ['LONG', '100', '100.000000000000000000', '90'], ['SHORT', '0.000000000000000001', '0.000000000000000001', '1']].map(([direction, entryPrice, takeProfit, stopLoss]) => ({
    name: `${direction} at ${entryPrice} to ${takeProfit}, stop ${stopLoss}`,
    body: signalBody({ direction: json(direction), entryPrice: json(entryPrice), takeProfit: json(takeProfit), stopLoss: json(stopLoss) }),
    fields: ['takeProfit', 'stopLoss'],
  })); // prettier-ignore
  const ids = ['activateSignal', 'cancelSignal'].flatMap((field) =>
    [...IDS.map(json), 'true', '[]', '{}', 'null', '1.5', '1e400'].map((value) =>
      badArgument('id', `mutation ($it: ID!) { ${field}(id: $it) { userErrors { field code message } } }`, value),
    ),
  );
  const pages = PAGES.flatMap((field) => [
    ...['after', 'before'].flatMap((argument) => CURSORS.map((value) => badArgument(argument, paged(field, argument, 'String'), value))),
    ...['first', 'last'].flatMap((argument) => SIZES.map((value) => badArgument(argument, paged(field, argument, 'Int'), value))),
  ]);
  const others = [
    ...SEQUENCES.map((value) => badArgument('after', 'query ($it: String) { events(after: $it) { sequence } }', value)),
    ...SIZES.map((value) => badArgument('first', 'query ($it: Int) { events(first: $it) { sequence } }', value)),
    ...['1', '0', '-1', '5001', '2147483648', '1.5', '"x"'].map((value) =>
      badArgument('points', 'query ($it: Int) { equityCurve(points: $it) { time } }', value),
    ),
    ...[...TIMES, ...NO_TIMES].map((value) =>
      badArgument('from', 'query ($it: DateTime) { trades(filter: { from: $it }) { totalCount } }', value),
    ),
  ];
  return [...prices, ...missing, ...names, ...notes, ...times, ...choices, ...sides, ...ids, ...pages, ...others];
}
