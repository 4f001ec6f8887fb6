import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aggTradeStream, controlFrame, nextControlMessage, roomFor } from './stream-plan.ts';

const LIMITS = { controlMessageBytes: 3_500, streamsPerControlMessage: 200 };

test('stream names are lower case in ASCII letters only', () => {
  expect(aggTradeStream('BTCUSDT')).toBe('btcusdt@aggTrade');
  expect(aggTradeStream('1000PEPEUSDT')).toBe('1000pepeusdt@aggTrade');
  expect(aggTradeStream('币安人生USDT')).toBe('币安人生usdt@aggTrade');
  expect(aggTradeStream('İÄUSDT')).toBe('İÄusdt@aggTrade');
});

describe('control messages', () => {
  test('unsubscribe what is not wanted any more, then subscribe what is missing, then nothing', () => {
    const wanted = new Set(['a', 'b']);
    expect(nextControlMessage(wanted, new Set(['b', 'c']), LIMITS)).toEqual({ method: 'UNSUBSCRIBE', streams: ['c'] });
    expect(nextControlMessage(wanted, new Set(['b']), LIMITS)).toEqual({ method: 'SUBSCRIBE', streams: ['a'] });
    expect(nextControlMessage(wanted, new Set(['b', 'a']), LIMITS)).toBeUndefined();
  });

  test('any set of symbols is asked for once each, in frames within bytes and count', () => {
    const symbol = fc.string({ unit: fc.constantFrom(...'ABCXYZ019币安人生İ"\\'), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.uniqueArray(symbol, { maxLength: 400 }), fc.integer({ min: 1, max: 200 }), (symbols, count) => {
        const limits = { controlMessageBytes: 600, streamsPerControlMessage: count };
        const wanted = new Set(symbols.map(aggTradeStream));
        const asked = new Set<string>();
        for (let message = nextControlMessage(wanted, asked, limits); message; message = nextControlMessage(wanted, asked, limits)) {
          expect(message.method).toBe('SUBSCRIBE');
          expect(message.streams.length).toBeLessThanOrEqual(count);
          expect(Buffer.byteLength(controlFrame(message, 12_345))).toBeLessThanOrEqual(600);
          for (const stream of message.streams) {
            expect(asked.has(stream)).toBe(false);
            asked.add(stream);
          }
        }
        expect(asked).toEqual(wanted);
      }),
      { numRuns: 50 },
    );
  });

  test('300 usual symbols need no more than three messages', () => {
    const wanted = new Set(Array.from({ length: 300 }, (_, number) => aggTradeStream(`SYM${number}USDT`)));
    const asked = new Set<string>();
    let messages = 0;
    for (let message = nextControlMessage(wanted, asked, LIMITS); message; message = nextControlMessage(wanted, asked, LIMITS)) {
      message.streams.forEach((stream) => asked.add(stream));
      messages += 1;
    }
    expect(messages).toBeLessThanOrEqual(3);
  });
});

test('a connection keeps one place for its sentinel', () => {
  const load = (size: number) => size;
  expect(roomFor([199, 5], load, 200)).toBe(5);
  expect(roomFor([199, 199], load, 200)).toBeUndefined();
  expect(roomFor([198], load, 200)).toBe(198);
});
