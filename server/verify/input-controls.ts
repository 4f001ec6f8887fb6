import { signalBody } from './input-case.ts';
import type { InputCase } from './input-case.ts';

const json = (value: unknown): string => JSON.stringify(value);

/** What is right and must stay so: a server that refuses everything is none. */
export function controls(): InputCase[] {
  const right: Record<string, string>[] = [
    {},
    { takeProfit: '110.5' },
    { takeProfit: json('999999999999999.999999999999999999') },
    { stopLoss: json('0.000000000000000001') },
    { strategy: json('Überläufer №1 – “beta” 漢字 🚀') },
    { note: json("=1+1\n<b>bold</b> {{x}} '; DROP TABLE signals; --") },
    { sentAt: json('2020-01-01T00:00:00+02:00') },
    { expiresAt: json('2999-01-01T00:00:00.123456Z') },
    { confidence: '1', timeframe: '"1M"' },
    { direction: '"SHORT"', takeProfit: '90', stopLoss: '110' },
    { symbol: '" btcusdt "' },
  ];
  return right.map((changes) => ({ name: `right: ${JSON.stringify(changes)}`, body: signalBody(changes), fields: [] }));
}
