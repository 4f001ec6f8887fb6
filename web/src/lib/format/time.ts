import { commonText } from '#lib/text/common.ts';
import { LOCALE } from '#lib/text/locale.ts';

/** An IANA name such as "UTC" or "Europe/Berlin". */
export type Zone = string;

const formatters = new Map<Zone, Intl.DateTimeFormat>();

function formatter(zone: Zone): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    const [two, numeric] = ['2-digit', 'numeric'] as const;
    const fields = { year: numeric, month: two, day: two, hour: two, minute: two, second: two, hourCycle: 'h23' } as const;
    found = new Intl.DateTimeFormat(LOCALE, { ...fields, timeZone: zone });
    formatters.set(zone, found);
  }
  return found;
}

/** "2026-11-22T20:33:07". Intl knows the zones; UTC, in which every page begins, needs none of that, and Intl takes eight times as long. */
function iso(value: string | number, zone: Zone): string {
  const instant = new Date(value);
  if (zone === 'UTC') return instant.toISOString();
  const p = Object.fromEntries(
    formatter(zone)
      .formatToParts(instant)
      .map((part) => [part.type, part.value]),
  );
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:${p.second}`;
}

/** "2026-11-22". */
export function date(value: string | number, zone: Zone): string {
  return iso(value, zone).slice(0, 10);
}

/** "2026-11-22 20:33". */
export function dateTime(value: string | number, zone: Zone): string {
  return iso(value, zone).slice(0, 16).replace('T', ' ');
}

/** "20:33:07". */
export function clock(value: string | number, zone: Zone): string {
  return iso(value, zone).slice(11, 19);
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
