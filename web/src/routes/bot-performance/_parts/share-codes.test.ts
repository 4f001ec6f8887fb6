import { describe, expect, test } from 'vitest';
import { filterSearch, readFilters } from '#lib/url/filters.ts';
import { shareCodes } from './share-codes.ts';

const ORIGIN = 'https://bots.example';
const codes = (query: string): string[] => {
  const search = filterSearch(readFilters(new URLSearchParams(query)).filters);
  return shareCodes(ORIGIN, `${ORIGIN}/bot-performance/history${search}`, search).map(({ value }) => value);
};

describe('what is shared', () => {
  test('is the page, two pieces to embed and a badge, with the filters', () => {
    const [link, summary, equity, badge] = codes('symbol=BTCUSDT&side=LONG');
    expect(link).toBe(`${ORIGIN}/bot-performance/history?symbol=BTCUSDT&side=LONG`);
    expect(summary).toContain(`src="${ORIGIN}/embed/summary?symbol=BTCUSDT&amp;side=LONG"`);
    expect(equity).toContain(`src="${ORIGIN}/embed/equity?symbol=BTCUSDT&amp;side=LONG"`);
    expect(badge).toBe(
      `[![Win rate](${ORIGIN}/badge/win-rate.svg?symbol=BTCUSDT&side=LONG)](${ORIGIN}/bot-performance?symbol=BTCUSDT&side=LONG)`,
    );
  });

  test('stays one address, one attribute and one badge whatever a strategy is called', () => {
    const [, summary = '', , badge = ''] = codes(`strategy=${encodeURIComponent('"><script>)](http://x) &amp;')}`);
    expect(summary.match(/<\w+/g)).toEqual(['<iframe']);
    expect(summary.match(/"/g)).toHaveLength(12);
    expect(badge.match(/[()]/g)).toHaveLength(4);
  });
});
