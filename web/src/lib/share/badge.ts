import { count, moneyChange, percent } from '#lib/format/number.ts';
import { date } from '#lib/format/time.ts';
import { shareText } from '#lib/text/later/share.ts';

export const BADGES = ['win-rate', 'pnl', 'trades', 'since'] as const;
export type BadgeName = (typeof BADGES)[number];

export interface BadgeFigures {
  readonly settings: { readonly startedAt: string | null };
  readonly performance: { readonly closedTrades: number; readonly totalPnl: string; readonly winRate: { readonly value: number | null } };
}

/** What a badge says at its left and its right; always with the number of trades and that they are paper. */
export function badgeWords(name: BadgeName, { settings, performance }: BadgeFigures): { label: string; value: string } {
  const trades = shareText.trades(count(performance.closedTrades));
  const value = {
    'win-rate': () => (performance.winRate.value === null ? shareText.none : `${percent(performance.winRate.value, 1)} of ${trades}`),
    pnl: () => `${moneyChange(performance.totalPnl).text} in ${trades}`,
    trades: () => count(performance.closedTrades),
    since: () => (settings.startedAt === null ? shareText.none : `${date(settings.startedAt, 'UTC')}, ${trades}`),
  }[name]();
  return { label: `${shareText.badges[name]} (${shareText.paper})`, value };
}

const HEIGHT = 20;
const PADDING = 7;
/** Mean advance of an 11 px sans-serif; the text is fitted to it, whatever font the reader has. */
const CHARACTER_WIDTH = 6.3;

/** A small SVG in the form that badges have everywhere. Both themes read it, as it brings its own ground. */
export function badgeSvg({ label, value }: { label: string; value: string }): string {
  const [left, right] = [label, value].map((words) => Math.round(words.length * CHARACTER_WIDTH) + 2 * PADDING) as [number, number];
  const words = (text: string, x: number, width: number): string =>
    `<text x="${x + PADDING}" y="14" textLength="${width - 2 * PADDING}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`;
  const name = escapeXml(`${label}: ${value}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" aria-label="${name}"><title>${name}</title><rect width="${left + right}" height="${HEIGHT}" rx="4" fill="#0b0f14"/><rect x="${left}" width="${right}" height="${HEIGHT}" rx="4" fill="#1d4f91"/><rect x="${left}" width="6" height="${HEIGHT}" fill="#1d4f91"/><g fill="#ffffff" font-family="system-ui,Verdana,sans-serif" font-size="11">${words(label, 0, left)}${words(value, left, right)}</g></svg>\n`;
}

/** Text for the inside of an element or an attribute; characters that XML cannot hold become spaces. */
export function escapeXml(text: string): string {
  const known = text.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ');
  return known.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
