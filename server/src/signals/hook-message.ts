import { parseExactly } from '../kernel/exact-json.ts';
import { refuse } from './refusals.ts';
import type { Refusal } from './refusals.ts';

/** The flat fields of a webhook's message. Their names count without case, `_`, `-` and blanks: take_profit is takeProfit. */
export class HookMessage {
  readonly #values = new Map<string, string>();
  /** Fields that hold a list or an object. */
  readonly refusals: readonly Refusal[];

  constructor(fields: Iterable<readonly [name: string, value: unknown]>, known: readonly Refusal[] = []) {
    const refusals = [...known];
    for (const [name, value] of fields) {
      if (value === null || value === undefined) continue;
      if (typeof value === 'object') refusals.push(refuse([name], 'VALUE_UNKNOWN', 'It must be a text or a number.'));
      else if (String(value).trim() !== '') this.#values.set(plainName(name), String(value).trim());
    }
    this.refusals = refusals;
  }

  /** The same message with these fields rewritten, where they are there. */
  rewritten(names: readonly string[], rewrite: (value: string) => string): HookMessage {
    const meant = new Set(names.map(plainName));
    return new HookMessage(
      [...this.#values].map(([name, value]) => [name, meant.has(name) ? rewrite(value) : value]),
      this.refusals,
    );
  }

  /** The value of the first of these names that is there and not empty, without blanks around it. */
  get(...names: readonly string[]): string | undefined {
    return names.map((name) => this.#values.get(plainName(name))).find((value) => value !== undefined);
  }
}

/**
 * Reads a body as JSON, as a form or as lines of `key=value` or `key: value`; undefined where it is none of them.
 * What the sender calls it counts for little: TradingView sends JSON as text when it finds a fault in it, curl as a form.
 */
export function readHookMessage(body: string, contentType: 'JSON' | 'TEXT' | 'FORM'): HookMessage | undefined {
  const text = body.trim();
  if (text.startsWith('{')) return readJson(text);
  if (contentType === 'JSON') return undefined;
  return contentType === 'FORM' ? new HookMessage(new URLSearchParams(text)) : readLines(text);
}

function readJson(text: string): HookMessage | undefined {
  try {
    return new HookMessage(Object.entries(parseExactly(text) as object));
  } catch {
    return undefined;
  }
}

function readLines(text: string): HookMessage | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const fields = lines.map((line) => /^\s*([A-Za-z][\w -]*?)\s*[=:]\s*(.*)$/.exec(line));
  if (lines.length === 0 || fields.includes(null)) return undefined;
  return new HookMessage(fields.map((field) => [field?.[1] ?? '', field?.[2] ?? '']));
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[_\- ]/g, '');
}
