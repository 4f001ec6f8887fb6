import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { page, tableUnder } from '../../testkit/doc-tables.ts';
import { EXPORT_COLUMN_NAMES, EXPORT_COLUMNS } from './export-columns.ts';
import type { ExportRow } from './export-columns.ts';
import { CSV, JSON_DOCUMENT, safeCell } from './export-format.ts';

const HEAD = {
  asOf: new Date('2026-01-02T03:04:05.006Z'),
  sequence: 12n,
  filter: { symbol: ['BTCUSDT'], from: new Date('2026-01-01T00:00:00Z') },
};

/** Numbers below 0 in every column that holds numbers, the given text in every other. */
function row(text: string): ExportRow {
  return Object.fromEntries(
    EXPORT_COLUMN_NAMES.map((name) => [
      name,
      { text, word: 'WORD', decimal: '-0.00000001', number: -1, time: '2026-01-01T00:00:00.000Z' }[EXPORT_COLUMNS[name].kind],
    ]),
  ) as ExportRow;
}
const textColumns = EXPORT_COLUMN_NAMES.filter((name) => EXPORT_COLUMNS[name].kind === 'text');
const readBack = (csv: string): Record<string, string>[] => parse(csv, { columns: true, record_delimiter: '\r\n' });

describe('CSV', () => {
  test.for([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\rx',
    '\nx',
    '\0x',
    '"=1+1"',
    "'=1+1",
    ' =1+1',
    '"\'-1',
    '＝1+1',
    '＋1',
    '－1',
    '＠x',
    "=cmd|' /C calc'!A0",
    '-',
    '=',
  ])('the text %j cannot be a formula', (text) => {
    expect(safeCell(text)).toBe(`'${text}`);
    const [read] = readBack(CSV.begin(HEAD) + CSV.rows([row(text)], true));
    for (const name of textColumns) expect(read![name]).toBe(`'${text}`);
  });

  test.for([
    ['a;=1+1', "a;'=1+1"],
    ['a; "=1', `a;' "=1`],
    ['a;b;-1;@x', "a;b;'-1;'@x"],
    ['a\t=1+1', "a\t'=1+1"],
    ['line\n=1+1', "line\n'=1+1"],
    ['=1;=2', "'=1;'=2"],
    ['a;b', 'a;b'],
    ['a;1-1', 'a;1-1'],
  ] as const)('nor %j where the cell ends before its end', ([text, safe]) => {
    expect(safeCell(text)).toBe(safe);
    const [read] = readBack(CSV.begin(HEAD) + CSV.rows([row(text)], true));
    for (const name of textColumns) expect(read![name]).toBe(safe);
  });

  test.for(['plain', 'a=1', 'trend-rider', '1+1', '', '“=1”', 'ü@x', '"quoted"', "it's"])('the text %j stays as it is', (text) => {
    expect(safeCell(text)).toBe(text);
  });

  test('negative numbers stay numbers', () => {
    const text = CSV.rows([row('x')], true);
    expect(text).toContain(',-0.00000001,');
    expect(text).not.toMatch(/['"]-/);
  });

  test('any text comes back as it was, but for the marks before what looks like a formula (RFC 4180)', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', "'", ',', '\r', '\n', '=', '-', ';', '\t', ' ', 'a', '\0', '\ufeff') }),
    );
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 5 }), (all) => {
        const csv = CSV.begin(HEAD) + CSV.rows(all.map(row), true) + CSV.end();
        expect(csv.endsWith('\r\n')).toBe(true);
        const read = readBack(csv);
        expect(read).toHaveLength(all.length);
        for (const [place, text] of all.entries()) {
          for (const name of textColumns) {
            const cell = read[place]![name]!;
            expect(cell.replaceAll("'", '')).toBe(text.replaceAll("'", ''));
            for (const part of cell.split(/[;\t\r\n]/)) expect(part).not.toMatch(/^[\s"]*[=+\-@\0]/);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('JSON', () => {
  test('is one document, however many rows came in how many parts', () => {
    for (const parts of [[], [1], [2, 3], [1, 1, 1]]) {
      let text = JSON_DOCUMENT.begin(HEAD);
      parts.forEach(
        (size, place) =>
          (text += JSON_DOCUMENT.rows(
            Array.from({ length: size }, () => row('"\n')),
            place === 0,
          )),
      );
      const { trades, ...head } = JSON.parse(text + JSON_DOCUMENT.end()) as { trades: ExportRow[] };
      expect(head).toEqual({
        asOf: '2026-01-02T03:04:05.006Z',
        sequence: '12',
        filter: { symbol: ['BTCUSDT'], from: '2026-01-01T00:00:00.000Z' },
      });
      expect(trades).toEqual(Array.from({ length: parts.reduce((sum, size) => sum + size, 0) }, () => row('"\n')));
    }
  });
});

test('the columns are those of EXPORT.md, in that order', () => {
  const [, ...rows] = tableUnder(page('EXPORT.md'), '## Columns');
  expect(rows.map(([name, , about]) => [name?.replaceAll('`', ''), about])).toEqual(
    EXPORT_COLUMN_NAMES.map((name) => [name, EXPORT_COLUMNS[name].about]),
  );
});
