/** The filters of the page as its address says them: everything on the page, its live updates and its download follow them. */

const MARKETS = ['SPOT', 'FUTURES'] as const;
const SIDES = ['LONG', 'SHORT'] as const;
const RESULTS = ['WIN', 'LOSS', 'FLAT'] as const;
const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '3d', '1w', '1M'] as const;
/** Periods that end now, by the number of UTC days they hold, today included. */
export const PERIOD_DAYS = { '7d': 7, '30d': 30, '90d': 90, '1y': 365 } as const;

export type Preset = keyof typeof PERIOD_DAYS;
export type Period = Preset | 'all' | 'custom';

/** Each list matches any of its values; an empty one matches everything. */
export interface Lists {
  market: readonly (typeof MARKETS)[number][];
  timeframe: readonly string[];
  symbol: readonly string[];
  strategy: readonly string[];
  side: readonly (typeof SIDES)[number][];
  result: readonly (typeof RESULTS)[number][];
  bot: readonly string[];
}

export interface Filters extends Lists {
  period: Period;
  /** First and last UTC day of a period of the reader's own, "2026-11-22"; null: open. */
  from: string | null;
  to: string | null;
}

/** What the API takes as `filter`. */
export interface TradeFilter {
  marketType?: (typeof MARKETS)[number][];
  timeframe?: string[];
  symbol?: string[];
  strategy?: string[];
  direction?: (typeof SIDES)[number][];
  result?: (typeof RESULTS)[number][];
  bot?: string[];
  from?: string;
  to?: string;
}

/** The lists in the order in which they are shown, with the API's name and what a value must look like. */
const LISTS = {
  market: { field: 'marketType', known: MARKETS },
  timeframe: { field: 'timeframe', known: TIMEFRAMES },
  symbol: { field: 'symbol', known: null },
  strategy: { field: 'strategy', known: null },
  side: { field: 'direction', known: SIDES },
  result: { field: 'result', known: RESULTS },
  bot: { field: 'bot', known: null },
} as const satisfies Record<keyof Lists, { field: keyof TradeFilter; known: readonly string[] | null }>;

export type ListKey = keyof Lists;
export const LIST_KEYS = Object.keys(LISTS) as ListKey[];
/** The values that a list can have; null where only the record knows them. */
export const knownValues = (key: ListKey): readonly string[] | null => LISTS[key].known;

/** A list in an address is read up to here; nobody chooses more, and the API must not be flooded. */
const VALUES_LIMIT = 20;
/** The longest name the API knows is that of a strategy. */
const NAME_LENGTH_LIMIT = 64;
const DAY_MS = 86_400_000;

type Params = Pick<URLSearchParams, 'get' | 'getAll'>;

/** Reads an address. What cannot be meant is left out and told in `ignored`, as "market=X". */
export function readFilters(params: Params): { filters: Filters; ignored: string[] } {
  const ignored: string[] = [];
  const list = (key: ListKey): string[] => {
    const values: string[] = [];
    for (const value of new Set(params.getAll(key))) {
      if (value === '') continue;
      const known = knownValues(key);
      const meant = known === null ? nameOf(value, key) : oneOf(known, value);
      if (meant === null || values.length >= VALUES_LIMIT) ignored.push(`${key}=${value}`);
      else values.push(meant);
    }
    return values;
  };
  const lists = Object.fromEntries(LIST_KEYS.map((key) => [key, list(key)])) as unknown as Lists;
  return { filters: { ...lists, ...readPeriod(params, ignored) }, ignored };
}

function readPeriod(params: Params, ignored: string[]): Pick<Filters, 'period' | 'from' | 'to'> {
  const open = { period: 'all', from: null, to: null } as const;
  const asked = params.get('period') ?? '';
  const known = asked === '' || asked === 'all' || asked === 'custom' || Object.hasOwn(PERIOD_DAYS, asked);
  if (!known) ignored.push(`period=${asked}`);
  else if (asked !== '' && asked !== 'custom') return { ...open, period: asked as Period };
  const day = (key: 'from' | 'to'): string | null => {
    const value = params.get(key) ?? '';
    if (value === '' || isDay(value)) return value || null;
    ignored.push(`${key}=${value}`);
    return null;
  };
  const [from, to] = [day('from'), day('to')];
  if (from !== null && to !== null && from > to) {
    ignored.push(`from=${from}`, `to=${to}`);
    return open;
  }
  return from === null && to === null ? { ...open, period: asked === 'custom' ? 'custom' : 'all' } : { period: 'custom', from, to };
}

function oneOf(known: readonly string[], value: string): string | null {
  // "1m" and "1M" are two timeframes, so the exact name comes first.
  return known.find((name) => name === value) ?? known.find((name) => name.length > 2 && name === value.toUpperCase()) ?? null;
}

/** The API compares symbols as the exchange writes them: in capitals. */
function nameOf(value: string, key: ListKey): string | null {
  const name = value.trim();
  if (name === '' || name.length > NAME_LENGTH_LIMIT) return null;
  return key === 'symbol' ? name.toUpperCase() : name;
}

function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** The address' part of filters, in a fixed order, so that the same view has one address. */
export function writeFilters(filters: Filters): URLSearchParams {
  const params = new URLSearchParams();
  for (const key of LIST_KEYS) for (const value of filters[key]) params.append(key, value);
  if (filters.period !== 'all') params.set('period', filters.period);
  if (filters.from !== null) params.set('from', filters.from);
  if (filters.to !== null) params.set('to', filters.to);
  return params;
}

/** With "?" in front; empty without filters. For links from one page to another. */
export function filterSearch(filters: Filters): string {
  const query = writeFilters(filters).toString();
  return query && `?${query}`;
}

/** How many filters are set. */
export function filterCount(filters: Filters): number {
  return LIST_KEYS.filter((key) => filters[key].length > 0).length + (boundsPeriod(filters) ? 1 : 0);
}

/** A period of the reader's own without any day bounds nothing yet. */
export function boundsPeriod({ period, from, to }: Filters): boolean {
  return period !== 'all' && (period !== 'custom' || from !== null || to !== null);
}

/** What the API is asked. @param now milliseconds: when a period that ends now is worked out */
export function toTradeFilter(filters: Filters, now: number): TradeFilter {
  const lists = LIST_KEYS.filter((key) => filters[key].length > 0).map((key) => [LISTS[key].field, [...filters[key]]]);
  const from = isPreset(filters.period) ? dayStart(now - (PERIOD_DAYS[filters.period] - 1) * DAY_MS) : filters.from;
  return {
    ...(Object.fromEntries(lists) as TradeFilter),
    ...(from === null ? {} : { from: `${from}T00:00:00.000Z` }),
    ...(filters.to === null ? {} : { to: `${filters.to}T23:59:59.999Z` }),
  };
}

function isPreset(period: Period): period is Preset {
  return Object.hasOwn(PERIOD_DAYS, period);
}

const dayStart = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The query of the download that holds what the page shows, with "?" in front. @param filter what the page itself was asked with */
export function exportSearch(filters: Filters, { from, to }: TradeFilter): string {
  const params = writeFilters({ ...filters, period: 'all', from: null, to: null });
  if (from !== undefined) params.set('from', from);
  if (to !== undefined) params.set('to', to);
  const query = params.toString();
  return query && `?${query}`;
}
