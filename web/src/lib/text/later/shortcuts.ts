/** The help for the keyboard. */
export const shortcutsText = {
  title: 'Keyboard shortcuts',
  actions: {
    overview: 'Overview',
    open: 'Open positions',
    history: 'Trade history',
    symbol: 'Choose a symbol',
    pause: 'Pause or resume',
    theme: 'Light or dark',
    help: 'This help',
  },
  off: 'Single keys can be turned off in the display menu.',
  close: 'Close',
};
