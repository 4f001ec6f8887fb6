import { beforeAll, describe, expect, test } from 'vitest';
import type { Payload, SignalInput } from '../../testkit/documents.ts';
import { startProduct } from '../../testkit/product.ts';
import type { Product, Stored } from '../../testkit/product.ts';

const marketType = 'FUTURES';
const SYMBOLS = [
  { marketType: 'SPOT', symbol: 'BTCUSDT', price: '100' },
  { marketType, symbol: 'BTCUSDT', price: '100' },
  { marketType, symbol: 'NEWUSDT' },
] as const;
const LONG = { symbol: 'BTCUSDT', marketType, direction: 'LONG', takeProfit: '110', stopLoss: '90' } as const;

let product: Product;
let token: string;
beforeAll(async () => {
  product = await startProduct({ exchangeOptions: { symbols: SYMBOLS }, env: { TRACK_MIN_CONFIDENCE: '0.2' } });
  token = await product.bot('Trying');
  await product.symbolsKnown(token);
  await product.pricesKnown([{ marketType, symbol: 'BTCUSDT' }]);
});

/** Tries a signal out and asserts that nothing came of it. */
async function tryOut(more: Partial<SignalInput> = {}, by: string | null = token): Promise<Payload> {
  const before = await product.stored();
  const answer = await product.createSignal(by, { ...LONG, ...more }, { dryRun: true });
  expect(await product.stored()).toEqual<Stored>(before);
  expect(answer).toMatchObject({ signal: null, trade: null, dryRun: true });
  return answer;
}

describe('a dry run of createSignal', () => {
  test('says what would be created, by the market price of this moment', async () => {
    expect(await tryOut()).toMatchObject({
      duplicate: false,
      userErrors: [],
      wouldCreate: { entryPrice: '100', opensTrade: true, quantity: '1', leftOutReason: null },
    });
    expect((await tryOut({ entryPrice: '95' })).wouldCreate).toMatchObject({ entryPrice: '95', quantity: '1.052631578947368421' });
  });

  test('says that none would be traded: pending, or left out', async () => {
    const none = { opensTrade: false, quantity: null };
    expect((await tryOut({ status: 'PENDING' })).wouldCreate).toEqual({ ...none, entryPrice: '100', leftOutReason: null });
    expect((await tryOut({ confidence: 0.1 })).wouldCreate).toEqual({
      ...none,
      entryPrice: '100',
      leftOutReason: 'CONFIDENCE_BELOW_MINIMUM',
    });
  });

  test.for([
    [{ symbol: 'GONEUSDT' }, 'SYMBOL_UNKNOWN'],
    [{ symbol: 'NEWUSDT' }, 'NO_MARKET_PRICE'],
    [{ takeProfit: '99' }, 'TAKE_PROFIT_ALREADY_REACHED'],
    [{ stopLoss: '1e1' }, 'INVALID_DECIMAL'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'EXPIRY_IN_THE_PAST'],
  ] as const)('refuses %j as the real one would: %s', async ([more, code]) => {
    const tried = await tryOut(more);
    expect(tried).toMatchObject({ wouldCreate: null, userErrors: [{ code }] });
    expect((await product.createSignal(token, { ...LONG, ...more })).userErrors).toEqual(tried.userErrors);
  });

  test('knows the keys that were used', async () => {
    const externalId = 'used';
    const { signal } = await product.createSignal(token, { ...LONG, externalId });
    expect(signal).not.toBeNull();
    expect(await tryOut({ externalId })).toMatchObject({ duplicate: true, wouldCreate: null, userErrors: [] });
    expect(await tryOut({ externalId, note: 'other' })).toMatchObject({ duplicate: false, userErrors: [{ code: 'EXTERNAL_ID_CONFLICT' }] });
  });

  test('takes no key: the same signal is new afterwards', async () => {
    await tryOut({ externalId: 'tried' });
    expect(await product.createSignal(token, { ...LONG, externalId: 'tried' })).toMatchObject({
      duplicate: false,
      dryRun: false,
      wouldCreate: null,
      trade: { status: 'OPEN' },
    });
  });

  test('needs a token that may create', async () => {
    expect((await tryOut({}, null)).userErrors).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
    const changeOnly = await product.bot('Changing', ['signals:change']);
    expect((await tryOut({}, changeOnly)).userErrors).toMatchObject([
      { code: 'FORBIDDEN', message: expect.stringContaining('signals:create') },
    ]);
  });
});
