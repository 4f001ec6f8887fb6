import fc from 'fast-check';
import { badArgument, badSignal, signalBody } from './input-case.ts';
import type { InputCase } from './input-case.ts';

const json = (value: unknown): string => JSON.stringify(value);
const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const digits = (min: number, max: number): fc.Arbitrary<string> =>
  fc.string({ unit: pick(...'0123456789'), minLength: min, maxLength: max });

/** `wrong` somewhere inside a text, never at its ends, which may be trimmed. */
const spoiled = (text: fc.Arbitrary<string>, wrong: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, wrong, fc.nat()).map(([right, bad, at]) => {
    const place = 1 + (at % (right.length - 1));
    return right.slice(0, place) + bad + right.slice(place);
  });

const decimal = fc.oneof(
  spoiled(digits(2, 12), pick(...'-+eE_, \0xX٣１½²∞\n\t/%$', '..', '1.1.1', '\u200b', '\ud800')),
  digits(15, 40).map((text) => `1${text}`),
  fc.tuple(digits(1, 15), digits(19, 60)).map(([whole, part]) => `${whole}.${part}`),
  fc.tuple(digits(1, 9), fc.integer({ min: -400, max: 400 })).map(([whole, exponent]) => `${whole}e${exponent}`),
  digits(1, 9).map((text) => `-${text}`),
  digits(1, 9).map((text) => `.${text}`),
  digits(1, 9).map((text) => `${text}.`),
  fc.string({ unit: pick(...'abcxyz ٣٤٥'), minLength: 1, maxLength: 12 }),
);

const forbidden = fc.oneof(
  fc.integer({ min: 0, max: 8 }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0x0e, max: 0x1f }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0x7f, max: 0x9f }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0x200b, max: 0x200f }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0x2028, max: 0x202e }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0x2060, max: 0x206f }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code)),
  fc.integer({ min: 0xe000, max: 0xf8ff }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0xe0001, max: 0xe007f }).map((code) => String.fromCodePoint(code)),
  pick('\ufeff', '\u00ad', '\u061c', '\u3164', '\u2800', '\u{10fffe}', '\u0301'.repeat(12)),
);
const letters = fc.string({ unit: pick(...'abcdefgXYZ019 -_.äß漢'), minLength: 2, maxLength: 20 });

const time = fc.oneof(
  fc
    .tuple(fc.integer({ min: 13, max: 99 }), fc.integer({ min: 1, max: 28 }))
    .map(([month, day]) => `2026-${month}-${String(day).padStart(2, '0')}T00:00:00Z`),
  fc.integer({ min: 25, max: 99 }).map((hour) => `2026-01-01T${hour}:00:00Z`),
  fc.date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, -1)),
  fc.date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => String(date.getTime())),
  fc.integer({ min: 10_000, max: 275_760 }).map((year) => `+${String(year).padStart(6, '0')}-01-01T00:00:00Z`),
  spoiled(fc.constant('2026-11-22T20:33:00.000Z'), pick(' ', '\0', 'x', '１', '--', '::')),
);
/** More than the 5 s that a bot's clock may be ahead, whatever the time of the run. */
const future = fc.date({ min: new Date('2100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((date) => date.toISOString());

const wrongSides = fc
  .tuple(pick('LONG', 'SHORT'), fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 1_000_000 }))), pick(1, 1e3, 1e8))
  .filter(([direction, [entry = 0, profit = 0, stop = 0]]) =>
    direction === 'LONG' ? !(stop < entry && entry < profit) : !(profit < entry && entry < stop),
  )
  .map(([direction, levels, scale]): InputCase => {
    const [entryPrice, takeProfit, stopLoss] = levels.map((level) => json((level / scale).toFixed(8)));
    const body = signalBody({ direction: json(direction), entryPrice: entryPrice!, takeProfit: takeProfit!, stopLoss: stopLoss! });
    return { name: `${direction} ${entryPrice} ${takeProfit} ${stopLoss}`, body, fields: ['takeProfit', 'stopLoss'] };
  });

const cursor = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .tuple(fc.string(), fc.string({ unit: 'binary', maxLength: 30 }), fc.string())
    .map((parts) => Buffer.from(json(parts)).toString('base64url')),
  fc
    .tuple(pick('ENTRY_TIME DESC', 'RECEIVED_AT DESC'), fc.string({ minLength: 1, maxLength: 30 }), fc.string())
    .map((parts) => Buffer.from(json(parts)).toString('base64url')),
  fc.json().map((text) => Buffer.from(text).toString('base64url')),
);
const size = fc.oneof(
  fc.integer({ max: 0, min: -(2 ** 31) }),
  fc.integer({ min: 101, max: 2 ** 31 - 1 }),
  fc.maxSafeInteger().filter((n) => Math.abs(n) > 2 ** 31),
  fc.double({ min: 1.1, max: 1.9, noNaN: true }),
);

const list = pick('trades', 'signals');

const anyCase: fc.Arbitrary<InputCase> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(pick('entryPrice', 'takeProfit', 'stopLoss'), decimal).map(([field, text]) => badSignal(field, json(text))) },
  { weight: 4, arbitrary: fc.tuple(pick('symbol', 'strategy', 'externalId', 'note'), spoiled(letters, forbidden)).map(([field, text]) => badSignal(field, json(text))) },
  { weight: 2, arbitrary: fc.tuple(pick('sentAt', 'expiresAt'), time).map(([field, text]) => badSignal(field, json(text))) },
  { weight: 1, arbitrary: future.map((text) => badSignal('sentAt', json(text))) },
  { weight: 3, arbitrary: wrongSides },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => n < 0 || n > 1).map((n) => badSignal('confidence', json(n))) },
  { weight: 2, arbitrary: fc.tuple(list, pick('after', 'before'), cursor).map(([field, name, text]) => badArgument(name, `query ($it: String) { ${field}(${name}: $it) { totalCount } }`, json(text))) },
  { weight: 2, arbitrary: fc.tuple(list, pick('first', 'last'), size).map(([field, name, n]) => badArgument(name, `query ($it: Int) { ${field}(${name}: $it) { totalCount } }`, json(n))) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map((id) => badArgument('id', 'mutation ($it: ID!) { activateSignal(id: $it) { userErrors { field code message } } }', json(id))) },
); // prettier-ignore

export function generated(seed: number, count: number): InputCase[] {
  return fc.sample(anyCase, { seed, numRuns: count });
}
