import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal, toPlain } from '../kernel/decimal.ts';
import { checkNotReached, checkSignal, checkSymbol, sidesOf } from './check-signal.ts';
import type { SignalInput } from './signal.ts';

const GOOD: SignalInput = {
  symbol: 'BTCUSDT',
  marketType: 'FUTURES',
  direction: 'LONG',
  entryPrice: '100',
  takeProfit: '110',
  stopLoss: '90',
};

/** Everything that is wrong with the good signal when `change` is made to it, as "field CODE". */
function faultsOf(change: Partial<SignalInput>): string[] {
  const checked = checkSignal({ ...GOOD, ...change });
  return checked.ok ? [] : checked.refusals.map(({ field, code }) => `${field.join('.')} ${code}`);
}
function accepted(change: Partial<SignalInput> = {}) {
  const checked = checkSignal({ ...GOOD, ...change });
  if (!checked.ok) throw new Error(`refused: ${JSON.stringify(checked.refusals)}`);
  return checked.value;
}

describe('domain section 2: defaults', () => {
  test('are filled in', () => {
    expect(accepted()).toEqual({
      externalId: null,
      symbol: 'BTCUSDT',
      marketType: 'FUTURES',
      direction: 'LONG',
      entryPrice: new Decimal(100),
      takeProfit: new Decimal(110),
      stopLoss: new Decimal(90),
      confidence: 0.5,
      timeframe: '1h',
      strategy: 'default',
      status: 'ACTIVE',
      sentAt: null,
      expiresAt: null,
      note: null,
    });
  });

  test('an explicit null is as good as nothing', () => {
    const nulls = {
      externalId: null,
      confidence: null,
      timeframe: null,
      strategy: null,
      status: null,
      sentAt: null,
      expiresAt: null,
      note: null,
    };
    expect(accepted(nulls)).toEqual(accepted());
    expect(accepted({ entryPrice: null }).entryPrice).toBeNull();
  });
});

describe('decimals: refused before any rounding (F70)', () => {
  const bad = [
    ...[
      '',
      ' ',
      'NaN',
      'Infinity',
      '-Infinity',
      '1e400',
      '1e-400',
      '1e2',
      '-0',
      '-1',
      '+1',
      '.5',
      '5.',
      '1_000',
      '1,000',
      '0x10',
      ' 1',
      '1 ',
      '1\n',
      '1 0',
    ],
    ...['０１', '１００', '١٠٠', '१००', '一百', '½', '1\0', '\u200b1', '1'.repeat(16), `1.${'1'.repeat(19)}`, `100.${'0'.repeat(19)}`],
    ...['0', '0.0', '0.000000000000000000', '00', 'null', 'undefined', 'true', '[object Object]'],
  ];
  test.for(bad)('%j', (value) => {
    expect(faultsOf({ entryPrice: value })).toEqual(['entryPrice INVALID_DECIMAL']);
    expect(faultsOf({ takeProfit: value })).toEqual(['takeProfit INVALID_DECIMAL']);
    expect(faultsOf({ stopLoss: value })).toEqual(['stopLoss INVALID_DECIMAL']);
    expect(faultsOf({ entryPrice: value, takeProfit: value, stopLoss: value })).toEqual([
      'entryPrice INVALID_DECIMAL',
      'takeProfit INVALID_DECIMAL',
      'stopLoss INVALID_DECIMAL',
    ]);
  });

  test('10,000 digits', () => {
    expect(faultsOf({ entryPrice: '9'.repeat(10_000), takeProfit: `0.${'1'.repeat(10_000)}` })).toEqual([
      'entryPrice INVALID_DECIMAL',
      'takeProfit INVALID_DECIMAL',
    ]);
  });

  test('the smallest and the largest steps are kept exactly (F71)', () => {
    const small = accepted({ entryPrice: '0.000000000000000002', takeProfit: '0.000000000000000003', stopLoss: '0.000000000000000001' });
    expect([small.entryPrice!, small.takeProfit, small.stopLoss].map(toPlain)).toEqual([
      '0.000000000000000002',
      '0.000000000000000003',
      '0.000000000000000001',
    ]);
    const large = accepted({
      entryPrice: '999999999999999.999999999999999998',
      takeProfit: '999999999999999.999999999999999999',
      stopLoss: '1',
    });
    expect(toPlain(large.entryPrice!)).toBe('999999999999999.999999999999999998');
    expect(toPlain(accepted({ entryPrice: '0100.500' }).entryPrice!)).toBe('100.5');
  });
});

