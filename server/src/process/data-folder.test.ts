import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';

describe('the data folder', () => {
  let base: string;
  beforeAll(() => void (base = mkdtempSync(join(tmpdir(), 'data-folder-'))));
  afterAll(() => rmSync(base, { recursive: true }));

  test('is made with the folders above it, and found again', () => {
    const folder = join(base, 'a', 'b', 'data');
    expect(openDataFolder(folder)).toBe(folder);
    expect(openDataFolder(folder)).toBe(folder);
  });

  test('below a file it is refused', () => {
    writeFileSync(join(base, 'file'), '');
    const folder = join(base, 'file', 'data');
    expect(() => openDataFolder(folder)).toThrow(`the data folder ${folder} cannot be written (DATA_DIR): ENOTDIR`);
  });

  // Node's own recursive mkdir never comes back from a file system that answers "no such file" to a new folder.
  test('in a place that takes no folders it is refused', () => {
    expect(() => openDataFolder('/proc/bot/performance')).toThrow('the data folder /proc/bot/performance cannot be written (DATA_DIR): ');
  });
});
