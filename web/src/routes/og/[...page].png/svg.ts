import type { Direction } from '#lib/format/number.ts';
import { escapeXml } from '#lib/share/badge.ts';
import { WIDTH as CURVE_WIDTH } from '#lib/ui/plot.ts';
import { HEIGHT as CURVE_HEIGHT } from '../../bot-performance/_parts/equity.ts';

/** What a share picture says. Its texts are cut where they would run out of their place. */
export interface Picture {
  title: string;
  tags: readonly string[];
  /** The one large figure. */
  figure: { text: string; direction: Direction } | null;
  facts: readonly { label: string; value: string }[];
  /** A list instead of facts and lines. */
  rows: readonly { rank: string; name: string; value: string; direction: Direction; small: string }[];
  /** Curves in the measures of equity.ts, with their names where there are several. */
  lines: readonly { path: string; name: string; value: string }[];
  /** Where nothing is lost or won, in the same measures. */
  zero: number | null;
  notes: readonly [string, string];
}

/** What every network shows whole: 1.91 to 1. */
export const PICTURE = { width: 1200, height: 630 } as const;
export const FONT = 'Inter';

/** The page's own dark colours (tokens.css), which can be read on any ground. */
const INK = { bg: '#0b0f14', card: '#131a22', line: '#263241', text: '#e8eef5', muted: '#9fb0c3', accent: '#9ec5ff' };
const DIRECTIONS: Record<Direction, { ink: string; glyph: string }> = {
  up: { ink: '#2fe0cf', glyph: '▲' },
  down: { ink: '#f9521f', glyph: '▼' },
  flat: { ink: INK.muted, glyph: '■' },
};
const LINES = [
  { ink: '#4fe6ea', dashes: '' },
  { ink: '#f7f06d', dashes: '9 5' },
  { ink: '#7070fa', dashes: '3 4' },
  { ink: '#cf6a6a', dashes: '12 4 3 4' },
];
const EDGE = 64;
const INNER = PICTURE.width - 2 * EDGE;

/** Cuts by characters as people count them, so that no sign is torn in two. */
export function cut(text: string, most: number): string {
  const characters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

interface TextOptions {
  size: number;
  ink?: string;
  bold?: boolean;
  end?: boolean;
}

function words(text: string, x: number, y: number, { size, ink = INK.text, bold = false, end = false }: TextOptions): string {
  return `<text x="${x}" y="${y}" font-family="${FONT}" font-size="${size}" fill="${ink}"${bold ? ' font-weight="700"' : ''}${end ? ' text-anchor="end"' : ''}>${escapeXml(text)}</text>`;
}

/** A mark and its text, as signed figures have them everywhere. */
function signed(text: string, direction: Direction, x: number, y: number, size: number): string {
  const { ink, glyph } = DIRECTIONS[direction];
  return words(glyph, x, y - size * 0.06, { size: size * 0.6, ink }) + words(text, x + size * 0.75, y, { size, ink, bold: true });
}

export function pictureSvg(picture: Picture): string {
  const { width, height } = PICTURE;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="${width}" height="${height}" fill="${INK.bg}"/>${head(picture)}${body(picture)}${notes(picture)}</svg>`;
}

function head({ title, tags }: Picture): string {
  let right = PICTURE.width - EDGE;
  const boxes = tags.map((tag) => {
    const width = tag.length * 13.5 + 28;
    right -= width;
    const box = `<rect x="${right}" y="50" width="${width}" height="40" rx="6" fill="none" stroke="${INK.muted}" stroke-width="2"/>${words(tag, right + 14, 78, { size: 22, bold: true })}`;
    right -= 16;
    return box;
  });
  const mark = `<path d="M${EDGE + 14} 56l14 14-14 14-14-14z" fill="${INK.accent}"/>`;
  return mark + words(cut(title, 36), EDGE + 44, 82, { size: 36, bold: true }) + boxes.join('');
}

function body(picture: Picture): string {
  if (picture.rows.length > 0) return rows(picture);
  const several = picture.lines.length > 1;
  const figure = picture.figure ? signed(picture.figure.text, picture.figure.direction, EDGE, 220, 112) : '';
  return figure + facts(picture, picture.figure ? 286 : 140) + (several ? compared(picture) : single(picture));
}

function facts({ facts: all }: Picture, y: number): string {
  const column = INNER / Math.max(4, all.length);
  return all
    .map(({ label, value }, i) => {
      const x = EDGE + i * column;
      return words(label, x, y, { size: 24, ink: INK.muted }) + words(cut(value, 15), x, y + 44, { size: 36, bold: true });
    })
    .join('');
}

function curves({ lines, zero }: Picture, y: number, height: number): string {
  const place = `translate(${EDGE} ${y}) scale(${INNER / CURVE_WIDTH} ${height / CURVE_HEIGHT})`;
  const ground = zero === null ? '' : `<path d="M0 ${zero}H${CURVE_WIDTH}" fill="none" stroke="${INK.line}" stroke-width="2"/>`;
  const drawn = lines.map(({ path }, i) => {
    const { ink, dashes } = lines.length > 1 ? (LINES[i] ?? { ink: INK.accent, dashes: '' }) : { ink: INK.accent, dashes: '' };
    return `<path d="${path}" fill="none" stroke="${ink}" stroke-width="4" stroke-linejoin="round"${dashes ? ` stroke-dasharray="${dashes}"` : ''}/>`;
  });
  return `<g transform="${place}">${ground}${drawn.join('')}</g>`;
}

const single = (picture: Picture): string => (picture.lines.length === 0 ? '' : curves(picture, 372, 150));

function compared(picture: Picture): string {
  const column = INNER / LINES.length;
  const legend = picture.lines.map(({ name, value }, i) => {
    const x = EDGE + i * column;
    const { ink, dashes } = LINES[i] ?? { ink: INK.accent, dashes: '' };
    const swatch = `<path d="M${x} 136h48" fill="none" stroke="${ink}" stroke-width="5"${dashes ? ` stroke-dasharray="${dashes}"` : ''}/>`;
    return swatch + words(cut(name, 13), x + 60, 144, { size: 24 }) + words(value, x + 60, 180, { size: 28, bold: true });
  });
  return legend.join('') + curves(picture, 214, 300);
}

function rows({ rows: all }: Picture): string {
  return all
    .map(({ rank, name, value, direction, small }, i) => {
      const y = 168 + i * 74;
      const line = `<path d="M${EDGE} ${y + 24}H${PICTURE.width - EDGE}" stroke="${INK.line}" stroke-width="2"/>`;
      const { ink } = DIRECTIONS[direction];
      return (
        words(rank, EDGE, y, { size: 34, ink: INK.muted }) +
        words(cut(name, 24), EDGE + 76, y, { size: 34, bold: true }) +
        words(small, 820, y, { size: 24, ink: INK.muted, end: true }) +
        words(value, PICTURE.width - EDGE, y, { size: 34, ink, bold: true, end: true }) +
        line
      );
    })
    .join('');
}

function notes({ notes: [first, second] }: Picture): string {
  return words(cut(first, 92), EDGE, 566, { size: 24, ink: INK.muted }) + words(cut(second, 92), EDGE, 600, { size: 24, ink: INK.muted });
}
