/** Small live pieces for other sites. */
export const embedText = {
  titles: { summary: 'Summary', equity: 'Profit over time' },
  noWidget: (known: string): string => `There is no such widget. There are: ${known}.`,
  realised: 'Realised',
  open: 'Open',
  openAsOf: (clock: string): string => `The oldest open figure is from ${clock}.`,
  winRate: 'Win rate',
  profitFactor: 'Profit factor',
  closed: 'Closed trades',
  positions: 'Open positions',
  drawdown: 'Below the best point',
  filters: (words: string): string => `Only: ${words}.`,
  basis: 'Paper trades, after fees. No real money.',
  more: 'The whole record',
};
