/** What only a page that is alive can have to say. */
export const alertsText = {
  lost: 'Connection lost.',
  lostNext: (seconds: number): string => `Next try in ${seconds} s.`,
  lostNow: 'Trying now…',
  lostDetail: (clock: string): string => `The page shows what was known at ${clock}.`,
  retry: 'Retry now',
  newVersion: 'A newer version of this page is there.',
  reload: 'Reload',
};
