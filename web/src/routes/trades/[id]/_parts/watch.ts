import { duration } from '#lib/format/time.ts';
import { receiptText } from '#lib/text/later/receipt.ts';

export interface Stretch {
  from: string;
  to: string;
  source: 'LIVE' | 'BACKFILL' | 'CANDLE';
}

export const secondsOf = ({ from, to }: Stretch): number => (Date.parse(to) - Date.parse(from)) / 1000;

/** How much of a trade's life was watched live, in words. */
export function watchWords(stretches: readonly Stretch[]): string {
  const t = receiptText.watch;
  const sum = (some: readonly Stretch[]): number => some.reduce((seconds, stretch) => seconds + secondsOf(stretch), 0);
  const later = stretches.filter(({ source }) => source !== 'LIVE');
  const life = duration(sum(stretches));
  if (stretches.length === 0) return t.nothing;
  if (later.length === 0) return t.allLive(life);
  if (later.length === stretches.length) return t.noneLive(life);
  return t.partLive(duration(sum(stretches) - sum(later)), life, duration(sum(later)));
}
