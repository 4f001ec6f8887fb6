import { describe, expect, test } from 'vitest';
import { BADGES, badgeSvg, badgeWords, escapeXml } from './badge.ts';

const figures = {
  settings: { startedAt: '2026-08-24T10:00:00.000Z' },
  performance: { closedTrades: 1204, totalPnl: '-12.345', winRate: { value: 54.321 } },
};
const nothing = { settings: { startedAt: null }, performance: { closedTrades: 0, totalPnl: '0', winRate: { value: null } } };

describe('a badge', () => {
  test('says its figure, over how many trades, and that they are paper', () => {
    expect(BADGES.map((name) => badgeWords(name, figures))).toEqual([
      { label: 'win rate (paper)', value: '54.3% of 1,204 trades' },
      { label: 'P/L after fees (paper)', value: '−$12.35 in 1,204 trades' },
      { label: 'closed trades (paper)', value: '1,204' },
      { label: 'on record since (paper)', value: '2026-08-24, 1,204 trades' },
    ]);
  });

  test('says that there is nothing yet', () => {
    expect(BADGES.map((name) => badgeWords(name, nothing).value)).toEqual(['no trades yet', '$0.00 in 0 trades', '0', 'no trades yet']);
  });

  test('is one SVG with its text as its name, whatever the text', () => {
    const svg = badgeSvg({ label: 'a<b', value: '"&' });
    expect(svg).toContain('aria-label="a&lt;b: &quot;&amp;"');
    expect(svg).not.toContain('a<b');
    expect(escapeXml('<script>')).toBe('&lt;script&gt;');
    expect(escapeXml('a\u0000b\u001Bc\uD800d\nü\u{1F600}')).toBe('a b c d ü\u{1F600}');
  });
});
