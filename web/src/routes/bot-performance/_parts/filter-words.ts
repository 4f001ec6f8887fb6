import type { Choices } from '#lib/graphql/page-answer.ts';
import { commonText } from '#lib/text/common.ts';
import { filterText } from '#lib/text/filters.ts';
import { boundsPeriod, knownValues, LIST_KEYS, type Filters, type ListKey } from '#lib/url/filters.ts';

export interface Option {
  value: string;
  label: string;
}

/** A value of a list as readers know it: a bot by its name. */
export function labelOf(key: ListKey, value: string, choices: Choices | null): string {
  const words: Record<string, string> = key === 'market' ? commonText.market : key === 'side' ? commonText.side : filterText.results;
  if (key === 'bot') return choices?.bot.find(({ slug }) => slug === value)?.name ?? value;
  return key === 'market' || key === 'side' || key === 'result' ? (words[value] ?? value) : value;
}

/** What can be chosen in a list: what the record knows, and what the address asks for anyway. */
export function optionsOf(key: ListKey, filters: Filters, choices: Choices | null): Option[] {
  const known = knownValues(key);
  const recorded = key === 'bot' ? choices?.bot.map(({ slug }) => slug) : key in (choices ?? {}) ? choices?.[key as 'symbol'] : undefined;
  const offered = known === null ? (recorded ?? []) : recorded === undefined ? known : known.filter((value) => recorded.includes(value));
  return [...new Set([...offered, ...filters[key]])].map((value) => ({ value, label: labelOf(key, value, choices) }));
}

/** The filters that are set, in words: "Symbol: BTCUSDT". */
export function inWords(filters: Filters, choices: Choices | null): string[] {
  const lists = LIST_KEYS.filter((key) => filters[key].length > 0).map(
    (key) => `${filterText.names[key]}: ${filters[key].map((value) => labelOf(key, value, choices)).join(', ')}`,
  );
  if (!boundsPeriod(filters)) return lists;
  const { period, from, to } = filters;
  const days = [from && filterText.since(from), to && filterText.until(to)].filter(Boolean).join(', ');
  return [...lists, `${filterText.names.period}: ${period === 'custom' ? days : filterText.periods[period]}`];
}
