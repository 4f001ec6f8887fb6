/** Words of badges, share pictures and the feed of closures. */
export const shareText = {
  paper: 'paper',
  trades: (n: string): string => `${n} trades`,
  badges: {
    'win-rate': 'win rate',
    pnl: 'P/L after fees',
    trades: 'closed trades',
    since: 'on record since',
  },
  none: 'no trades yet',
  noBadge: (known: string): string => `There is no such badge. There are: ${known}.\n`,
  unreachable: 'The server does not answer.\n',
  rateLimited: 'Your address has used up its points for now. Come again in half a minute.\n',
  feed: {
    title: (name: string): string => `${name}: closed paper trades`,
    entry: (symbol: string, side: string, outcome: string, result: string): string => `${symbol} ${side}: ${outcome}, ${result}`,
    summary: (market: string, entry: string, exit: string, held: string, fees: string): string =>
      `Paper trade, ${market}. Entry ${entry}, exit ${exit}, held ${held}, fees ${fees} included.`,
  },
};
