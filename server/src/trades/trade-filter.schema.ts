import { builder } from '../graphql/builder.ts';
import { DirectionEnum, MarketTypeEnum, TradeResultEnum, TradeStatusEnum } from './enums.schema.ts';

export const TradeFilterInput = builder.inputType('TradeFilter', {
  description:
    'Every condition narrows; lists match any of their values, and an empty list is no condition. from and to bound the exit time of closed trades and the entry time of open ones, both inclusive.',
  fields: (t) => ({
    bot: t.stringList({ description: 'Slugs of bots.' }),
    strategy: t.stringList({ description: 'Names of strategies.' }),
    symbol: t.stringList({ description: 'Symbols as the exchange writes them.' }),
    marketType: t.field({ type: [MarketTypeEnum], description: 'Markets.' }),
    direction: t.field({ type: [DirectionEnum], description: 'Directions.' }),
    timeframe: t.stringList({ description: 'Timeframes, e.g. 1h.' }),
    status: t.field({ type: [TradeStatusEnum], description: 'Statuses of trades.' }),
    result: t.field({ type: [TradeResultEnum], description: 'Results of closed trades; open trades have none and match no result.' }),
    from: t.field({ type: 'DateTime', description: 'Not before this time.' }),
    to: t.field({ type: 'DateTime', description: 'Not after this time.' }),
  }),
});
