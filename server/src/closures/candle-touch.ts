import { Decimal } from '../kernel/decimal.ts';
import type { Candle } from '../ticks/candle.ts';
import { levelReached } from '../trades/trade.ts';
import type { TradeHappening } from '../trades/trade.ts';
import type { Evidence } from './closure.ts';
import type { Touch } from './watch-list.ts';
import type { WatchedTrade } from './watched-trade.ts';

export interface CandleTouch extends Touch {
  readonly evidence: Evidence;
}

/**
 * What a candle closes of a trade, where its ticks are gone (domain section 4, "Gaps"):
 * - only a candle that begins at or after the trade's entry counts: of an earlier one nobody knows which part came after it;
 * - a time stop that has come by its open closes at the open;
 * - an open past a level is decided at the open, at the time it began;
 * - else the level that it reaches is the price, and the time is when the candle ended, by which it surely happened;
 * - where it reaches both the stop loss was first, and the closure is ambiguous;
 * - where a time stop comes within it and it reaches a level, nobody knows which was first: the worse for the bot counts, which is the
 *   stop loss where it is reached, else the time stop at the worst price of the candle, and the closure is ambiguous.
 */
export function candleTouch(trade: WatchedTrade, candle: Candle): CandleTouch | undefined {
  if (trade.from.fromTimeMs > candle.openTimeMs) return undefined;
  const atOpen: Evidence = { id: null, price: candle.open, timeMs: candle.openTimeMs, source: 'CANDLE' };
  if (trade.expiresAtMs !== null && trade.expiresAtMs <= candle.openTimeMs)
    return { trade, happening: 'TIME_STOP_REACHED', evidence: atOpen };
  const opened = levelReached(trade, new Decimal(candle.open));
  if (opened) return { trade, happening: opened, evidence: atOpen };

  const isExpiryWithin = trade.expiresAtMs !== null && trade.expiresAtMs <= candle.closeTimeMs;
  const reached = new Set([candle.high, candle.low].map((price) => levelReached(trade, new Decimal(price))));
  const within = (happening: TradeHappening, level: Decimal, ambiguous: boolean): CandleTouch => ({
    trade,
    happening,
    evidence: { id: null, price: level.toFixed(), timeMs: candle.closeTimeMs, source: 'CANDLE', ambiguous },
  });
  const isProfitToo = reached.has('TAKE_PROFIT_REACHED');
  if (reached.has('STOP_LOSS_REACHED')) return within('STOP_LOSS_REACHED', trade.stopLoss, isProfitToo || isExpiryWithin);
  if (!isProfitToo) return undefined;
  if (!isExpiryWithin) return within('TAKE_PROFIT_REACHED', trade.takeProfit, false);
  return within('TIME_STOP_REACHED', new Decimal(trade.direction === 'LONG' ? candle.low : candle.high), true);
}
