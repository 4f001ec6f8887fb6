import { expect, test } from 'vitest';
import { displayAttributes, readDisplay, writeDisplay } from './display.ts';

test('what is written is read again', () => {
  const display = { theme: 'dark', palette: 'east', zone: 'local', density: 'compact', keys: 'off' } as const;
  expect(readDisplay(writeDisplay(display))).toEqual(display);
});

test('a cookie that somebody tampered with becomes the default, so nothing of it reaches the page', () => {
  const display = readDisplay('theme="><script>&palette=__proto__&zone=Mars');
  expect(display).toEqual({ theme: 'auto', palette: 'default', zone: 'utc', density: 'comfortable', keys: 'on' });
  expect(displayAttributes(display)).toEqual({ 'data-theme': 'auto', 'data-palette': 'default', 'data-density': 'comfortable' });
});

test('no cookie is the default', () => {
  expect(readDisplay(undefined).theme).toBe('auto');
});
