/** The menu that shares what the page shows. */
export const shareMenuText = {
  button: 'Share',
  lead: 'With the filters that are set now. Everything stays live: who opens it sees the figures of then.',
  link: 'Live link',
  embedSummary: 'Embed the summary',
  embedEquity: 'Embed the chart',
  badge: 'Badge, as Markdown',
  copy: 'Copy',
  copied: 'Copied',
  files: 'Also as',
  picture: 'Picture',
  feed: 'Feed of closures',
  winRate: 'Win rate',
};
