/**
 * Why a metric is not defined. When several reasons apply, the first of this list is given: it names what is missing most.
 */
export const METRIC_REASONS = {
  NO_TRADES: 'There is no trade to speak of yet.',
  NO_WINS: 'No closed trade made a profit yet.',
  NO_LOSSES: 'No closed trade made a loss yet.',
  TOO_FEW_DAYS:
    'The record is too short: daily figures need closures from at least two UTC days, exposure needs some time since the first entry.',
  ZERO_VARIANCE: 'The spread to divide by is zero: there is only one value, all values are equal, or no day ended with a loss.',
} as const satisfies Record<string, string>;

export type MetricReason = keyof typeof METRIC_REASONS;

/** A number, or the reason why there is none; never NaN or infinite. */
export type Metric = { readonly value: number; readonly reason: null } | { readonly value: null; readonly reason: MetricReason };

export function defined(value: number): Metric {
  return { value, reason: null };
}

export function undefinedBecause(reason: MetricReason): Metric {
  return { value: null, reason };
}

type MetricUnit =
  'time' | 'count' | 'quote currency' | 'percent' | 'ratio' | 'multiple of risk' | 'days' | 'seconds' | 'share from 0 to 1' | 'trade';

/** How one figure of a performance is explained to readers of the API and of the methodology page. */
export interface MetricDoc {
  /** As a heading. */
  readonly name: string;
  /** In plain text. */
  readonly formula: string;
  readonly unit: MetricUnit;
  /** One sentence. */
  readonly explanation: string;
  /** Who defined it first, where it is not plain counting and adding. */
  readonly source?: string;
}
