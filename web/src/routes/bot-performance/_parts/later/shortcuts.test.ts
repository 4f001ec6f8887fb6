import { expect, test } from 'vitest';
import { ShortcutReader, SHORTCUTS } from './shortcuts.ts';

test('every shortcut is understood', () => {
  for (const { keys, action } of SHORTCUTS) {
    const reader = new ShortcutReader();
    expect(keys.map((key) => reader.press(key, 0)).at(-1)).toBe(action);
  }
});

test('two keys belong together only within a second, and a wrong second one ends it', () => {
  const reader = new ShortcutReader();
  reader.press('g', 0);
  expect(reader.press('p', 1_001)).toBe('pause');
  reader.press('g', 2_000);
  expect(reader.press('x', 2_100)).toBeNull();
  expect(reader.press('p', 2_200)).toBe('pause');
});

test('other keys do nothing', () => {
  const reader = new ShortcutReader();
  for (const key of ['a', 'Enter', 'g', 'g', 'Tab', ',']) expect(reader.press(key, 0)).toBeNull();
});
