import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawn } from './render.ts';
import { cut, pictureSvg, type Picture } from './svg.ts';

const PICTURE: Picture = {
  title: 'Bot performance',
  tags: ['PAPER'],
  figure: { text: '+$1.20', direction: 'up' },
  facts: [{ label: 'Win rate', value: '50.00%' }],
  rows: [],
  lines: [{ path: 'M0 100H500V50', name: '', value: '' }],
  zero: 100,
  notes: ['Paper trades: 12 closed.', 'As of now.'],
};
const HOSTILE = '\u0001\uFFFF</text><script>alert(1)</script><image href="file:///etc/passwd"/>&"\u0000';

describe('a share picture', () => {
  test('says that it is paper, its figure with its sign and glyph, and its notes', () => {
    const svg = pictureSvg(PICTURE);
    for (const text of ['>PAPER<', '>+$1.20<', '>▲<', '>50.00%<', '>Paper trades: 12 closed.<']) expect(svg).toContain(text);
  });

  test('shows rows instead of facts and lines where there are some', () => {
    const svg = pictureSvg({ ...PICTURE, rows: [{ rank: '1', name: 'Trend', value: '−$1.00', direction: 'down', small: '40 trades' }] });
    expect(svg).toContain('>Trend<');
    expect(svg).not.toContain('Win rate');
  });

  test('is made of texts and never of what is in them', () => {
    const hostile = pictureSvg({ ...PICTURE, title: HOSTILE, notes: [HOSTILE, HOSTILE], facts: [{ label: HOSTILE, value: HOSTILE }] });
    expect(hostile).not.toMatch(/<(script|image)/);
    expect(hostile.match(/<text/g)).toHaveLength(pictureSvg(PICTURE).match(/<text/g)?.length ?? 0);
  });

  test('has the page’s own dark colours, whose contrast is measured there', () => {
    const line = { path: 'M0 0', name: 'n', value: '1' };
    const directions = (['up', 'down', 'flat'] as const).map((direction) => pictureSvg({ ...PICTURE, figure: { text: '1', direction } }));
    const all = [...directions, pictureSvg({ ...PICTURE, lines: [line, line, line, line] })].join('');
    const tokens = readFileSync('src/lib/style/tokens.css', 'utf8');
    for (const colour of new Set(all.match(/#[0-9a-f]{6}/g))) expect(tokens).toContain(`, ${colour})`);
  });

  test('cuts by characters as people count them', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('ab…');
    expect(cut('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧…');
  });

  test('is drawn as a PNG, once for each key', async () => {
    let made = 0;
    const draw = (key: string) =>
      drawn(key, () => {
        made++;
        return pictureSvg({ ...PICTURE, title: HOSTILE });
      });
    const [first, second] = await Promise.all([draw('a'), draw('a')]);
    expect(second).toBe(first);
    await draw('b');
    expect(made).toBe(2);
    expect(new TextDecoder('latin1').decode(first.slice(1, 4))).toBe('PNG');
    const view = new DataView(first.buffer);
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([1200, 630]);
  });

  test('what cannot be drawn fails, and is tried again', async () => {
    await expect(drawn('broken', () => '<svg')).rejects.toThrow();
    expect((await drawn('broken', () => pictureSvg(PICTURE))).length).toBeGreaterThan(1_000);
  });
});
