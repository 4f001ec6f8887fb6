/** What is wrong with a file that a spreadsheet opens: cells that would run, and payloads that are not in it. */
export function csvFaults(text: string, payloads: readonly string[]): string[] {
  const rows = parseCsv(text);
  const width = rows[0]?.length ?? 0;
  const faults = rows.flatMap((row, index) => [
    ...(row.length === width ? [] : [`row ${index} has ${row.length} cells and not ${width}`]),
    ...row.filter(isFormula).map((cell) => `row ${index} has the formula ${JSON.stringify(cell)}`),
  ]);
  const cells = rows.flat();
  const missing = payloads.filter((payload) => !cells.some((cell) => cell.includes(payload)));
  return [...faults, ...missing.map((payload) => `${JSON.stringify(payload)} is not in the file`)];
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
