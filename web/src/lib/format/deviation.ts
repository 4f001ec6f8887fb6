import { commonText } from '#lib/text/common.ts';
import { percent } from './number.ts';

/** How far from the market a bot entered: "0.35% above market"; empty where the market was not known. */
export function entryDeviation(pct: number | null): string {
  if (pct === null) return '';
  const size = percent(Math.abs(pct));
  if (size === percent(0)) return commonText.atMarket;
  return pct > 0 ? commonText.aboveMarket(size) : commonText.belowMarket(size);
}
