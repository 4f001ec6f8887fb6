import { describe, expect, test } from 'vitest';
import { parseAggTrades, parseFuturesSymbols, parseKlines, parsePrices, parseSpotSymbols } from './binance-answers.ts';

const ROW = { a: 5, p: '1.50', q: '2.0', f: 1, l: 1, T: 1_700_000_000_000, m: true, M: true };
const page = (answer: unknown) => parseAggTrades(answer, 'SPOT', 'BTCUSDT');

describe('aggTrades', () => {
  test('rows become BACKFILL ticks, ascending, none twice', () => {
    const parsed = page([{ ...ROW, a: 7 }, ROW, ROW]);
    const tick = {
      marketType: 'SPOT',
      symbol: 'BTCUSDT',
      id: 5,
      price: '1.50',
      quantity: '2.0',
      timeMs: 1_700_000_000_000,
      source: 'BACKFILL',
    };
    expect(parsed).toEqual({
      value: {
        received: 3,
        rows: [
          { id: 5, tick },
          { id: 7, tick: { ...tick, id: 7 } },
        ],
      },
    });
  });

  test('blanked rows keep their id and lose their tick; rows with a negative id are no rows', () => {
    const parsed = page([
      { ...ROW, p: '0', q: '0', f: -1, l: -1 },
      { ...ROW, a: 6, f: -1 },
      { ...ROW, a: -1 },
    ]);
    expect(parsed).toEqual({
      value: {
        received: 3,
        rows: [
          { id: 5, tick: null },
          { id: 6, tick: null },
        ],
      },
    });
  });

  test.each([
    null,
    {},
    'x',
    [1],
    [{ ...ROW, a: '5' }],
    [{ ...ROW, p: 'NaN' }],
    [{ ...ROW, p: 1.5 }],
    [{ ...ROW, q: '-1' }],
    [{ ...ROW, T: '1' }],
    [ROW, { ...ROW, a: 6, p: undefined }],
  ])('an answer that is not one is refused whole: %j', (answer) => expect(page(answer)).toHaveProperty('refused'));
});

describe('klines', () => {
  const row = [1_700_000_000_000, '1.5', '2', '1.25', '1.75', '9', 1_700_000_059_999, '9', 4, '0', '0', '0'];
  const at = (index: number, value: unknown) => row.with(index, value as string);

  test('of any length, without trades too', () => {
    const [openTimeMs, open, high, low, close] = row;
    const quiet = [1_700_000_060_000, '1.75', '1.75', '1.75', '1.75', '0', 1_700_000_119_999, '0', 0, '0', '0', '0'];
    expect(parseKlines([row, quiet])).toEqual({
      value: [
        { openTimeMs, open, high, low, close, trades: 4 },
        { openTimeMs: 1_700_000_060_000, open: '1.75', high: '1.75', low: '1.75', close: '1.75', trades: 0 },
      ],
    });
  });

  test.each([
    [null],
    [[1]],
    [[at(0, '1')]],
    [[row, row]],
    [[at(1, 'NaN')]],
    [[at(2, '0')]],
    [[at(8, -1)]],
    [[at(2, '1.7499999999999999')]],
    [[at(3, '1.5000000000000001')]],
  ])('an answer that is not one is refused whole: %j', (answer) => expect(parseKlines(answer)).toHaveProperty('refused'));
});

test('prices: futures give their time; what is no price is left out', () => {
  const answer = [
    { symbol: 'BTCUSDT', price: '1.5' },
    { symbol: 'ETHUSDT', price: '2', time: 1_700_000_000_000 },
    { symbol: 'NEW', price: '0.00' },
    { symbol: 'X', price: 'NaN' },
    1,
  ];
  expect(parsePrices(answer)).toEqual({
    value: [
      { symbol: 'BTCUSDT', price: '1.5', timeMs: null },
      { symbol: 'ETHUSDT', price: '2', timeMs: 1_700_000_000_000 },
    ],
  });
  expect(parsePrices({ code: -1003 })).toHaveProperty('refused');
});

describe('exchangeInfo', () => {
  const filters = [{ filterType: 'LOT_SIZE' }, { filterType: 'PRICE_FILTER', tickSize: '0.01000000' }];

  test('spot: only TRADING trades, whatever other words there are', () => {
    const words = ['TRADING', 'HALT', 'BREAK', 'CANCEL_ONLY', 'END_OF_DAY', 'SOMETHING_NEW'];
    const parsed = parseSpotSymbols({
      symbols: words.map((status, index) => ({ symbol: `S${index}USDT`, quoteAsset: 'USDT', status, filters })),
    });
    expect(parsed).toMatchObject({
      value: words.map((status) => ({ status, trading: status === 'TRADING', tickSize: '0.01000000', quoteAsset: 'USDT' })),
    });
  });

  test('futures: perpetuals only', () => {
    const symbol = (name: string, contractType: unknown) => ({
      symbol: name,
      contractType,
      quoteAsset: 'USDT',
      status: 'TRADING',
      filters: [],
    });
    const parsed = parseFuturesSymbols({
      symbols: [symbol('A', 'PERPETUAL'), symbol('B', 'TRADIFI_PERPETUAL'), symbol('C', 'CURRENT_QUARTER'), symbol('D', undefined)],
    });
    expect(parsed).toMatchObject({ value: [{ symbol: 'A', tickSize: null }, { symbol: 'B' }] });
    expect((parsed as { value: unknown[] }).value).toHaveLength(2);
  });

  test.each([null, [], {}, { symbols: 'x' }, { symbols: [] }, { symbols: [1, {}, { symbol: 1 }] }])('refused: %j', (answer) =>
    expect(parseSpotSymbols(answer)).toHaveProperty('refused'),
  );
});
