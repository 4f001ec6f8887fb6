import type { RecordSource } from '../record/record.store.ts';

export const PRICES_OF: Readonly<Record<RecordSource, string>> = { SIMULATOR: 'simulated prices', EXCHANGE: 'the exchange’s prices' };

export function sourceOf(simulatedPrices: boolean): RecordSource {
  return simulatedPrices ? 'SIMULATOR' : 'EXCHANGE';
}

/** Why a record that was begun with prices of `source` cannot go on with these, and what to do; a real record and a demo never mix. */
export function otherSource(
  source: RecordSource | null,
  simulatedPrices: boolean,
): { readonly message: string; readonly remedy: string } | undefined {
  const wanted = sourceOf(simulatedPrices);
  if (source === null || source === wanted) return undefined;
  const message = `this record was begun with ${PRICES_OF[source]} and cannot go on with ${PRICES_OF[wanted]}`;
  const demo = source === 'SIMULATOR' ? 'npm run demo goes on with it; for real prices, ' : '';
  return { message, remedy: `${demo}set DATA_DIR or DATABASE_URL to another place` };
}
