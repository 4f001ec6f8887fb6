/** The trade history only. */
export const historyText = {
  columns: 'Columns',
  apply: 'Show',
};
