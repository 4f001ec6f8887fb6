import { parseInstant } from '../kernel/instant.ts';
import type { MarketType } from '../ticks/tick.ts';
import type { HookMessage } from './hook-message.ts';
import { directionOf, faultOf, signalFrom } from './hook-signal.ts';
import type { HookRequest } from './hook-signal.ts';
import { refuse } from './refusals.ts';
import type { Refusal } from './refusals.ts';

/** As {{interval}} writes them: minutes without a unit, or D, W, M with or without a number. */
const TIMEFRAMES: ReadonlyMap<string, string> = new Map([
  ['1', '1m'],
  ['3', '3m'],
  ['5', '5m'],
  ['15', '15m'],
  ['30', '30m'],
  ['60', '1h'],
  ['120', '2h'],
  ['240', '4h'],
  ['360', '6h'],
  ['480', '8h'],
  ['720', '12h'],
  ['D', '1d'],
  ['1D', '1d'],
  ['3D', '3d'],
  ['W', '1w'],
  ['1W', '1w'],
  ['M', '1M'],
]);

/** An exchange in front of the ticker, and the mark of a perpetual behind it: BINANCE:BTCUSDT.P, formerly BTCUSDTPERP. */
const TICKER = /^(?:([^:]*):)?([^:]+?)(\.P|PERP)?$/i;

/**
 * A TradingView alert. Its placeholders are at https://www.tradingview.com/support/solutions/43000531021; the message's own fields are
 * those of createSignal. An alert may come twice: ticker, time, direction and strategy tell which ones are the same.
 */
export function fromTradingView(message: HookMessage): HookRequest {
  // A strategy that leaves its position says "sell" or "buy" as well: the position it has then tells the two apart.
  if (message.get('position', 'marketPosition')?.toLowerCase() === 'flat')
    return { kind: 'EXIT', externalId: message.get('externalId') ?? null };

  const refusals: Refusal[] = [];
  const ticker = message.get('symbol', 'ticker');
  const [, exchange, symbol, perpetual] = TICKER.exec(ticker ?? '') ?? [];
  if (symbol === undefined) refusals.push(faultOf('symbol', ticker, 'For instance {{ticker}}.'));
  else if (exchange !== undefined && exchange.toUpperCase() !== 'BINANCE')
    refusals.push(refuse(['symbol'], 'VALUE_UNKNOWN', 'Prices are Binance’s: leave out the exchange to have its symbol of this name.'));

  const market = message.get('marketType');
  const marketType = marketOf(market, perpetual !== undefined);
  if (!marketType) refusals.push(faultOf('marketType', market, 'SPOT or FUTURES; absent: FUTURES for a ticker with .P, else SPOT.'));

  const action = message.get('direction', 'action', 'side');
  const direction = directionOf(action);
  if (!direction) refusals.push(faultOf('direction', action, 'LONG, SHORT, buy or sell; for instance {{strategy.order.action}}.'));

  const time = message.get('timenow', 'time');
  const ownKey = message.get('externalId');
  if (ownKey === undefined && time === undefined)
    refusals.push(refuse(['timenow'], 'FIELD_MISSING', 'Or an externalId: an alert may be sent twice and counts once. Write {{timenow}}.'));
  const key = ['tradingview', ticker, time, direction, message.get('strategy')].filter((part) => part !== undefined).join(':');

  const interval = message.get('timeframe', 'interval');
  return signalFrom(message, {
    refusals,
    symbol,
    marketType,
    direction,
    externalId: ownKey ?? key,
    entryPrice: message.get('entryPrice', 'price', 'close'),
    timeframe: interval === undefined ? undefined : (TIMEFRAMES.get(interval) ?? interval),
    sentAt: time === undefined ? undefined : parseInstant(time),
  });
}

function marketOf(text: string | undefined, isPerpetual: boolean): MarketType | undefined {
  if (text === undefined) return isPerpetual ? 'FUTURES' : 'SPOT';
  const word = text.toUpperCase();
  return word === 'SPOT' || word === 'FUTURES' ? word : undefined;
}
