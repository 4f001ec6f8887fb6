import { plural } from './locale.ts';

/** What the page says about its connection, the age of its prices and the news. */
export const liveText = {
  chip: {
    label: 'Connection and age of prices',
    snapshot: 'Snapshot',
    connecting: 'Connecting…',
    live: 'Live',
    connected: 'Connected',
    reconnecting: 'Reconnecting…',
    offline: 'Offline',
    paused: 'Paused',
    feedDown: 'Exchange feed down',
    asOf: (clock: string): string => `as of ${clock}`,
    prices: 'prices',
    old: (age: string): string => `${age} old`,
    stale: (age: string): string => `stale, ${age} old`,
    noPositions: 'no open positions',
    noPrices: 'no prices yet',
    waiting: (n: number): string => `${n} ${plural(n, 'update', 'updates')} waiting`,
  },

  pause: { pause: 'Pause', resume: 'Resume', paused: 'Paused. Nothing moves until you resume.', resumed: 'Resumed.' },

  banner: {
    stale: (age: string): string => `Prices stopped ${age} ago.`,
    staleDetail: (clock: string): string =>
      `Closed trades are complete. Open-position figures are from ${clock} and are shown muted until prices resume.`,
    staleAlert: 'Prices have stopped. Open-position figures are out of date.',
    lost: 'Connection lost.',
    lostNext: (seconds: number): string => `Next try in ${seconds} s.`,
    lostNow: 'Trying now…',
    lostDetail: (clock: string): string => `The page shows what was known at ${clock}.`,
    lostAlert: 'The connection is lost. The page shows the last known figures.',
    retry: 'Retry now',
    hidden: 'Updates stopped while this tab was in the background.',
  },

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
