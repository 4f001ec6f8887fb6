import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { API_ERRORS } from './api-errors.ts';

test('every code that the server writes into an error is listed', () => {
  const src = join(import.meta.dirname, '..');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('generated'),
  );
  const written = files.flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/extensions: \{ code: '([A-Z_]+)'/g)].map(([, code = '']) => code),
  );
  expect(written.length).toBeGreaterThan(3);
  expect(written.filter((code) => !Object.hasOwn(API_ERRORS, code))).toEqual([]);
});
