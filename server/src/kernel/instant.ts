const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** What PostgreSQL stores and ISO 8601 writes with four digits of the year. */
const YEAR_1 = new Date('0001-01-01T00:00:00Z');
const YEAR_10000 = new Date('+010000-01-01T00:00:00Z');

/** Reads an instant as the public API takes it: ISO 8601 with an offset. Anything else is undefined. */
export function parseInstant(text: string): Date | undefined {
  const date = ISO_8601.test(text) ? new Date(text) : undefined;
  return date && date >= YEAR_1 && date < YEAR_10000 && isOnTheCalendar(text) ? date : undefined;
}

/** JavaScript takes 30 February for 2 March. */
function isOnTheCalendar(text: string): boolean {
  const day = text.slice(0, 10);
  return new Date(day).toISOString().startsWith(day);
}
