import { isPlainText } from '../kernel/plain-text.ts';
import { parsePlainDecimal } from '../kernel/decimal.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { MAX_QUANTITY, quantityFor } from '../trades/opening.ts';
import { levelReached } from '../trades/trade.ts';
import type { Direction } from '../trades/trade.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { SymbolInfo } from '../ticks/symbol-list.ts';
import { refuse } from './refusals.ts';
import type { Refusal, RefusalCode } from './refusals.ts';
import { MAX_EXTERNAL_ID_LENGTH, MAX_NOTE_LENGTH, MAX_STRATEGY_LENGTH, MAX_SYMBOL_LENGTH, TIMEFRAMES } from './signal.ts';
import type { SignalDraft, SignalInput, Timeframe } from './signal.ts';
import { holdsToken } from './tokens.ts';

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Checks everything that the signal alone can tell and names every fault at once. Defaults are filled in. */
export function checkSignal(input: SignalInput): Checked<SignalDraft> {
  const refusals: Refusal[] = [];
  const fault = (field: string, code: RefusalCode, particulars?: string): void => {
    refusals.push(refuse([field], code, particulars));
  };

  const text = (field: 'externalId' | 'strategy' | 'note' | 'symbol', value: string, maxLength: number): void => {
    if (value.trim() === '' && field !== 'note') fault(field, 'TEXT_EMPTY');
    else if (holdsToken(value)) fault(field, 'TEXT_NOT_ALLOWED', 'It holds a token, which would be public.');
    else if (!isPlainText(value, field === 'note')) fault(field, 'TEXT_NOT_ALLOWED');
    else if (Array.from(value).length > maxLength) fault(field, 'TEXT_TOO_LONG', `At most ${maxLength} characters.`);
  };
  const decimal = (field: 'entryPrice' | 'takeProfit' | 'stopLoss', value: string): Decimal | undefined => {
    const parsed = parsePlainDecimal(value);
    if (parsed && parsed.gt(0)) return parsed;
    fault(field, 'INVALID_DECIMAL');
    return undefined;
  };

  const symbol = storedSymbol(input.symbol);
  text('symbol', symbol, MAX_SYMBOL_LENGTH);
  if (input.externalId != null) text('externalId', input.externalId, MAX_EXTERNAL_ID_LENGTH);
  const strategy = (input.strategy ?? 'default').normalize();
  text('strategy', strategy, MAX_STRATEGY_LENGTH);
  const note = input.note?.normalize() ?? null;
  if (note !== null) text('note', note, MAX_NOTE_LENGTH);

  const entryPrice = input.entryPrice == null ? null : decimal('entryPrice', input.entryPrice);
  const takeProfit = decimal('takeProfit', input.takeProfit);
  const stopLoss = decimal('stopLoss', input.stopLoss);
  if (takeProfit && stopLoss) {
    if (entryPrice) refusals.push(...sidesOf(input.direction, entryPrice, takeProfit, stopLoss));
    else if (entryPrice === null && (input.direction === 'LONG' ? stopLoss.gte(takeProfit) : takeProfit.gte(stopLoss))) {
      fault('takeProfit', 'TAKE_PROFIT_ON_WRONG_SIDE');
      fault('stopLoss', 'STOP_LOSS_ON_WRONG_SIDE');
    }
  }

  const confidence = input.confidence ?? 0.5;
  if (!(confidence >= 0 && confidence <= 1)) fault('confidence', 'CONFIDENCE_OUT_OF_RANGE');
  const timeframe = (input.timeframe ?? '1h') as Timeframe;
  if (!TIMEFRAMES.includes(timeframe)) fault('timeframe', 'TIMEFRAME_UNKNOWN');
  const status = input.status ?? 'ACTIVE';
  if (status !== 'ACTIVE' && status !== 'PENDING') fault('status', 'STATUS_NOT_ALLOWED');

  if (refusals.length > 0 || entryPrice === undefined || !takeProfit || !stopLoss || (status !== 'ACTIVE' && status !== 'PENDING')) {
    return { ok: false, refusals };
  }
  return {
    ok: true,
    value: {
      externalId: input.externalId ?? null,
      symbol,
      marketType: input.marketType,
      direction: input.direction,
      entryPrice,
      takeProfit,
      stopLoss,
      confidence,
      timeframe,
      strategy,
      status,
      sentAt: input.sentAt ?? null,
      expiresAt: input.expiresAt ?? null,
      note,
    },
  };
}

/** LONG: stopLoss < entryPrice < takeProfit; SHORT the other way round; equal is wrong. */
export function sidesOf(direction: Direction, entryPrice: Decimal, takeProfit: Decimal, stopLoss: Decimal): Refusal[] {
  const sign = direction === 'LONG' ? 1 : -1;
  const refusals: Refusal[] = [];
  if (takeProfit.cmp(entryPrice) * sign <= 0) refusals.push(refuse(['takeProfit'], 'TAKE_PROFIT_ON_WRONG_SIDE'));
  if (stopLoss.cmp(entryPrice) * sign >= 0) refusals.push(refuse(['stopLoss'], 'STOP_LOSS_ON_WRONG_SIDE'));
  return refusals;
}

/**
 * Checks the symbol against the exchange's list. While the list is not known yet, only the quote asset is checked, by the
 * end of the name.
 */
export function checkSymbol(
  marketType: MarketType,
  symbol: string,
  info: SymbolInfo | undefined,
  listKnown: boolean,
  quoteAssets: readonly string[],
): Refusal[] {
  const allowed = `Allowed: ${quoteAssets.join(', ')}.`;
  if (!listKnown)
    return quoteAssets.some((asset) => symbol.endsWith(asset)) ? [] : [refuse(['symbol'], 'QUOTE_ASSET_NOT_ALLOWED', allowed)];
  if (!info)
    return [refuse(['symbol'], 'SYMBOL_UNKNOWN', `Market: ${marketType}. It is written as the exchange writes it, as in BTCUSDT.`)];
  if (!quoteAssets.includes(info.quoteAsset)) return [refuse(['symbol'], 'QUOTE_ASSET_NOT_ALLOWED', allowed)];
  if (!info.trading) return [refuse(['symbol'], 'SYMBOL_NOT_TRADING', `Its status is ${info.status}.`)];
  return [];
}

/** Refuses a signal that would be closed by the market price of this moment: nobody could have had that trade. */
export function checkNotReached(signal: { direction: Direction; takeProfit: Decimal; stopLoss: Decimal }, marketPrice: Decimal): Refusal[] {
  const reached = levelReached(signal, marketPrice);
  const particulars = `It is ${marketPrice.toFixed()}.`;
  if (reached === 'TAKE_PROFIT_REACHED') return [refuse(['takeProfit'], 'TAKE_PROFIT_ALREADY_REACHED', particulars)];
  if (reached === 'STOP_LOSS_REACHED') return [refuse(['stopLoss'], 'STOP_LOSS_ALREADY_REACHED', particulars)];
  return [];
}

/** Refuses an entry price at which a position of this size has a quantity that no trade can hold. */
export function checkQuantity(positionSize: Decimal, entryPrice: Decimal): Refusal[] {
  const quantity = quantityFor(positionSize, entryPrice);
  if (quantity.gte(MAX_QUANTITY)) return [refuse(['entryPrice'], 'ENTRY_PRICE_TOO_SMALL')];
  return quantity.isZero() ? [refuse(['entryPrice'], 'ENTRY_PRICE_TOO_LARGE')] : [];
}

/** The symbol as it is stored. Binance writes upper case; letters beyond ASCII are left as they are, since case there can change length. */
export function storedSymbol(text: string): string {
  return text.trim().replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
