import * as v from 'valibot';
import { parsePlainDecimal } from '../kernel/decimal.ts';
import type { Decimal } from '../kernel/decimal.ts';
import { isPlainText } from '../kernel/plain-text.ts';

/** One thing an operator may set by an environment variable. */
export interface Setting<T> {
  /** What it means, for .env.example. */
  readonly about: string;
  /** What is allowed, in words: for .env.example and for the message about a wrong value. */
  readonly allowed: string;
  /** The text that stands for a variable that is not set; undefined: the value is then undefined too. */
  readonly standard: string | undefined;
  readonly schema: v.GenericSchema<string, T>;
}

type Described<T> = Omit<Setting<T>, 'schema'>;

/** `parse` answers undefined for a text that is not allowed. */
function setting<T>(described: Described<T>, parse: (text: string) => T | undefined): Setting<T> {
  const transform = v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
    const value = parse(dataset.value.trim());
    if (value !== undefined) return value;
    addIssue({ message: described.allowed });
    return NEVER;
  });
  return { ...described, schema: v.pipe(v.string(), transform) };
}

/** A setting whose value is undefined where it is not set. */
export type Optional<T> = Setting<T> & { readonly standard: undefined };

export function optional<T>(required: Setting<T>): Optional<T> {
  return { ...required, standard: undefined };
}

export function wholeNumber(about: string, standard: number, least: number, most: number): Setting<number> {
  const allowed = `a whole number from ${least} to ${most}`;
  return setting({ about, allowed, standard: String(standard) }, (text) => {
    const value = /^[0-9]{1,15}$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  });
}

/** For a share or a factor that is never money. */
export function fraction(about: string, standard: number, least: number, most: number): Setting<number> {
  return setting({ about, allowed: `a number from ${least} to ${most}`, standard: String(standard) }, (text) => {
    const value = parsePlainDecimal(text)?.toNumber() ?? Number.NaN;
    return value >= least && value <= most ? value : undefined;
  });
}

export function decimal(about: string, standard: string, range: string, isAllowed: (value: Decimal) => boolean): Setting<Decimal> {
  return setting({ about, allowed: `a plain decimal number ${range}`, standard }, (text) => {
    const value = parsePlainDecimal(text);
    return value !== undefined && isAllowed(value) ? value : undefined;
  });
}

export function path(about: string, standard: string): Setting<string> {
  return setting({ about, allowed: 'a path', standard }, (text) => (text === '' || text.includes('\0') ? undefined : text));
}

/** One line that people read. */
export function words(about: string, most: number): Optional<string> {
  const described = { about, allowed: `one line of at most ${most} visible characters`, standard: undefined };
  return optional(setting(described, (text) => (text.length <= most && isPlainText(text, false) ? text : undefined)));
}

export function choice<const T extends string>(about: string, standard: T, choices: readonly T[]): Setting<T> {
  return setting({ about, allowed: `one of ${choices.join(', ')}`, standard }, (text) => choices.find((each) => each === text));
}

export function flag(about: string, standard: boolean): Setting<boolean> {
  return setting({ about, allowed: 'true or false', standard: String(standard) }, (text) =>
    /^(true|false)$/.test(text) ? text === 'true' : undefined,
  );
}

/** Several words separated by commas, each once. */
export function list<const T extends string = string>(
  about: string,
  standard: string,
  words: string,
  isWord: (text: string) => text is T,
): Setting<T[]> {
  return setting({ about, allowed: `${words}, separated by commas, none twice`, standard }, (text) => {
    const parts = text.split(',').map((part) => part.trim());
    return parts.every(isWord) && new Set(parts).size === parts.length ? parts : undefined;
  });
}

/** The address of a server: a host, perhaps a port, and nothing behind. Given without a slash at the end. */
export function baseUrl(about: string, standard: string, schemes: readonly string[]): Setting<string> {
  const allowed = `a base URL ${schemes.map((scheme) => `${scheme}://`).join(' or ')} with a host, perhaps a port, and no path`;
  return setting({ about, allowed, standard }, (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const bare =
      url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
    return bare && schemes.some((scheme) => url.protocol === `${scheme}:`) ? text.replace(/\/$/, '') : undefined;
  });
}

export function redisUrl(about: string): Optional<string> {
  const described = { about, allowed: 'a URL redis://user:password@host:port or rediss://…', standard: undefined };
  return optional(
    setting(described, (text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      return url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== '' ? text : undefined;
    }),
  );
}

export function postgresUrl(about: string): Optional<string> {
  const described = { about, allowed: 'a URL postgresql://user:password@host:port/database', standard: undefined };
  return optional(
    setting(described, (text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      return url !== undefined && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1 ? text : undefined;
    }),
  );
}
