import { commonText } from '#lib/text/common.ts';
import { shareMenuText } from '#lib/text/share.ts';

export interface Shared {
  label: string;
  value: string;
}

/** Heights that show each piece whole in a column of a page. */
export const EMBEDS = { summary: 400, equity: 580 } as const;

/** Text for the inside of an HTML attribute. */
const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

export function embedCode(origin: string, widget: keyof typeof EMBEDS, search: string): string {
  const src = attribute(`${origin}/embed/${widget}${search}`);
  return `<iframe src="${src}" title="${attribute(commonText.product)}" width="100%" height="${EMBEDS[widget]}" loading="lazy" style="border:0"></iframe>`;
}

/** @param name of the badge, "win-rate" @param label what a reader without pictures is told */
export function badgeMarkdown(origin: string, name: string, label: string, search: string): string {
  // Round brackets would end the address.
  const safe = search.replaceAll('(', '%28').replaceAll(')', '%29');
  return `[![${label}](${origin}/badge/${name}.svg${safe})](${origin}/bot-performance${safe})`;
}

/** What can be copied. @param href the page as it is @param search its filters alone, with "?" in front */
export function shareCodes(origin: string, href: string, search: string): Shared[] {
  return [
    { label: shareMenuText.link, value: href },
    { label: shareMenuText.embedSummary, value: embedCode(origin, 'summary', search) },
    { label: shareMenuText.embedEquity, value: embedCode(origin, 'equity', search) },
    { label: shareMenuText.badge, value: badgeMarkdown(origin, 'win-rate', shareMenuText.winRate, search) },
  ];
}
