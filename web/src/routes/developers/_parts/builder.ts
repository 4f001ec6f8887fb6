import { THEMES, type Theme } from '#lib/display/display.ts';
import { filterSearch, readFilters } from '#lib/url/filters.ts';
import { badgeMarkdown, embedCode, EMBEDS } from '../../bot-performance/_parts/share-codes.ts';
import { words } from './words.ts';

export type Kind = keyof typeof words.embed.kinds;
export const KINDS = Object.keys(words.embed.kinds) as Kind[];
export const NAMES = ['bot', 'strategy', 'symbol'] as const;

export interface Built {
  kind: Kind;
  theme: Theme;
  language: keyof typeof words.embed.code;
  code: string;
  /** Where it can be looked at. */
  path: string;
}

const isEmbed = (kind: Kind): kind is keyof typeof EMBEDS & Kind => Object.hasOwn(EMBEDS, kind);

/** The code for what an address chooses; what is unknown becomes the default. @param origin where the pages are, without a slash at the end */
export function build(origin: string, params: Pick<URLSearchParams, 'get' | 'getAll'>): Built {
  const kind = KINDS.find((known) => known === params.get('what')) ?? 'summary';
  const theme = THEMES.find((known) => known === params.get('theme')) ?? 'auto';
  const filters = filterSearch(readFilters(params).filters);
  if (!isEmbed(kind)) {
    const path = `/badge/${kind}.svg${filters}`;
    return { kind, theme, language: 'markdown', code: badgeMarkdown(origin, kind, words.embed.kinds[kind], filters), path };
  }
  const search = theme === 'auto' ? filters : `${filters}${filters ? '&' : '?'}theme=${theme}`;
  return { kind, theme, language: 'html', code: embedCode(origin, kind, search), path: `/embed/${kind}${search}` };
}
