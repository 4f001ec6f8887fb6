import { expect, test } from 'vitest';
import { build, KINDS } from './builder.ts';

const made = (query: string) => build('https://bots.example', new URLSearchParams(query));

test('every kind has its code and an address to look at it', () => {
  for (const kind of KINDS) {
    const { path, code } = made(`what=${kind}`);
    expect(path).toMatch(/^\/(embed\/\w+|badge\/[\w-]+\.svg)$/);
    expect(code).toContain(`https://bots.example${path}`);
  }
});

test('the choices are in it, and what is unknown is not', () => {
  expect(made('what=equity&theme=dark&symbol=btcusdt&bot=&market=MOON').path).toBe('/embed/equity?symbol=BTCUSDT&theme=dark');
  expect(made('what=pnl&theme=dark&strategy=a b').path).toBe('/badge/pnl.svg?strategy=a+b');
  expect(made('what=__proto__&theme=x')).toMatchObject({ kind: 'summary', theme: 'auto', path: '/embed/summary' });
});
