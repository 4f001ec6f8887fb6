import { expect, test } from 'vitest';
import { watched } from '../../testkit/watched-trades.ts';
import { Decimal } from '../kernel/decimal.ts';
import type { Evidence } from './closure.ts';
import { lastPriceFor } from './last-price.ts';

const ENTRY_MS = 150_000;
const SEEN: Evidence = { id: 160, price: '104', timeMs: 160_000, source: 'LIVE' };
const byId = watched('t', { entryTimeMs: ENTRY_MS, from: { afterTradeId: 150, fromTimeMs: ENTRY_MS } });
const byTime = watched('t', { entryTimeMs: ENTRY_MS, from: { afterTradeId: null, fromTimeMs: ENTRY_MS } });
const known = { marketPriceAtEntry: new Decimal('101.5') };

test('the last traded price is the newest that was seen after the beginning, of a tick or a candle', () => {
  for (const trade of [byId, byTime, { ...byId, ...known }]) {
    expect(lastPriceFor(trade, SEEN)).toEqual(SEEN);
    expect(lastPriceFor(trade, { ...SEEN, id: null, source: 'CANDLE' })).toEqual({ ...SEEN, id: null, source: 'CANDLE' });
  }
});

test('where nothing was seen after it: the market price at entry, else the one before, else its own; never before the entry', () => {
  const at = (price: string) => ({ id: null, price, timeMs: ENTRY_MS, source: 'BACKFILL' });
  for (const before of [
    { ...SEEN, id: 50, timeMs: 50_000 },
    { ...SEEN, id: null, timeMs: 59_999 },
  ])
    for (const trade of [byId, byTime]) {
      expect(lastPriceFor({ ...trade, ...known }, before)).toEqual(at('101.5'));
      expect(lastPriceFor(trade, before)).toEqual(at('104'));
      expect(lastPriceFor(trade, null)).toEqual(at('100'));
    }
});

test('a host’s clock that is ahead makes no exit before the entry', () => {
  expect(lastPriceFor({ ...byId, entryTimeMs: 200_000 }, SEEN)).toEqual({ ...SEEN, timeMs: 200_000 });
});
