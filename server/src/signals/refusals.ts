import type { Scope, Sender } from './scopes.ts';

/**
 * Why a signal, or a change of one, is refused. The one list of the codes: they are stable and part of the public API;
 * a code is never reused for another meaning.
 */
export const REFUSALS = {
  UNAUTHENTICATED: 'Send a bot’s token in the header "Authorization: Bearer …"; this request has none or it is not valid.',
  FORBIDDEN: 'This token may not do that.',
  SYMBOL_UNKNOWN: 'The exchange has no such symbol in this market.',
  SYMBOL_NOT_TRADING: 'The exchange does not trade this symbol now.',
  QUOTE_ASSET_NOT_ALLOWED: 'The symbol’s quote asset is not one of those this server takes.',
  INVALID_DECIMAL: 'Must be a decimal above 0: digits with an optional point, at most 15 before and 18 after it, no sign and no exponent.',
  TAKE_PROFIT_ON_WRONG_SIDE: 'A LONG takes its profit above the entry price, a SHORT below it.',
  STOP_LOSS_ON_WRONG_SIDE: 'A LONG stops its loss below the entry price, a SHORT above it.',
  TAKE_PROFIT_ALREADY_REACHED: 'The market price has already reached the take profit.',
  STOP_LOSS_ALREADY_REACHED: 'The market price has already reached the stop loss.',
  NO_MARKET_PRICE: 'No market price of this symbol is known that is fresh enough; send an entryPrice.',
  ENTRY_PRICE_TOO_SMALL: 'At this entry price the position would hold 10^20 units or more.',
  ENTRY_PRICE_TOO_LARGE: 'At this entry price the position would hold less than 10^-18 units.',
  CONFIDENCE_OUT_OF_RANGE: 'Must be a number from 0 to 1.',
  TIMEFRAME_UNKNOWN: 'Must be one of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M.',
  TEXT_EMPTY: 'Must not be empty.',
  TEXT_TOO_LONG: 'The text is too long.',
  TEXT_NOT_ALLOWED: 'Must not hold control or invisible characters, text direction controls, heaps of marks or broken Unicode.',
  STATUS_NOT_ALLOWED: 'A new signal is ACTIVE or PENDING.',
  EXPIRY_IN_THE_PAST: 'expiresAt must be later than now.',
  SENT_AT_IN_THE_FUTURE: 'sentAt must not be later than now: it is in UTC unless it says its offset; check the bot’s clock.',
  EXTERNAL_ID_CONFLICT: 'This externalId was received before with other content.',
  FIELD_MISSING: 'This field is needed.',
  VALUE_UNKNOWN: 'This value is not one of those that are understood.',
  SIGNAL_NOT_FOUND: 'This bot has no signal with that id.',
  SIGNAL_NOT_PENDING: 'Only a PENDING signal can be activated or cancelled.',
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** One reason of a refusal, at one place of the input. */
export interface Refusal {
  /** Path in the input; empty when the whole input is meant. */
  readonly field: readonly string[];
  readonly code: RefusalCode;
  readonly message: string;
}

/** Why this sender may not do what needs `scope`; empty when it may. */
export function refuseWithout(scope: Scope, sender: Sender): Refusal[] {
  return sender.scopes.includes(scope) ? [] : [refuse([], 'FORBIDDEN', `It lacks the scope ${scope}.`)];
}

/** A refusal with the code's sentence, and what is particular to this case behind it. */
export function refuse(field: readonly string[], code: RefusalCode, particulars?: string): Refusal {
  return { field, code, message: particulars ? `${REFUSALS[code]} ${particulars}` : REFUSALS[code] };
}
