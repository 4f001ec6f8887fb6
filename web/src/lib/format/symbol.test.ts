import { expect, test } from 'vitest';
import { splitSymbol } from './symbol.ts';

test('a symbol is split before its quote asset', () => {
  expect(splitSymbol('BTCUSDT')).toEqual({ base: 'BTC', quote: 'USDT' });
  expect(splitSymbol('BTCFDUSD')).toEqual({ base: 'BTC', quote: 'FDUSD' });
  expect(splitSymbol('XRPETH')).toEqual({ base: 'XRP', quote: 'ETH' });
});

test('what is not known stays whole', () => {
  expect(splitSymbol('USDT')).toEqual({ base: 'USDT', quote: '' });
  expect(splitSymbol('币安人生')).toEqual({ base: '币安人生', quote: '' });
});
