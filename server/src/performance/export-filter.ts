import { parseInstant } from '../kernel/instant.ts';
import { DIRECTIONS, TRADE_STATUSES } from '../trades/trade.ts';
import { TRADE_RESULTS } from '../trades/trade-filter.ts';
import type { TradeFilter } from '../trades/trade-filter.ts';

/** A parameter that cannot be understood; the message says what is allowed. */
export class BadParameter extends Error {
  override readonly name = 'BadParameter';
}

type ListName = Exclude<keyof TradeFilter, 'from' | 'to'>;

/** The list that a parameter fills, and the words it may hold; null: any text. */
const LISTS: Readonly<Record<string, { readonly field: ListName; readonly words: readonly string[] | null }>> = {
  bot: { field: 'bot', words: null },
  strategy: { field: 'strategy', words: null },
  symbol: { field: 'symbol', words: null },
  timeframe: { field: 'timeframe', words: null },
  market: { field: 'marketType', words: ['SPOT', 'FUTURES'] },
  marketType: { field: 'marketType', words: ['SPOT', 'FUTURES'] },
  side: { field: 'direction', words: DIRECTIONS },
  direction: { field: 'direction', words: DIRECTIONS },
  status: { field: 'status', words: TRADE_STATUSES },
  result: { field: 'result', words: [...TRADE_RESULTS, 'EVEN'] },
};

/** Periods that end now, as the page's address says them, by the number of UTC days they hold, today included. */
const PERIOD_DAYS: Readonly<Record<string, number>> = { '7d': 7, '30d': 30, '90d': 90, '1y': 365 };
const PERIODS = [...Object.keys(PERIOD_DAYS), 'all', 'custom'];
/** What a page's address says besides its filters: which rows of them it shows, in what order and columns. A download has them all. */
const OF_THE_PAGE = new Set(['sort', 'dir', 'col', 'after', 'before', 'by']);
const DAY_MS = 86_400_000;

export const EXPORT_PARAMETERS = [...Object.keys(LISTS), 'from', 'to', 'period'];

/**
 * Reads the filter out of a URL's query, which may be one of the page's. A list is given by repeating its parameter or by commas; a comma within a name is
 * written %2C, which counts for strategies only, as nothing else holds commas. A parameter without a value is no condition, so that
 * a form can be sent as it is. Words are taken in any case. As on the page, a period that ends now goes before `from` and `to`.
 * @throws BadParameter
 */
export function filterFromQuery(query: string, now: Date): TradeFilter {
  const lists: Partial<Record<ListName, string[]>> = {};
  const times: { from?: Date; to?: Date } = {};
  let period = 'all';
  for (const part of query.split('&')) {
    if (part === '') continue;
    const [rawName = '', ...rest] = part.split('=');
    const name = decoded(rawName);
    const raw = rest.join('=');
    if (name === 'from' || name === 'to') {
      if (times[name]) throw new BadParameter(`${name} is given twice`);
      const text = decoded(raw).trim();
      if (text !== '') times[name] = instantOf(name, text);
      continue;
    }
    if (name === 'period') {
      period = decoded(raw) || 'all';
      if (!PERIODS.includes(period)) throw new BadParameter(`period is one of ${PERIODS.join(', ')}, not ${JSON.stringify(period)}`);
      continue;
    }
    if (OF_THE_PAGE.has(name)) continue;
    const list = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
    if (!list) throw new BadParameter(`there is no parameter ${JSON.stringify(name)}; there are ${EXPORT_PARAMETERS.join(', ')}`);
    const values = name === 'strategy' ? raw.split(',').map(decoded) : decoded(raw).split(',');
    for (const value of values) if (value !== '') (lists[list.field] ??= []).push(wordOf(name, value, list.words));
  }
  const days = PERIOD_DAYS[period];
  return { ...lists, ...(days === undefined ? times : { from: dayStart(now.getTime() - (days - 1) * DAY_MS) }) } as TradeFilter;
}

function dayStart(timeMs: number): Date {
  return new Date(timeMs - (timeMs % DAY_MS));
}

function wordOf(name: string, value: string, words: readonly string[] | null): string {
  if (words === null) return name === 'symbol' ? value.toUpperCase() : value;
  const word = value.toUpperCase();
  if (!words.includes(word)) throw new BadParameter(`${name} is one of ${words.join(', ')}, not ${JSON.stringify(value)}`);
  return word === 'EVEN' ? 'FLAT' : word;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A day stands for its first moment in `from` and for its last in `to`. */
function instantOf(name: 'from' | 'to', text: string): Date {
  const instant = parseInstant(DAY.test(text) ? `${text}T${name === 'from' ? '00:00:00.000' : '23:59:59.999'}Z` : text);
  if (!instant)
    throw new BadParameter(`${name} is a day such as 2026-11-22 or a time such as 2026-11-22T20:33:00Z, not ${JSON.stringify(text)}`);
  return instant;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new BadParameter(`${JSON.stringify(text)} is not percent-encoded text`);
  }
}
