import { commonText } from '#lib/text/common.ts';
import { LOCALE } from '#lib/text/locale.ts';

/** An IANA name such as "UTC" or "Europe/Berlin". */
export type Zone = string;

const formatters = new Map<string, Intl.DateTimeFormat>();

const FIELDS = {
  date: { year: 'numeric', month: '2-digit', day: '2-digit' },
  minute: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

function parts(value: string | number, zone: Zone, fields: keyof typeof FIELDS): Record<string, string> {
  const key = `${zone}|${fields}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALE, { ...FIELDS[fields], timeZone: zone });
    formatters.set(key, found);
  }
  return Object.fromEntries(found.formatToParts(new Date(value)).map((part) => [part.type, part.value]));
}

/** "2026-11-22". */
export function date(value: string | number, zone: Zone): string {
  const p = parts(value, zone, 'date');
  return `${p.year}-${p.month}-${p.day}`;
}

/** "2026-11-22 20:33". */
export function dateTime(value: string | number, zone: Zone): string {
  const p = parts(value, zone, 'minute');
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}`;
}

/** "20:33:07". */
export function clock(value: string | number, zone: Zone): string {
  const p = parts(value, zone, 'clock');
  return `${p.hour}:${p.minute}:${p.second}`;
}

/** "20:33:07 UTC", or "2026-11-22 20:33 UTC" where that was on another day than now. */
export function timeOf(value: string | number, now: number, zone: Zone): string {
  const text = date(value, zone) === date(now, zone) ? clock(value, zone) : dateTime(value, zone);
  return zone === 'UTC' ? `${text} UTC` : text;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "47 s", "12 min", "3 h 12 min", "5 d 3 h": two units at most, cut and not rounded. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const t = commonText.duration;
  if (whole < MINUTE) return t.seconds(whole);
  if (whole < HOUR) return t.minutes(Math.floor(whole / MINUTE));
  if (whole < DAY) return t.hours(Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE));
  return t.days(Math.floor(whole / DAY), Math.floor((whole % DAY) / HOUR));
}

/** "0.4 s" under ten seconds, then as a duration: the age of a price. */
export function age(ms: number): string {
  if (ms < 10_000) return commonText.duration.tenths((Math.max(0, ms) / 1000).toFixed(1));
  return duration(ms / 1000);
}

/** Whole days from one instant to another, at least 1. */
export function daysBetween(from: string, to: string | number): number {
  return Math.max(1, Math.ceil((new Date(to).getTime() - new Date(from).getTime()) / (DAY * 1000)));
}
