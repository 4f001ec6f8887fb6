import { plural } from './locale.ts';

/** Title, tabs, tiles and chart. */
export const overviewText = {
  tabs: {
    label: 'Bot performance',
    overview: 'Overview',
    open: 'Open positions',
    history: 'Trade history',
    analysis: 'Analysis',
    compare: 'Compare',
    leaderboard: 'Leaderboard',
  },

  title: {
    heading: 'Bot performance',
    basis: (size: string, date: string, days: number, fees: string): string =>
      `Every signal, ${size} each, since ${date} (${days} ${plural(days, 'day', 'days')}). ${fees} No real money.`,
    basisNotStarted: (size: string, fees: string): string => `Every signal, ${size} each. ${fees} No real money.`,
    basisUnknown: 'Every signal gets the same amount. No real money.',
    feesSame: (rate: string): string => `Fees of ${rate} per side included.`,
    feesByMarket: (spot: string, futures: string): string => `Fees of ${spot} (spot) or ${futures} (futures) per side included.`,
    describe: 'The public record of a trading bot: paper trades with live prices, results after fees and the whole history.',
  },

  tiles: {
    label: 'Summary',
    total: 'Total P/L',
    realised: 'Realised',
    open: 'Open',
    realisedOnly: 'Realised only',
    openAsOf: (time: string): string => `as of ${time}`,
    someAsOf: (time: string): string => `in part as of ${time}`,
    ofCapital: (change: string, base: string): string => `${change} of the ${base} capital base`,
    ambiguous: (n: number, total: string): string =>
      `${n} ambiguous, counted as stopped out; realised ${total} had ${plural(n, 'it', 'each')} hit its target`,
    ambiguousLosses: (n: number): string => `${n} ambiguous ${plural(n, 'trade', 'trades')} counted as stopped out`,
    winRate: 'Win rate',
    outcomes: (wins: string, losses: string, flats: string): string => `${wins} W · ${losses} L · ${flats} even`,
    interval: (low: string, high: string): string => `Likely ${low}–${high}%`,
    breakEven: (rate: string): string => `break-even ${rate}`,
    intervalPicture: (rate: string, low: string, high: string): string => `Win rate ${rate}, likely between ${low}% and ${high}%`,
    early: 'early: fewer than 30 closed trades',
    average: 'Average win / loss',
    profitFactor: (ratio: string): string => `Profit factor ${ratio}`,
    positions: 'Open positions',
    unrealised: 'unrealised',
    atWork: (amount: string): string => `${amount} at work`,
    withoutPrice: (n: number): string => `${n} without a price`,
    signals: 'Signals',
    closedAndOpen: (closed: string, open: string): string => `${closed} closed · ${open} open`,
    leftOver: (n: string): string => `${n} without a trade`,
    received: 'received',
    noValue: '–',
  },

  reasons: {
    NO_TRADES: 'no closed trades yet',
    NO_LOSSES: 'no losses yet',
    NO_WINS: 'no wins yet',
    ZERO_VARIANCE: 'all results are equal',
    TOO_FEW_DAYS: 'too few days',
  } as Record<string, string>,

  how: {
    button: 'How is this worked out?',
    total:
      'Realised: the sum of all closed trades after fees. Open: what the open positions would bring at the newest price, after fees. While one of their prices is out of date (a halted symbol, a feed that is behind), the headline is the realised part alone; a price that is old only because nobody traded since counts.',
    winRate:
      'Trades that closed with a profit after fees, divided by all closed trades. The bar is the 95% Wilson interval; break-even is the win rate at which the current average win and loss cancel out.',
    average:
      'The mean result after fees of winning and of losing trades. Profit factor: the sum of all wins divided by the sum of all losses.',
    positions: 'Unrealised counts both fees. At work is the size of all open positions together.',
    signals: 'Every signal received. Those that are not closed or open wait for activation, were cancelled, or were left out by a filter.',
  },

  chart: {
    title: 'Profit over time',
    periods: 'Period',
    period: { '7d': '7D', '30d': '30D', '90d': '90D', '1y': '1Y', all: 'All' },
    legend: 'Line: realised P/L. Shaded: drawdown from the best point. Dotted end: open positions at live prices.',
    summary: (trades: string, from: string, to: string, total: string, best: string, fall: string): string =>
      `${trades} closed trades from ${from} to ${to}. Realised ${total}, best point ${best}, deepest drawdown ${fall}.`,
    point: (time: string, total: string, fall: string, trades: string): string => `${time}: ${total}, drawdown ${fall}, ${trades} closed`,
    benchmark: {
      button: 'vs BTC',
      title: 'Compare with the same money in BTC',
      point: (total: string): string => `same money in BTC ${total}`,
      legend: (amount: string, since: string, total: string): string =>
        `Dashed: ${amount}, the most that was at work at once, held in BTC since ${since}, after fees; by the last daily close ${total}.`,
      none: 'No daily close of BTC is known yet.',
      failed: 'The comparison with BTC could not be loaded.',
      column: 'Same money in BTC',
      noValue: '–',
    },
    live: (total: string): string => `Now, open positions included: ${total}`,
    empty: 'The line starts with the first closed trade.',
    table: 'Show as a table',
    tableCaption: 'Realised profit over time',
    columns: { time: 'Time', total: 'Realised P/L', fall: 'Drawdown', trades: 'Closed trades' },
  },

  download: { label: 'Download', csv: 'CSV', json: 'JSON' },

  foot: {
    asOf: (clock: string): string => `Figures as of ${clock}.`,
  },
};
