import { isAfter } from '../ticks/tick.ts';
import type { Evidence } from './closure.ts';
import type { WatchedTrade } from './watched-trade.ts';

/**
 * At what a trade closes whose symbol is over for good: at `last`, the newest price that was seen of the symbol, where it came after the
 * trade's beginning. Where nothing did, the last traded price is from before: the market price at entry, else what was seen before it, and
 * for a trade of which no market price was ever known its own entry price, by which it gains nothing. Never before the entry, and
 * without an id, as no trade of the exchange decided it.
 */
export function lastPriceFor(trade: WatchedTrade, last: Evidence | null): Evidence {
  const { from, entryTimeMs, marketPriceAtEntry, entryPrice } = trade;
  if (last && (last.id === null ? last.timeMs >= from.fromTimeMs : isAfter({ id: last.id, timeMs: last.timeMs }, from)))
    return { ...last, timeMs: Math.max(last.timeMs, entryTimeMs) };
  const price = marketPriceAtEntry?.toFixed() ?? last?.price ?? entryPrice.toFixed();
  return { id: null, price, timeMs: entryTimeMs, source: 'BACKFILL' };
}
