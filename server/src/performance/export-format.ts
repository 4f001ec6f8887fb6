import { stringify } from 'csv-stringify/sync';
import type { TradeFilter } from '../trades/trade-filter.ts';
import { EXPORT_COLUMN_NAMES, EXPORT_COLUMNS } from './export-columns.ts';
import type { ExportRow } from './export-columns.ts';

/** What a download speaks of. */
export interface ExportHead {
  readonly asOf: Date;
  /** Everything up to this place of the record is in it, and nothing after it. */
  readonly sequence: bigint;
  readonly filter: TradeFilter;
}

/** The text before, of, and after the rows. */
export interface ExportFormat {
  readonly contentType: string;
  readonly extension: string;
  begin(head: ExportHead): string;
  rows(rows: readonly ExportRow[], first: boolean): string;
  end(): string;
}

/**
 * Where a spreadsheet would run the rest of a text as a formula: at its beginning, also behind quotes or blanks that it may strip
 * (https://owasp.org/www-community/attacks/CSV_Injection), and behind whatever it may take for the end of a cell. That is the semicolon
 * in every country that writes decimals with a comma, and there quotes within a line keep nothing together, not even line breaks.
 * Numbers never come here, so a negative one stays a number.
 */
const BEFORE_A_FORMULA = /(?<=^|[;\t\r\n])(?=[\s"']*[=+\-@＝＋－＠\t\r\n\0])/gu;

/** Kept from being a formula by a ' in front, which spreadsheets do not show. */
export function safeCell(text: string): string {
  return text.replace(BEFORE_A_FORMULA, "'");
}

function csvCells(row: ExportRow): string[] {
  return EXPORT_COLUMN_NAMES.map((name) => {
    const value = row[name];
    if (value === null) return '';
    return EXPORT_COLUMNS[name].kind === 'text' ? safeCell(String(value)) : String(value);
  });
}

/** RFC 4180. A lone line break is quoted too: the library itself looks for its record delimiter only. */
const CSV_OPTIONS = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const;

export const CSV: ExportFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  begin: () => stringify([EXPORT_COLUMN_NAMES], CSV_OPTIONS),
  rows: (rows) => stringify(rows.map(csvCells), CSV_OPTIONS),
  end: () => '',
};

export const JSON_DOCUMENT: ExportFormat = {
  contentType: 'application/json; charset=utf-8',
  extension: 'json',
  begin: ({ asOf, sequence, filter }) => `${JSON.stringify({ asOf, sequence: sequence.toString(), filter }).slice(0, -1)},"trades":[\n`,
  rows: (rows, first) => (first ? '' : ',\n') + rows.map((row) => JSON.stringify(row)).join(',\n'),
  end: () => '\n]}\n',
};
