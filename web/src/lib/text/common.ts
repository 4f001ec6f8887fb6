/** Words of every page. */
export const commonText = {
  product: 'Bot Performance',

  /** Said wherever a trade is shown. */
  paper: 'PAPER',
  paperFoot:
    'Paper trades at published prices. No order was sent to an exchange and no real money was at stake; past results say little about future ones.',

  simulatedTag: 'Simulated prices - demo',
  simulated: 'These prices come from a built-in simulator, not from an exchange. Nothing on this page is a real market result.',

  pictureAlt: 'Paper trading record: profit after fees, how many trades, and since when.',

  skip: 'Skip to the content',

  nav: {
    label: 'Site',
    performance: 'Performance',
    method: 'Method',
    developers: 'Developers',
    status: 'Status',
    foot: 'More',
    feed: 'Feed',
  },

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
    keys: 'Shortcuts',
    keysNames: { on: 'On (? for help)', off: 'Off' },
    apply: 'Apply',
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

  alongPlot: 'move along it with the arrow keys, Home and End',

  atMarket: 'at the market',
  aboveMarket: (share: string): string => `${share} above market`,
  belowMarket: (share: string): string => `${share} below market`,

  duration: {
    tenths: (seconds: string): string => `${seconds} s`,
    seconds: (n: number): string => `${n} s`,
    minutes: (n: number): string => `${n} min`,
    hours: (h: number, min: number): string => (min === 0 ? `${h} h` : `${h} h ${min} min`),
    days: (d: number, h: number): string => (h === 0 ? `${d} d` : `${d} d ${h} h`),
  },

  error: {
    panel: 'This part could not be loaded.',
    code: (code: string): string => `Error: ${code}`,
    retry: 'Try again',
    unreachable: 'The server does not answer',
    unreachableDetail:
      'The page could not get any figures. Nothing is lost: trades are watched and stored by the server, and this page shows them when it answers again.',
    rateLimited: 'Too many requests',
    rateLimitedDetail: 'Your address has used up its points for now. Come again in half a minute.',
    notFound: 'There is no such page',
    notFoundDetail: 'The address may be misspelt, or the page may have moved.',
    other: 'Something went wrong',
    home: 'To the overview',
  },
};
