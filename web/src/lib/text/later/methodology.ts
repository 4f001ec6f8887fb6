/** How the figures are defined. */
export const methodologyText = {
  title: 'Method',
  lead: 'How every number on these pages is worked out. One program calculates them all: the page, the charts, the downloads and the API cannot differ.',
  version: (version: string): string => `Method version ${version}`,
  contents: 'On this page',

  rules: {
    title: 'From a signal to a result',
    items: [
      [
        'Every signal counts',
        'Each signal of a bot opens one paper trade of a fixed size, in the same transaction that stores the signal. Bots cannot change or delete a trade, and neither can anybody through the API.',
      ],
      [
        'What decides',
        'The last traded price on the exchange, trade by trade in the order of the exchange’s own trade ids. Touching a level counts. Nothing older than the signal counts.',
      ],
      ['Target hit', 'Filled at exactly the take profit, never better: a resting limit order gets its price.'],
      [
        'Stop hit',
        'Filled at the price that touched the stop, which may be worse than the stop. A price that jumps over it costs what it costs.',
      ],
      ['Time stop', 'A signal may carry an expiry. Then the first trade at or after it closes the position, whatever its price.'],
      ['Delisted', 'When the exchange stops a symbol for good, its last traded price closes the position. A mere halt does not.'],
      [
        'After an outage',
        'Missed trades are fetched and applied in order before anything newer. Where the exchange no longer has them, candles decide; if one candle reaches both levels, the stop counts first and the trade is marked ambiguous.',
      ],
      [
        'Profit',
        'Gross = (exit − entry) × quantity, turned around for shorts. Fees = rate × quantity × (entry + exit). Net = gross − fees, rounded once, at the eighth decimal.',
      ],
    ],
  },

  limits: {
    title: 'What is not simulated',
    items: [
      'Slippage at entry: a trade enters at the signal’s own price. Each receipt shows how far that was from the market at the time.',
      'Depth of the order book: any position fits into the market.',
      'Funding payments of perpetual futures.',
      'Liquidation: positions have no leverage.',
    ],
  },

  example: {
    title: 'The worked example',
    lead: (capital: string): string =>
      `Five made-up trades of $100 each, with a fee of 0.1 % per side and a capital base of ${capital}. Every calculation below uses them.`,
    columns: {
      number: 'No.',
      side: 'Side',
      entry: 'Entry',
      exit: 'Exit',
      stop: 'Stop',
      quantity: 'Quantity',
      opened: 'Opened',
      closed: 'Closed',
      gross: 'Gross',
      fees: 'Fees',
      net: 'Net',
    },
    ambiguous: (numbers: string): string => `Trade ${numbers} is taken to be ambiguous: one candle reached both of its levels.`,
  },

  figures: {
    title: 'The figures',
    formula: 'Formula',
    example: 'Example',
    about: (unit: string, field: string): string => `Unit: ${unit}; in the API: ${field}.`,
    source: 'Source',
  },

  reasons: {
    title: 'When a figure has no value',
    lead: 'A figure that is not defined is left empty with a reason, never shown as 0, −100 or infinity.',
  },

  failed: 'The definitions could not be loaded.',
};
