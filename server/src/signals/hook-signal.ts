import { parsePlainDecimal, QUANTITY_DECIMALS, toPlain } from '../kernel/decimal.ts';
import { parseInstant } from '../kernel/instant.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { Direction } from '../trades/trade.ts';
import type { HookMessage } from './hook-message.ts';
import { refuse } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import type { SignalInput, SignalStatus } from './signal.ts';

/** What a webhook's message asks for. */
export type HookRequest =
  | { readonly kind: 'SIGNAL'; readonly input: SignalInput }
  /** The sender left its position. Nobody can close a paper trade, but a signal that still waits can be cancelled. */
  | { readonly kind: 'EXIT'; readonly externalId: string | null }
  | { readonly kind: 'REFUSED'; readonly refusals: readonly Refusal[] };

/** What each source writes in its own way; undefined where it is missing or not understood, and then `refusals` say so. */
export interface SourceFields {
  readonly refusals: readonly Refusal[];
  readonly symbol: string | undefined;
  readonly marketType: MarketType | undefined;
  readonly direction: Direction | undefined;
  readonly externalId: string | undefined;
  readonly entryPrice: string | undefined;
  readonly timeframe: string | undefined;
  readonly sentAt: Date | undefined;
}

/**
 * The signal that a message tells, from what its source writes in its own way and what all write alike. Only the form is judged here:
 * what makes a signal acceptable is the same as for any other.
 */
export function signalFrom(message: HookMessage, source: SourceFields): HookRequest {
  const { symbol, marketType, direction, externalId, entryPrice } = source;
  const takeProfit = levelOf('takeProfit', message, direction, entryPrice);
  const stopLoss = levelOf('stopLoss', message, direction, entryPrice);
  const expiry = instantOf('expiresAt', message.get('expiresAt'));
  const refusals = [...message.refusals, ...source.refusals];
  for (const read of [takeProfit, stopLoss, expiry]) if (read.refusal) refusals.push(read.refusal);
  if (refusals.length > 0 || symbol === undefined || marketType === undefined || direction === undefined || externalId === undefined)
    return { kind: 'REFUSED', refusals };
  return {
    kind: 'SIGNAL',
    input: {
      externalId,
      symbol,
      marketType,
      direction,
      entryPrice,
      takeProfit: takeProfit.value ?? '',
      stopLoss: stopLoss.value ?? '',
      confidence: confidenceOf(message.get('confidence')),
      timeframe: source.timeframe,
      strategy: message.get('strategy'),
      status: message.get('status')?.toUpperCase() as SignalStatus | undefined,
      sentAt: source.sentAt,
      expiresAt: expiry.value,
      note: message.get('note', 'comment'),
    },
  };
}

export function directionOf(text: string | undefined): Direction | undefined {
  const word = text?.toLowerCase();
  if (word === 'long' || word === 'buy') return 'LONG';
  return word === 'short' || word === 'sell' ? 'SHORT' : undefined;
}

/** That a field is missing, or holds something else than `allowed` says. */
export function faultOf(field: string, value: string | undefined, allowed: string): Refusal {
  return refuse([field], value === undefined ? 'FIELD_MISSING' : 'VALUE_UNKNOWN', allowed);
}

type Read<T> = { readonly value: T | undefined; readonly refusal?: Refusal };

const LEVELS = {
  takeProfit: { prices: ['takeProfit', 'tp'], percents: ['takeProfitPercent', 'takeProfitPct', 'tpPercent', 'tpPct'], sign: 1 },
  stopLoss: { prices: ['stopLoss', 'sl'], percents: ['stopLossPercent', 'stopLossPct', 'slPercent', 'slPct'], sign: -1 },
} as const;

/** The fields, as their senders may call them, that are read as decimals here. */
export const LEVEL_FIELDS = Object.values(LEVELS).flatMap(({ prices, percents }) => [...prices, ...percents]);

/** A level as a price, or as so many percent of the entry price away from it. */
function levelOf(
  field: keyof typeof LEVELS,
  message: HookMessage,
  direction: Direction | undefined,
  entryPrice: string | undefined,
): Read<string> {
  const { prices, percents, sign } = LEVELS[field];
  const price = message.get(...prices);
  if (price !== undefined) return { value: price };
  const text = message.get(...percents);
  if (text === undefined)
    return { value: undefined, refusal: refuse([field], 'FIELD_MISSING', `Or ${field}Percent, counted from entryPrice.`) };
  const percent = parsePlainDecimal(text.replace(/\s*%$/, ''));
  if (!percent) return { value: undefined, refusal: refuse([`${field}Percent`], 'INVALID_DECIMAL') };
  const entry = entryPrice === undefined ? undefined : parsePlainDecimal(entryPrice);
  if (!entry) return { value: undefined, refusal: faultOf('entryPrice', entryPrice, `${field}Percent is counted from it.`) };
  const away = entry
    .mul(percent)
    .div(100)
    .mul(direction === 'SHORT' ? -sign : sign);
  return { value: toPlain(entry.add(away).toDecimalPlaces(QUANTITY_DECIMALS)) };
}

function instantOf(field: string, text: string | undefined): Read<Date> {
  if (text === undefined) return { value: undefined };
  const value = parseInstant(text);
  return value ? { value } : { value, refusal: refuse([field], 'VALUE_UNKNOWN', 'It must be a time such as 2026-11-22T20:33:00Z.') };
}

/** What is no number is out of its range, too. */
function confidenceOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (parsePlainDecimal(text)?.toNumber() ?? Number.NaN);
}
