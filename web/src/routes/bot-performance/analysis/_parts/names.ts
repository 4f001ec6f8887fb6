import { LOCALE } from '#lib/text/locale.ts';

const DAY_MS = 86_400_000;
/** A Sunday, so that the API's 1 is a Monday. */
const SUNDAY = Date.UTC(2023, 0, 1);

const inUtc = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: 'UTC' });
const long = inUtc({ weekday: 'long' });
const short = inUtc({ weekday: 'short' });
const month = inUtc({ month: 'short' });
const monthAndYear = inUtc({ month: 'long', year: 'numeric' });

/** @param day 1 (Monday) to 7 (Sunday) */
export const weekdayName = (day: number): string => long.format(SUNDAY + day * DAY_MS);
export const WEEKDAYS_SHORT = [1, 2, 3, 4, 5, 6, 7].map((day) => short.format(SUNDAY + day * DAY_MS));
export const MONTHS_SHORT = Array.from({ length: 12 }, (_, i) => month.format(Date.UTC(2023, i, 1)));
/** "November 2026" of "2026-11". */
export const monthName = (name: string): string => monthAndYear.format(Date.parse(`${name}-01T00:00:00Z`));