describe('sides (F73)', () => {
  const TP = 'takeProfit TAKE_PROFIT_ON_WRONG_SIDE';
  const SL = 'stopLoss STOP_LOSS_ON_WRONG_SIDE';
  test.for([
    ['LONG', '100', '110', '90', []],
    ['LONG', '100', '100.000000000000000001', '99.999999999999999999', []],
    ['LONG', '100', '100', '90', [TP]],
    ['LONG', '100', '110', '100', [SL]],
    ['LONG', '100', '100', '100', [TP, SL]],
    ['LONG', '100', '90', '110', [TP, SL]],
    ['LONG', '100', '95', '90', [TP]],
    ['LONG', '100', '110', '105', [SL]],
    ['SHORT', '100', '90', '110', []],
    ['SHORT', '100', '99.999999999999999999', '100.000000000000000001', []],
    ['SHORT', '100', '100', '110', [TP]],
    ['SHORT', '100', '90', '100', [SL]],
    ['SHORT', '100', '100', '100', [TP, SL]],
    ['SHORT', '100', '110', '90', [TP, SL]],
  ] as const)('%s from %s, take profit %s, stop %s: %j', ([direction, entryPrice, takeProfit, stopLoss, faults]) => {
    expect(faultsOf({ direction, entryPrice, takeProfit, stopLoss })).toEqual(faults);
  });

  test.for([
    ['LONG', '110', '90', []],
    ['LONG', '90', '110', [TP, SL]],
    ['LONG', '100', '100', [TP, SL]],
    ['SHORT', '90', '110', []],
    ['SHORT', '110', '90', [TP, SL]],
    ['SHORT', '100', '100', [TP, SL]],
  ] as const)(
    'without an entry price what no price can make right is told already: %s, take profit %s, stop %s: %j',
    ([direction, takeProfit, stopLoss, faults]) => {
      expect(faultsOf({ direction, entryPrice: null, takeProfit, stopLoss })).toEqual(faults);
    },
  );

  test('for any three prices: right for exactly one direction or none', () => {
    const price = fc.bigInt({ min: 1n, max: 40n }).map((units) => new Decimal(100).plus(new Decimal(units.toString()).times('1e-18')));
    fc.assert(
      fc.property(price, price, price, (entry, takeProfit, stopLoss) => {
        const long = sidesOf('LONG', entry, takeProfit, stopLoss).length === 0;
        const short = sidesOf('SHORT', entry, takeProfit, stopLoss).length === 0;
        expect(long).toBe(stopLoss.lt(entry) && entry.lt(takeProfit));
        expect(short).toBe(takeProfit.lt(entry) && entry.lt(stopLoss));
      }),
    );
  });
});

