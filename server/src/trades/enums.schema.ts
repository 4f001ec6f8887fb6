import { builder } from '../graphql/builder.ts';
import type { TICK_SOURCES } from '../ticks/tick.ts';
import type { TradeResult } from './trade-filter.ts';

export const DirectionEnum = builder.enumType('Direction', {
  description: 'Which way a signal expects the price to go.',
  values: { LONG: { description: 'Earns when the price rises.' }, SHORT: { description: 'Earns when the price falls.' } },
});

export const MarketTypeEnum = builder.enumType('MarketType', {
  description: 'The market whose prices decide.',
  values: { SPOT: { description: 'Binance spot.' }, FUTURES: { description: 'Binance USD-margined perpetuals.' } },
});

export const SignalStatusEnum = builder.enumType('SignalStatus', {
  description: 'PENDING → ACTIVE → CLOSED, or PENDING → CANCELLED.',
  values: {
    PENDING: { description: 'Waits for activateSignal; has no trade.' },
    ACTIVE: { description: 'In force: has an open trade, or a reason why it has none.' },
    CLOSED: { description: 'Its trade is closed.' },
    CANCELLED: { description: 'Withdrawn before it became active.' },
  },
});

export const TradeStatusEnum = builder.enumType('TradeStatus', {
  description: 'OPEN → one of the others, once.',
  values: {
    OPEN: { description: 'Watched until a level is touched.' },
    CLOSED_TP: { description: 'The take profit was touched.' },
    CLOSED_SL: { description: 'The stop loss was touched.' },
    CLOSED_EXPIRED: { description: 'The time stop came.' },
    CLOSED_DELISTED: { description: 'The exchange stopped trading the symbol for good.' },
  },
});

export const TradeResultEnum = builder.enumType('TradeResult', {
  description: 'What came of a closed trade, after fees.',
  values: {
    WIN: { description: 'realizedPnl above 0.' },
    LOSS: { description: 'realizedPnl below 0.' },
    FLAT: { description: 'realizedPnl of exactly 0.' },
  } satisfies Record<TradeResult, { description: string }>,
});

export const TickSourceEnum = builder.enumType('TickSource', {
  description: 'How the deciding price was learned.',
  values: {
    LIVE: { description: 'Off the live stream.' },
    BACKFILL: { description: 'Fetched afterwards from the exchange’s tape, in the order of ids, after a gap.' },
    CANDLE: { description: 'Out of a candle, as the exchange gives no tape for that time any more.' },
  } satisfies Record<(typeof TICK_SOURCES)[number], { description: string }>,
});
