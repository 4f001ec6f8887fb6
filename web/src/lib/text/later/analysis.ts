import { plural } from '../locale.ts';

/** The charts of the analysis. */
export const analysisText = {
  title: 'Analysis',
  describe: 'When and with what the record of paper trades was made: by month and day, symbol, strategy, timeframe, weekday and hour.',
  basis: 'Closed trades, realised P/L after fees in $. Days, weeks and hours are UTC; a trade counts when it closed.',
  early: (n: string): string =>
    `Early: ${n} closed ${plural(Number(n), 'trade', 'trades')}. With fewer than 30, what stands out here is likely chance.`,
  empty: 'The charts start with the first closed trade.',
  table: 'Show as a table',

  months: {
    title: 'By month',
    caption: 'Realised P/L of each month, in $',
    month: 'Month',
    total: 'Year',
  },
  calendar: {
    title: 'By day',
    caption: (month: string): string => `Realised P/L of each day of ${month}, in $`,
    earlier: (n: number): string => `${n} earlier ${plural(n, 'month', 'months')}`,
    legend: 'The stronger the colour, the larger the result beside the others shown. A day without a number closed no trade.',
    more: 'The last twelve months are shown; choose dates of your own for those before.',
    tableCaption: 'Realised P/L of each day on which a trade closed',
    columns: { day: 'Day', pnl: 'P/L', trades: 'Closed trades', wins: 'Wins' },
  },
  distribution: {
    title: 'How results are spread',
    summary: (trades: string, from: string, to: string): string =>
      `${trades} closed trades between ${from} and ${to}, counted in steps of equal width.`,
    legend: 'Height: number of trades.',
    caption: 'How many closed trades had which result',
    columns: { from: 'From', to: 'To', trades: 'Closed trades' },
  },
  by: {
    symbol: { title: 'By symbol', key: 'Symbol' },
    strategy: { title: 'By strategy', key: 'Strategy' },
    timeframe: { title: 'By timeframe', key: 'Timeframe' },
    weekday: { title: 'By weekday', key: 'Weekday (UTC)' },
    hour: { title: 'By hour of the day', key: 'Hour (UTC)' },
  },
  bars: {
    caption: (title: string): string => `Realised P/L ${title.toLowerCase()}`,
    columns: { pnl: 'P/L', trades: 'Trades', outcomes: 'W / L / even' },
    outcomes: (wins: string, losses: string, flats: string): string => `${wins} / ${losses} / ${flats}`,
    few: 'few',
    fewHelp: 'few: fewer than 30 closed trades, too early to tell from chance.',
  },
  excursions: {
    title: 'How far prices went against trades and for them',
    summary: (known: string, of: string): string =>
      `Each mark is one of the newest ${of} closed trades, ${known} of which are known. To the right: how far the price went against it while it was open; upwards: how far for it; both in percent of the entry price.`,
    legend: 'Round: closed with a profit. Square: with a loss.',
    winners: (percent: string): string => `Before they won, the price went against winners by ${percent} on average.`,
    losers: (percent: string): string => `Before they lost, it went for losers by ${percent} on average.`,
    none: 'It is not known of any of these trades yet; some minutes after a trade’s exit it is.',
    caption: 'How far the price went against each of the newest closed trades and for it',
    columns: { trade: 'Trade', adverse: 'Against', favourable: 'For', pnl: 'P/L' },
    axes: { adverse: 'against', favourable: 'for' },
  },
  hours: {
    summary: (best: string, worst: string): string => `Best: ${best}. Worst: ${worst}.`,
    one: (hour: string, pnl: string, trades: string): string => `${hour} with ${pnl} of ${trades} trades`,
  },
};
