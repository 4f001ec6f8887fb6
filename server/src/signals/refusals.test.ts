import { describe, expect, test } from 'vitest';
import { refuse, REFUSALS } from './refusals.ts';

describe('the codes of refusals', () => {
  test('are this list: a code that bots know never goes away or changes its name', () => {
    expect(Object.keys(REFUSALS)).toEqual([
      'UNAUTHENTICATED',
      'FORBIDDEN',
      'SYMBOL_UNKNOWN',
      'SYMBOL_NOT_TRADING',
      'QUOTE_ASSET_NOT_ALLOWED',
      'INVALID_DECIMAL',
      'TAKE_PROFIT_ON_WRONG_SIDE',
      'STOP_LOSS_ON_WRONG_SIDE',
      'TAKE_PROFIT_ALREADY_REACHED',
      'STOP_LOSS_ALREADY_REACHED',
      'NO_MARKET_PRICE',
      'ENTRY_PRICE_TOO_SMALL',
      'ENTRY_PRICE_TOO_LARGE',
      'CONFIDENCE_OUT_OF_RANGE',
      'TIMEFRAME_UNKNOWN',
      'TEXT_EMPTY',
      'TEXT_TOO_LONG',
      'TEXT_NOT_ALLOWED',
      'STATUS_NOT_ALLOWED',
      'EXPIRY_IN_THE_PAST',
      'SENT_AT_IN_THE_FUTURE',
      'EXTERNAL_ID_CONFLICT',
      'FIELD_MISSING',
      'VALUE_UNKNOWN',
      'SIGNAL_NOT_FOUND',
      'SIGNAL_NOT_PENDING',
    ]);
  });

  test('each say something of their own', () => {
    const messages = Object.values(REFUSALS);
    expect(new Set(messages).size).toBe(messages.length);
    for (const message of messages) expect(message).toMatch(/^\S.{10,}\.$/);
  });

  test('what is particular to a case stands behind the code’s sentence', () => {
    expect(refuse(['note'], 'TEXT_TOO_LONG')).toEqual({ field: ['note'], code: 'TEXT_TOO_LONG', message: 'The text is too long.' });
    expect(refuse(['note'], 'TEXT_TOO_LONG', 'At most 500 characters.').message).toBe('The text is too long. At most 500 characters.');
  });
});
