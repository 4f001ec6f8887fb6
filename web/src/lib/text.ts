/** Every word of the page, in one place, ready to be translated. */

/** Decides how numbers and dates are written. */
export const LOCALE = 'en-US';

const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);

export const text = {
  product: 'Bot Performance',
  skip: 'Skip to the content',

  nav: { label: 'Site', performance: 'Performance', api: 'API' },

  tabs: { label: 'Bot performance', overview: 'Overview', open: 'Open positions', history: 'Trade history' },

  title: {
    heading: 'Bot performance',
    paper: 'PAPER',
    basis: (size: string, date: string, days: number, fees: string): string =>
      `Every signal, ${size} each, since ${date} (${days} ${plural(days, 'day', 'days')}). ${fees} No real money.`,
    basisNotStarted: (size: string, fees: string): string => `Every signal, ${size} each. ${fees} No real money.`,
    basisUnknown: 'Every signal gets the same amount. No real money.',
    feesSame: (rate: string): string => `Fees of ${rate} per side included.`,
    feesByMarket: (spot: string, futures: string): string => `Fees of ${spot} (spot) or ${futures} (futures) per side included.`,
    simulatedTag: 'Simulated prices - demo',
    simulated: 'These prices come from a built-in simulator, not from an exchange. Nothing on this page is a real market result.',
    describe: 'The public record of a trading bot: paper trades with live prices, results after fees and the whole history.',
  },

  chip: {
    label: 'Connection and age of prices',
    snapshot: 'Snapshot',
    connecting: 'Connecting…',
    live: 'Live',
    connected: 'Connected',
    reconnecting: 'Reconnecting…',
    offline: 'Offline',
    paused: 'Paused',
    feedStale: 'Exchange feed stale',
    feedConnecting: 'Exchange feed connecting…',
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

  display: {
    button: 'Display',
    theme: 'Theme',
    themes: { auto: 'Like the system', light: 'Light', dark: 'Dark' },
    palette: 'Colours',
    palettes: { default: 'Default', distinct: 'High distinction', east: 'Red up / Green down' },
    zone: 'Time zone',
    zones: { utc: 'UTC', local: 'Local' },
    density: 'Rows',
    densities: { comfortable: 'Comfortable', compact: 'Compact' },
    apply: 'Apply',
  },

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

  tiles: {
    label: 'Summary',
    total: 'Total P/L',
    realised: 'Realised',
    open: 'Open',
    realisedOnly: 'Realised only',
    openAsOf: (clock: string): string => `as of ${clock}`,
    ofCapital: (change: string, base: string): string => `${change} of the ${base} capital base`,
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
    total: 'Realised: the sum of all closed trades after fees. Open: what the open positions would bring at the newest price, after fees.',
    winRate:
      'Trades that closed with a profit after fees, divided by all closed trades. The bar is the 95% Wilson interval; break-even is the win rate at which the current average win and loss cancel out.',
    average:
      'The mean result after fees of winning and of losing trades. Profit factor: the sum of all wins divided by the sum of all losses.',
    positions: 'Unrealised counts both fees. At work is the size of all open positions together.',
    signals: 'Every signal received. Those that are not closed or open wait for activation, were cancelled, or were left out by a filter.',
  },

  chart: {
    title: 'Profit over time',
    legend: 'Line: realised P/L. Shaded: drawdown from the best point. Dotted end: open positions at live prices.',
    label: 'Profit over time; move along it with the arrow keys, Home and End',
    summary: (trades: string, from: string, to: string, total: string, best: string, fall: string): string =>
      `${trades} closed trades from ${from} to ${to}. Realised ${total}, best point ${best}, deepest drawdown ${fall}.`,
    point: (time: string, total: string, fall: string, trades: string): string =>
      `${time}: ${total}, drawdown ${fall}, ${trades} trades closed`,
    live: (total: string): string => `Now, open positions included: ${total}`,
    empty: 'The line starts with the first closed trade.',
    table: 'Show as a table',
    tableCaption: 'Realised profit over time',
    columns: { time: 'Time', total: 'Realised P/L', fall: 'Drawdown', trades: 'Closed trades' },
  },

  open: {
    title: 'Open positions',
    caption: (n: string): string => `${n} open positions with live prices`,
    all: (n: string): string => `All ${n} open positions`,
    empty: 'No open positions.',
    lastClosed: (ago: string): string => `Last closed ${ago} ago.`,
    waiting: 'Waiting for the first signal.',
    waitingHelp: 'Bots post signals to the API; a paper trade opens with each of them.',
    columns: {
      symbol: 'Symbol',
      side: 'Side',
      entry: 'Entry',
      live: 'Live price',
      pnl: 'Unrealised P/L, net of fees',
      pnlShort: 'Unrealised P/L',
      progress: 'Stop → target',
      opened: 'Opened',
      age: 'Age',
    },
    noPrice: 'no price yet',
    progress: (percent: string): string => `${percent} of the way from stop to target`,
    newOnes: (n: number): string => `${n} new`,
  },

  closed: {
    latest: 'Latest closed',
    history: 'Trade history',
    caption: (n: string): string => `${n} closed trades`,
    captionLatest: 'The trades that closed last',
    all: 'Whole history',
    total: (n: string): string => `${n} closed ${n === '1' ? 'trade' : 'trades'}`,
    empty: 'No trade has closed yet.',
    emptyPage: 'There is nothing on this page.',
    columns: {
      closed: 'Closed',
      symbol: 'Symbol',
      market: 'Market',
      timeframe: 'Timeframe',
      strategy: 'Strategy',
      side: 'Side',
      entry: 'Entry',
      exit: 'Exit',
      reason: 'Reason',
      held: 'Held',
      fees: 'Fees',
      pnl: 'P/L $',
      pnlPct: 'P/L %',
    },
    net: 'after fees',
    pages: 'Pages of the history',
    start: 'First page',
    previous: 'Previous page',
    next: 'Next page',
    newOnes: (n: number): string => `${n} newer ${plural(n, 'trade', 'trades')}: show`,
  },

  side: { LONG: 'Long', SHORT: 'Short' },
  market: { SPOT: 'Spot', FUTURES: 'Futures' },
  outcome: {
    OPEN: 'Open',
    CLOSED_TP: 'Target hit',
    CLOSED_SL: 'Stop hit',
    CLOSED_EXPIRED: 'Expired',
    CLOSED_DELISTED: 'Delisted',
  },
  direction: { up: 'up', down: 'down', flat: 'unchanged' },

  duration: {
    tenths: (seconds: string): string => `${seconds} s`,
    seconds: (n: number): string => `${n} s`,
    minutes: (n: number): string => `${n} min`,
    hours: (h: number, min: number): string => (min === 0 ? `${h} h` : `${h} h ${min} min`),
    days: (d: number, h: number): string => (h === 0 ? `${d} d` : `${d} d ${h} h`),
  },

  foot: {
    paper:
      'Paper trades at published prices. No order was sent to an exchange and no real money was at stake; past results say little about future ones.',
    asOf: (clock: string): string => `Figures as of ${clock}.`,
  },

  receipt: {
    title: (symbol: string, side: string): string => `${symbol} ${side}`,
    back: 'Trade history',
    signal: 'The signal',
    position: 'The paper trade',
    result: 'The result',
    working: 'Profit after fees',
    bot: 'Bot',
    received: 'Received',
    sent: 'Sent by the bot',
    confidence: 'Confidence',
    strategy: 'Strategy',
    timeframe: 'Timeframe',
    note: 'Note',
    size: 'Position size',
    quantity: 'Quantity',
    entry: 'Entry',
    target: 'Take profit',
    stop: 'Stop loss',
    riskReward: 'Reward for one of risk',
    opened: 'Opened',
    closed: 'Closed',
    exit: 'Exit',
    reason: 'Reason',
    held: 'Held',
    gross: 'Gross',
    fees: 'Fees, both sides',
    net: 'Net',
    evidence: 'Closing tick',
    evidenceText: (source: string, id: string, price: string): string => `${source} ${id}, price ${price}`,
    source: { LIVE: 'Live trade', BACKFILL: 'Backfilled trade', CANDLE: 'Candle' },
    ambiguous: 'One candle reached both levels; the stop was counted.',
    stillOpen: 'When this page was loaded, the trade was still open. Reload for news.',
    notFound: 'There is no such trade.',
  },

  error: {
    panel: 'This part could not be loaded.',
    code: (code: string): string => `Error: ${code}`,
    retry: 'Try again',
    unreachable: 'The server does not answer',
    unreachableDetail:
      'The page could not get any figures. Nothing is lost: trades are watched and stored by the server, and this page shows them when it answers again.',
    notFound: 'There is no such page',
    notFoundDetail: 'The address may be misspelt, or the page may have moved.',
    other: 'Something went wrong',
    home: 'To the overview',
  },
};