describe('texts (F76)', () => {
  const TEXTS = [
    ['externalId', 128],
    ['strategy', 64],
    ['symbol', 64],
    ['note', 500],
  ] as const;

  test.for(TEXTS)('%s: %i code points and not one more', ([field, length]) => {
    const letters = field === 'symbol' ? 'X' : 'x';
    expect(faultsOf({ [field]: letters.repeat(length) })).toEqual([]);
    expect(faultsOf({ [field]: letters.repeat(length + 1) })).toEqual([`${field} TEXT_TOO_LONG`]);
    expect(faultsOf({ [field]: '🚀'.repeat(length) })).toEqual([]);
    expect(faultsOf({ [field]: '🚀'.repeat(length + 1) })).toEqual([`${field} TEXT_TOO_LONG`]);
    expect(faultsOf({ [field]: 'x'.repeat(100_000) })).toEqual([`${field} TEXT_TOO_LONG`]);
  });

  const notAllowed = {
    NUL: 'a\0b',
    'a control character': 'a\u0007b',
    DEL: 'a\u007fb',
    'a C1 control': 'a\u0085b',
    'a lone high surrogate': 'a\ud83d',
    'a lone low surrogate': '\ude80a',
    'swapped surrogates': '\ude80\ud83d',
    'RTL override': 'a\u202eb',
    'RTL embedding': 'a\u202bb',
    'RTL mark': 'a\u200fb',
    'LTR mark': 'a\u200eb',
    'Arabic letter mark': 'a\u061cb',
    'an isolate': 'a\u2066b',
    'pop of an isolate': 'a\u2069b',
    'a zero-width space': 'a\u200bb',
    'a zero-width joiner between letters': 'a\u200db',
    'a word joiner': 'a\u2060b',
    'a byte order mark': 'a\ufeffb',
    'a soft hyphen': 'a\u00adb',
    'a Hangul filler': 'a\u3164b',
    'Braille without a dot': 'a\u2800b',
    'a line separator': 'a\u2028b',
    'a tag character': 'a\u{e0041}b',
    'private use': 'a\ue000b',
    'a code point without a meaning': 'a\u{1fffe}b',
    'a heap of marks': `a${'\u0336'.repeat(9)}`,
  };
  test.for(Object.entries(notAllowed))('%s is allowed nowhere', ([, text]) => {
    for (const [field] of TEXTS) expect(faultsOf({ [field]: text })).toEqual([`${field} TEXT_NOT_ALLOWED`]);
  });

  test('a family of emoji is one of the joined, and names are kept in NFC', () => {
    const checked = checkSignal({ ...GOOD, strategy: 'cafe\u0301 👨‍👩‍👧 🏴 ❤️‍🔥', note: 'a\u0308\n\tb' });
    expect(checked).toMatchObject({ ok: true, value: { strategy: 'caf\u00e9 👨‍👩‍👧 🏴 ❤️‍🔥', note: '\u00e4\n\tb' } });
  });

  test('only a note has lines', () => {
    for (const field of ['externalId', 'strategy', 'symbol']) expect(faultsOf({ [field]: 'a\nb' })).toEqual([`${field} TEXT_NOT_ALLOWED`]);
  });

  test.for(['', ' ', '\t', '\n', '\u00a0', '\u3000'])('%j is empty, which only a note may be', (text) => {
    expect(faultsOf({ symbol: text })).toEqual(['symbol TEXT_EMPTY']);
    expect(faultsOf({ strategy: text })).toEqual(['strategy TEXT_EMPTY']);
    expect(faultsOf({ externalId: text })).toEqual(['externalId TEXT_EMPTY']);
    expect(faultsOf({ note: text })).toEqual([]);
  });

  test.for([
    '__proto__',
    'constructor',
    "'; DROP TABLE signals; --",
    '../../etc/passwd',
    '${7*7}',
    '{{7*7}}',
    '<script>alert(1)</script>',
    '=1+1',
    'مرحبا',
    'e\u0301',
    '币安人生',
    '👩‍👩‍👧',
  ])('%j is a text like any other, kept as it is or in NFC', (text) => {
    const { externalId, strategy, note } = accepted({ externalId: text, strategy: text, note: text });
    expect([externalId, strategy, note]).toEqual([text, text.normalize(), text.normalize()]);
  });

  test('a note keeps its lines', () => {
    expect(accepted({ note: 'one\r\n\ttwo\n' }).note).toBe('one\r\n\ttwo\n');
  });

  test.for([
    ['btcusdt', 'BTCUSDT'],
    ['  BtcUsdt\n', 'BTCUSDT'],
    ['1000shibusdt', '1000SHIBUSDT'],
    ['币安人生usdt', '币安人生USDT'],
    ['ßusdt', 'ßUSDT'],
    ['ıusdt', 'ıUSDT'],
  ])('the symbol %j is stored as %j', ([symbol, stored]) => {
    expect(accepted({ symbol: symbol! }).symbol).toBe(stored);
  });
});

