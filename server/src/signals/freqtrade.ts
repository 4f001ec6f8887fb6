import { withoutExponent } from '../kernel/decimal.ts';
import type { HookMessage } from './hook-message.ts';
import { directionOf, faultOf, LEVEL_FIELDS, signalFrom } from './hook-signal.ts';
import type { HookRequest } from './hook-signal.ts';
import { refuse } from './refusals.ts';
import type { Refusal } from './refusals.ts';

/** BTC/USDT is spot, BTC/USDT:USDT a perpetual that settles in what it is quoted in. */
const PAIR = /^([^/:\s]+)\/([^/:\s]+)(?::\2)?$/;

const PRICE = ['open_rate', 'entryPrice'];
/** Python writes a small float as 1.234e-05. */
const NUMBERS = [...PRICE, ...LEVEL_FIELDS, 'confidence'];

/**
 * A message of freqtrade's webhook: texts only, filled in by its configuration (https://www.freqtrade.io/en/stable/webhook-config/).
 * freqtrade does not tell its stop or its targets, so the configuration says them, as prices or percentages. One trade of freqtrade is
 * one signal: trade_id tells which.
 */
export function fromFreqtrade(sent: HookMessage): HookRequest {
  const message = sent.rewritten(NUMBERS, withoutExponent);
  const refusals: Refusal[] = [];
  const pair = message.get('pair');
  const tradeId = message.get('trade_id');
  const ownKey = message.get('externalId');
  if (ownKey === undefined && tradeId === undefined)
    refusals.push(refuse(['trade_id'], 'FIELD_MISSING', 'Write {trade_id}; or send an externalId.'));
  const externalId = ownKey ?? `freqtrade:${pair}:${tradeId}`;

  const event = message.get('event');
  if (event === 'exit_fill') {
    if (ownKey === undefined && pair === undefined) refusals.push(refuse(['pair'], 'FIELD_MISSING', 'Write {pair}.'));
    return refusals.length === 0 ? { kind: 'EXIT', externalId } : { kind: 'REFUSED', refusals };
  }
  if (event !== 'entry_fill') refusals.push(faultOf('event', event, 'entry_fill or exit_fill.'));

  const [, base, quote] = PAIR.exec(pair ?? '') ?? [];
  if (base === undefined) refusals.push(faultOf('pair', pair, 'BTC/USDT, or BTC/USDT:USDT for futures; write {pair}.'));
  const isFutures = pair?.includes(':') ?? false;

  const side = message.get('direction');
  const direction = side === undefined && !isFutures ? 'LONG' : directionOf(side);
  if (!direction) refusals.push(faultOf('direction', side, 'Long or Short; write {direction}.'));

  return signalFrom(message, {
    refusals,
    symbol: base === undefined ? undefined : `${base}${quote}`,
    marketType: isFutures ? 'FUTURES' : 'SPOT',
    direction,
    externalId,
    entryPrice: message.get(...PRICE),
    timeframe: message.get('timeframe'),
    sentAt: undefined,
  });
}
