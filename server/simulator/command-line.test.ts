import { expect, test } from 'vitest';
import { parseCommandLine, parseSymbols } from './command-line.ts';

test('arguments', () => {
  expect(parseCommandLine([])).toEqual({ port: 9443, symbolsFile: undefined, live: false });
  expect(parseCommandLine(['--', '--port', '0', '--symbols', 'a.json', '--live'])).toEqual({ port: 0, symbolsFile: 'a.json', live: true });
  for (const bad of [['--port', 'x'], ['--port', '65535'], ['--prot', '1'], ['9443'], ['--port']])
    expect(() => parseCommandLine(bad), bad.join(' ')).toThrow();
});

test('a symbols file', () => {
  const btc = { marketType: 'SPOT', symbol: 'BTCUSDT', tickSize: '0.01', price: '42500' };
  expect(parseSymbols(JSON.stringify([btc]))).toEqual([btc]);
  expect(() => parseSymbols('x')).toThrow('not JSON');
  expect(() => parseSymbols('[]')).toThrow('at least one symbol');
  expect(() => parseSymbols(JSON.stringify([btc, { ...btc, price: 1 }]))).toThrow(/^1\.price: /);
  expect(() => parseSymbols(JSON.stringify([{ ...btc, tick: '1' }]))).toThrow(/^0\.tick: /);
});
