import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PALETTES } from '#lib/display/display.ts';

/** Reads the colours out of the style sheet as a browser would: blocks that match, variables, light-dark and color-mix. */
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

function declarations(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) return new Map();
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return new Map([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

type Rgb = [number, number, number];
const THEMES = ['light', 'dark'] as const;

function colours(palette: string, theme: (typeof THEMES)[number]): (name: string) => Rgb {
  const values = new Map([...declarations(':root'), ...declarations(`:root[data-palette='${palette}']`)]);
  const resolve = (value: string): Rgb => {
    const variable = /^var\((--[\w-]+)\)$/.exec(value);
    if (variable) return resolve(values.get(variable[1] ?? '') ?? '');
    const pair = /^light-dark\((#\w+), (#\w+)\)$/.exec(value);
    if (pair) return resolve((theme === 'light' ? pair[1] : pair[2]) ?? '');
    const mix = /^color-mix\(in srgb, (var\([^)]+\)) (\d+)%, (var\([^)]+\))\)$/.exec(value);
    if (mix) {
      const share = Number(mix[2]) / 100;
      const [a, b] = [resolve(mix[1] ?? ''), resolve(mix[3] ?? '')];
      return [0, 1, 2].map((i) => (a[i] ?? 0) * share + (b[i] ?? 0) * (1 - share)) as Rgb;
    }
    const hex = /^#([0-9a-f]{6})$/.exec(value);
    if (!hex) throw new Error(`not a colour: ${value}`);
    return [0, 2, 4].map((i) => parseInt((hex[1] ?? '').slice(i, i + 2), 16)) as Rgb;
  };
  return (name) => resolve(`var(--${name})`);
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Text, and what it stands on: the stale state is muted on bg and card. */
const TEXT_PAIRS = [
  ...['text', 'muted', 'accent', 'up', 'down', 'alert'].flatMap((ink) => [
    [ink, 'bg'],
    [ink, 'card'],
  ]),
  ['text', 'tint-up'],
  ['text', 'tint-down'],
  ['text', 'line'],
  ...['up-1', 'up-2', 'up-3', 'down-1', 'down-2', 'down-3'].map((heat) => ['text', heat]),
  ['bg', 'accent'],
] as [string, string][];

/** Marks that are not text but carry meaning. */
const MARK_PAIRS = [
  ['focus', 'bg'],
  ['focus', 'card'],
  ['cool', 'bg'],
  ['interval', 'card'],
  ['stop', 'card'],
  ['target', 'card'],
  ...[1, 2, 3, 4].map((n) => [`series-${n}`, 'card']),
  ['stop', 'bg'],
  ['target', 'bg'],
  ['up', 'card'],
  ['down', 'card'],
  ['muted', 'card'],
  ['accent', 'shade'],
  ['muted', 'shade'],
] as [string, string][];

/** Lines between things, tracks of bars, the area of a fall, the gap around a mark: nothing is said by their colour alone. */
const DECORATION = ['line', 'shade', 'card'];

describe.each(PALETTES.flatMap((palette) => THEMES.map((theme) => ({ palette, theme }))))('$palette, $theme', ({ palette, theme }) => {
  const colour = colours(palette, theme);

  test.each(TEXT_PAIRS)('%s on %s can be read (4.5 to 1)', (ink, ground) => {
    expect(contrast(colour(ink), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(MARK_PAIRS)('%s on %s can be seen (3 to 1)', (mark, ground) => {
    expect(contrast(colour(mark), colour(ground))).toBeGreaterThanOrEqual(3);
  });
});

test('every colour that a style uses is measured above, as ink or as what ink stands on', () => {
  const inks = new Set([...TEXT_PAIRS, ...MARK_PAIRS].map(([ink]) => ink));
  const grounds = new Set([...TEXT_PAIRS, ...MARK_PAIRS].map(([, ground]) => ground));
  const known = new Set(
    [...declarations(':root').entries()].filter(([, value]) => /^(light-dark|color-mix|var)\(/.test(value)).map(([name]) => name),
  );
  expect(known.size).toBeGreaterThan(20);
  const source = new URL('../../', import.meta.url).pathname;
  const unmeasured = globSync('**/*.{svelte,css}', { cwd: source }).flatMap((file) => {
    if (file.endsWith('tokens.css')) return [];
    const rules = readFileSync(source + file, 'utf8').matchAll(/[\s{;](color|fill|stroke|background):\s*var\(--([\w-]+)\)/g);
    return [...rules].flatMap(([, property = '', token = '']) => {
      if (!known.has(`--${token}`) || DECORATION.includes(token)) return [];
      return (property === 'background' ? grounds : inks).has(token) ? [] : [`${file}: ${property} ${token}`];
    });
  });
  expect(unmeasured).toEqual([]);
});

test('the measure agrees with known pairs', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
  const colour = colours('default', 'dark');
  expect(contrast(colour('up'), colour('bg'))).toBeCloseTo(11.6, 1);
});
