import { plural } from '../locale.ts';

/** What is said aloud while the page lives. */
export const engineText = {
  loading: 'Loading…',
  paused: 'Paused. Nothing moves until you resume.',
  resumed: 'Resumed.',
  stale: 'Prices of open positions are out of date.',
  lost: 'The connection is lost. The page shows the last known figures.',

  caughtUp: (n: number): string =>
    n === 0 ? 'Reconnected. No trade closed while away.' : `Caught up: ${n} ${plural(n, 'trade', 'trades')} closed while away.`,

  news: {
    opened: (symbol: string, side: string): string => `New position: ${symbol} ${side}.`,
    closed: (symbol: string, side: string, reason: string, result: string): string =>
      `Trade closed: ${symbol} ${side}, ${reason}, ${result}.`,
    manyOpened: (n: number): string => `${n} new positions.`,
    manyClosed: (n: number): string => `${n} trades closed.`,
  },
};
