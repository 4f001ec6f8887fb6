/** What is wrong with a file that a spreadsheet opens: cells that would run, and payloads that are not in it. */
export function csvFaults(text: string, payloads: readonly string[]): string[] {
  const rows = parseCsv(text);
  const width = rows[0]?.length ?? 0;
  const faults = rows.flatMap((row, index) => [
    ...(row.length === width ? [] : [`row ${index} has ${row.length} cells and not ${width}`]),
    ...row.filter(holdsFormula).map((cell) => `row ${index} has the formula ${JSON.stringify(cell)}`),
  ]);
  const cells = rows.flat().map(withoutMarks);
  const missing = payloads.filter((payload) => !cells.some((cell) => cell.includes(withoutMarks(payload))));
  return [...faults, ...missing.map((payload) => `${JSON.stringify(payload)} is not in the file`)];
}

/** The marks that keep a text from being a formula. */
function withoutMarks(text: string): string {
  return text.replaceAll("'", '');
}

/** As a whole, or where a spreadsheet parts cells at semicolons or tabs and knows no quotes within a line. */
function holdsFormula(cell: string): boolean {
  return isFormula(cell) || cell.split(/[;\t\r\n]/).some(isFormula);
}

/** Numbers stay numbers, also negative ones; before its first sign a formula may have blanks and quotes. */
function isFormula(cell: string): boolean {
  return !/^-?\d+(\.\d+)?$/.test(cell) && /^[\s"]*[=+\-@\t\r\0]/.test(cell);
}

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.replace(/^\ufeff/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && row.length === 0 && quoted === undefined && plain === '') break; // after the last line's end
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
