/** A refusal as Binance words it: HTTP status, and {code, msg} as the body. */
export class RestError extends Error {
  readonly status: number;
  readonly code: number;

  constructor(code: number, message: string, status = 400) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const INVALID_SYMBOL = () => new RestError(-1121, 'Invalid symbol.');
export const BAD_COMBINATION = () => new RestError(-1128, 'Combination of optional parameters invalid.');

/** The parameter, or undefined when it was not sent. */
export function optionalText(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name);
  if (text === '') throw new RestError(-1105, `Parameter '${name}' was empty.`);
  return text ?? undefined;
}

export function requiredText(query: URLSearchParams, name: string): string {
  const text = query.get(name);
  if (!text) throw new RestError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
  return text;
}

export function optionalInteger(query: URLSearchParams, name: string): number | undefined {
  const text = optionalText(query, name);
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,16}$/.test(text)) {
    throw new RestError(-1100, `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`);
  }
  return Number(text);
}

/** The page size: `fallback` when not sent; more than `max` is refused where `strict`, else cut down to it. */
export function limitOf(query: URLSearchParams, fallback: number, max: number, strict: boolean): number {
  const limit = optionalInteger(query, 'limit') ?? fallback;
  if (limit < 1 || (strict && limit > max)) throw new RestError(-1130, "Data sent for parameter 'limit' is not valid.");
  return Math.min(limit, max);
}