describe('confidence, timeframe, status', () => {
  test.for([0, -0, 1, 0.5, Number.MIN_VALUE])('confidence %d', (confidence) => {
    expect(accepted({ confidence }).confidence).toBe(confidence);
  });
  test.for([-Number.MIN_VALUE, -1, 1.0000000000000002, 2, 100, Infinity, -Infinity, Number.NaN])(
    'confidence %d is refused',
    (confidence) => {
      expect(faultsOf({ confidence })).toEqual(['confidence CONFIDENCE_OUT_OF_RANGE']);
    },
  );

  test.for(['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '3d', '1w', '1M'])('timeframe %s', (timeframe) => {
    expect(accepted({ timeframe }).timeframe).toBe(timeframe);
  });
  test.for(['', '1H', '60m', '1 h', '1y', ' 1h', 'toString', '__proto__'])('timeframe %j is refused', (timeframe) => {
    expect(faultsOf({ timeframe })).toEqual(['timeframe TIMEFRAME_UNKNOWN']);
  });

  test.for(['ACTIVE', 'PENDING'] as const)('status %s', (status) => {
    expect(accepted({ status }).status).toBe(status);
  });
  test.for(['CLOSED', 'CANCELLED'] as const)('status %s is refused', (status) => {
    expect(faultsOf({ status })).toEqual(['status STATUS_NOT_ALLOWED']);
  });
});

test('every fault is named at once', () => {
  expect(
    faultsOf({
      externalId: '',
      symbol: 'a\0',
      strategy: 's'.repeat(65),
      note: '\u202e',
      entryPrice: '1e2',
      takeProfit: '-1',
      stopLoss: '',
      confidence: 2,
      timeframe: '7h',
      status: 'CLOSED',
    }).toSorted(),
  ).toEqual([
    'confidence CONFIDENCE_OUT_OF_RANGE',
    'entryPrice INVALID_DECIMAL',
    'externalId TEXT_EMPTY',
    'note TEXT_NOT_ALLOWED',
    'status STATUS_NOT_ALLOWED',
    'stopLoss INVALID_DECIMAL',
    'strategy TEXT_TOO_LONG',
    'symbol TEXT_NOT_ALLOWED',
    'takeProfit INVALID_DECIMAL',
    'timeframe TIMEFRAME_UNKNOWN',
  ]);
});

describe('checkSymbol', () => {
  const QUOTES = ['USDT', 'USDC'];
  const info = { marketType: 'SPOT' as const, symbol: 'BTCUSDT', quoteAsset: 'USDT', trading: true, status: 'TRADING', tickSize: '0.01' };
  const codes = (...args: Parameters<typeof checkSymbol>) => checkSymbol(...args).map(({ field, code }) => `${field.join('.')} ${code}`);

  test('by the exchange’s list once that is known', () => {
    expect(codes('SPOT', 'BTCUSDT', info, true, QUOTES)).toEqual([]);
    expect(codes('SPOT', 'BTCUSDT', undefined, true, QUOTES)).toEqual(['symbol SYMBOL_UNKNOWN']);
    expect(codes('SPOT', 'BTCUSDT', { ...info, trading: false, status: 'BREAK' }, true, QUOTES)).toEqual(['symbol SYMBOL_NOT_TRADING']);
    // The name ends like an allowed quote asset, but the exchange says otherwise.
    expect(codes('SPOT', 'XUSDT', { ...info, quoteAsset: 'BTC' }, true, QUOTES)).toEqual(['symbol QUOTE_ASSET_NOT_ALLOWED']);
    expect(codes('FUTURES', 'BTCUSDT_261225', { ...info, symbol: 'BTCUSDT_261225' }, true, QUOTES)).toEqual([]);
  });

  test('before that, by the end of its name alone', () => {
    expect(codes('SPOT', 'ANYTHINGUSDC', undefined, false, QUOTES)).toEqual([]);
    expect(codes('SPOT', 'ETHBTC', undefined, false, QUOTES)).toEqual(['symbol QUOTE_ASSET_NOT_ALLOWED']);
  });
});

describe('checkNotReached', () => {
  const levels = { direction: 'LONG' as const, takeProfit: new Decimal(110), stopLoss: new Decimal(90) };
  test.for([
    ['109.999999999999999999', []],
    ['110', ['TAKE_PROFIT_ALREADY_REACHED']],
    ['200', ['TAKE_PROFIT_ALREADY_REACHED']],
    ['90.000000000000000001', []],
    ['90', ['STOP_LOSS_ALREADY_REACHED']],
    ['0.00000001', ['STOP_LOSS_ALREADY_REACHED']],
  ] as const)('%s: %j', ([price, codes]) => {
    const refusals = checkNotReached(levels, new Decimal(price));
    expect(refusals.map(({ code }) => code)).toEqual(codes);
    for (const { message } of refusals) expect(message).toContain(` ${price}.`);
  });
});
