import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const server = join(import.meta.dirname, '..');

/** A page of server/docs. */
export function page(name: string): string {
  return readFileSync(join(server, 'docs', name), 'utf8');
}

/** The first table behind a heading: its rows of cells, the head first, the rule left out. */
export function tableUnder(text: string, heading: string): string[][] {
  const start = text.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`no heading ${heading}`);
  const lines = text.slice(start).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const rows = lines.slice(
    first,
    lines.findIndex((line, index) => index > first && !line.startsWith('|')),
  );
  return rows
    .filter((row) => !/^[| -]+$/.test(row))
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The tests a page names as `file` “name” that are not there: a file that is missing, or one that does not hold the name. */
export function missingTests(text: string): { readonly named: number; readonly missing: string[] } {
  const named = [...text.matchAll(/`(src\/[^`]+\.test\.ts)` “([^”]+)”/g)];
  const missing = named.flatMap(([, file = '', name = '']) => {
    const path = join(server, file);
    return existsSync(path) && readFileSync(path, 'utf8').includes(name) ? [] : [`${file} “${name}”`];
  });
  return { named: named.length, missing };
}
